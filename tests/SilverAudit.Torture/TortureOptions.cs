using System.Globalization;

namespace SilverAudit.Torture;

/// <summary>What the command line asks for.</summary>
/// <param name="Seed">Every random choice follows from it.</param>
/// <param name="Minutes">For the long run: how long at least. Null for the short run.</param>
/// <param name="Only">The experiments to run; empty for all.</param>
/// <param name="Rounds">How many rounds at least; null for what the experiment says.</param>
/// <param name="Round">The one round to run again; null for all.</param>
public sealed record TortureOptions(int Seed, int? Minutes, IReadOnlyList<string> Only, int? Rounds, int? Round)
{
    public const string Usage =
        """
        SilverAudit.Torture [--seed <number>] [--minutes <number>] [--only <experiment>[,<experiment>...]] [--rounds <number>] [--round <number>]

        Without --minutes each experiment has a few rounds. With it, each has the rounds of the long run, and goes on
        until its share of the minutes is over. --rounds sets how many there are; --round runs one round again, as a failure says how.
        Ctrl+C ends the run after the round.
        """;

    /// <exception cref="FormatException">An argument is not understood.</exception>
    public static TortureOptions Parse(IReadOnlyList<string> arguments, IReadOnlyList<string> experiments)
    {
        var options = new TortureOptions(1, null, [], null, null);
        for (var index = 0; index < arguments.Count; index += 2)
        {
            var value = index + 1 < arguments.Count ? arguments[index + 1] : throw new FormatException($"{arguments[index]} needs a value.");
            options = arguments[index] switch
            {
                "--seed" => options with { Seed = Number(value) },
                "--minutes" => options with { Minutes = Number(value) },
                "--only" => options with { Only = value.Split(',') },
                "--rounds" => options with { Rounds = Number(value) },
                "--round" => options with { Round = Number(value) },
                var unknown => throw new FormatException($"Unknown argument '{unknown}'."),
            };
        }

        return options.Only.FirstOrDefault(name => !experiments.Contains(name)) is { } stranger
            ? throw new FormatException($"There is no experiment '{stranger}'. There are: {string.Join(", ", experiments)}.")
            : options;
    }

    private static int Number(string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw new FormatException($"'{value}' is not a number.");
}
