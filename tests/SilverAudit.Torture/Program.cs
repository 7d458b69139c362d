using System.Runtime.InteropServices;
using SilverAudit.Torture;
using SilverAudit.Torture.Experiments;
using SilverAudit.Torture.Workers;

if (args is [WorkerHost.Argument])
    return WorkerHost.Run();

Experiment[] experiments =
[
    new KillExperiment(),
    new UpkeepExperiment(),
    new WriterExperiment(),
    new DiskExperiment(),
    new BrokenFileExperiment(),
    new HostileExperiment(),
    new ValueExperiment(),
    new StopExperiment(),
    new LogExperiment(),
    new SameProcessExperiment(),
    new RaceExperiment(),
    new ModelExperiment(),
];
using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, EndAfterTheRound);
using var termination = PosixSignalRegistration.Create(PosixSignal.SIGTERM, EndAfterTheRound);
try
{
    var options = TortureOptions.Parse(args, [.. experiments.Select(experiment => experiment.Name)]);
    var chosen = experiments.Where(experiment => options.Only.Count == 0 || options.Only.Contains(experiment.Name)).ToList();
    var shares = chosen.Sum(experiment => experiment.Share);
    var runs = chosen.Select(experiment => new ExperimentRun(experiment, options)).ToList();
    foreach (var (run, experiment) in runs.Zip(chosen))
    {
        Console.Out.Write($"{experiment.Name}: {experiment.Description} ... ");
        run.Run(TimeSpan.FromMinutes((options.Minutes ?? 0) * (double)experiment.Share / shares), stop.Token);
        Console.Out.WriteLine(run.Outcome);
    }

    Console.Out.WriteLine($"\nSeed {options.Seed}\n{"experiment",-14} {"rounds",7} {"minutes",8}  {"promises",-15}  what happened");
    foreach (var run in runs)
    {
        Console.Out.WriteLine(FormattableString.Invariant($"{run.Name,-14} {run.Rounds,7} {run.Elapsed.TotalMinutes,8:0.0}  {run.Outcome,-15}  {run.Details}"));
    }

    var broken = runs.Select(run => run.Failure).OfType<string>().ToList();
    broken.ForEach(failure => Console.Out.WriteLine('\n' + failure));
    return broken.Count == 0 ? 0 : 1;
}
catch (FormatException mistake)
{
    Console.Error.WriteLine($"{mistake.Message}\n\n{TortureOptions.Usage}");
    return 64;
}
finally
{
    foreach (var experiment in experiments)
    {
        experiment.Dispose();
    }
}

// The table of a long run is worth having also when its end is not waited for.
void EndAfterTheRound(PosixSignalContext context)
{
    context.Cancel = true;
    stop.Cancel();
}
