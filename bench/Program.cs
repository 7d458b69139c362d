using System.Globalization;
using System.Reflection;
using SilverAudit.Bench;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;

BenchOptions options;
try
{
    options = BenchOptions.Parse(args);
}
catch (FormatException exception)
{
    Console.Error.WriteLine(exception.Message);
    Console.Error.WriteLine(BenchOptions.Usage);
    return 2;
}

// The memory limit comes first: later it would be measured on top of what the other experiments left in the process.
int[] order = [4, 1, 2, 3, 5];
var measurements = new List<Measurement>();
var failures = 0;
try
{
    var dataFolder = BuiltWith("DataPath");
    using var scratch = new Scratch(Path.Combine(dataFolder, "scratch"));
    using var module = new ModuleSession(options.Module ?? BuiltWith("ModulePath"));
    var experiments = new Experiments(options, new BenchData(dataFolder), scratch, module);
    experiments.WarmUp();
    foreach (var number in order.Where(options.Only.Contains))
        Measure(experiments, number);
}
catch (Exception exception)
{
    Console.Error.WriteLine(exception.Message);
    return 1;
}

Console.WriteLine();
Console.WriteLine(Measurement.MarkdownHead);
foreach (var measurement in measurements.OrderBy(measurement => measurement.Number))
    Console.WriteLine(measurement.ToMarkdown());
return failures == 0 ? 0 : 1;

void Measure(Experiments experiments, int number)
{
    Console.WriteLine($"{number}. {experiments.Title(number)}");
    try
    {
        measurements.Add(experiments.Run(number));
    }
    catch (Exception exception)
    {
        failures++;
        Console.Error.WriteLine($"  failed: {exception.Message}");
        measurements.Add(new Measurement(number, experiments.Title(number), "failed", "", "", ""));
    }
}

static string BuiltWith(string name) => typeof(Experiments).Assembly
    .GetCustomAttributes<AssemblyMetadataAttribute>()
    .First(item => item.Key == name).Value!;
