using SilverAudit.Torture;
using SilverAudit.Torture.Experiments;
using SilverAudit.Torture.Workers;

if (args is [WorkerHost.Argument])
    return WorkerHost.Run();

Experiment[] experiments =
[
    new BrokenFileExperiment(),
    new KillExperiment(),
    new WriterExperiment(),
    new DiskExperiment(),
    new StopExperiment(),
    new ValueExperiment(),
    new HostileExperiment(),
];
TortureOptions options;
try
{
    options = TortureOptions.Parse(args, [.. experiments.Select(experiment => experiment.Name)]);
}
catch (FormatException mistake)
{
    Console.Error.WriteLine($"{mistake.Message}\n\n{TortureOptions.Usage}");
    return 64;
}

var chosen = experiments.Where(experiment => options.Only.Count == 0 || options.Only.Contains(experiment.Name)).ToList();
var runs = chosen.Select(experiment => new ExperimentRun(experiment, options)).ToList();
var shares = chosen.Sum(experiment => experiment.Share);
var held = true;
foreach (var (experiment, run) in chosen.Zip(runs))
{
    using (experiment)
    {
        Console.Out.Write($"{experiment.Name}: {experiment.Description} ... ");
        held = run.Run(TimeSpan.FromMinutes((options.Minutes ?? 0) * (double)experiment.Share / shares), Console.Out);
        Console.Out.WriteLine(run.Outcome);
    }

    if (!held)
        break;
}

Console.Out.WriteLine();
Console.Out.WriteLine($"Seed {options.Seed}");
Console.Out.WriteLine($"{"experiment",-14} {"rounds",7} {"minutes",8}  {"promises",-8}  what happened");
foreach (var run in runs)
{
    Console.Out.WriteLine(FormattableString.Invariant($"{run.Name,-14} {run.Rounds,7} {run.Elapsed.TotalMinutes,8:0.0}  {run.Outcome,-8}  {run.Details}"));
}

return held ? 0 : 1;
