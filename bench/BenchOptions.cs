using System.Globalization;

namespace SilverAudit.Bench;

internal sealed record BenchOptions
{
    public const string Usage = """
        dotnet run -c Release --project bench [-- <options>]
          --rows N       rows of the big source (default 1000000)
          --sources N    sources of 25 rows (default 1000)
          --repeat N     rounds of each comparison, whose median counts (default 3)
          --only 1,3     these experiments only:
                           1 new rows, 2 re-run, 3 many sources, 4 memory limit, 5 row by row
          --module PATH  the manifest of another build of the module
        """;

    public int Rows { get; init; } = 1_000_000;

    public int Sources { get; init; } = 1_000;

    public int Repeat { get; init; } = 3;

    public IReadOnlySet<int> Only { get; init; } = new HashSet<int> { 1, 2, 3, 4, 5 };

    public string? Module { get; init; }

    public static BenchOptions Parse(IReadOnlyList<string> arguments)
    {
        var options = new BenchOptions();
        for (var i = 0; i < arguments.Count; i += 2)
        {
            var name = arguments[i];
            var value = i + 1 < arguments.Count ? arguments[i + 1] : throw new FormatException($"{name} needs a value.");
            options = name switch
            {
                "--rows" => options with { Rows = Count(name, value) },
                "--sources" => options with { Sources = Count(name, value) },
                "--repeat" => options with { Repeat = Count(name, value) },
                "--only" => options with { Only = value.Split(',').Select(number => Experiment(name, number)).ToHashSet() },
                "--module" => options with { Module = Path.GetFullPath(value) },
                _ => throw new FormatException($"{name} is not an option."),
            };
        }

        return options;
    }

    private static int Count(string name, string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number
            : throw new FormatException($"{name} needs a number above 0, not '{value}'.");

    private static int Experiment(string name, string value)
    {
        var number = Count(name, value);
        return number <= 5 ? number : throw new FormatException($"There is no experiment {number}.");
    }
}
