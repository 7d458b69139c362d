using System.Diagnostics;

namespace SilverAudit.Torture;

/// <summary>Runs the rounds of an experiment, until enough were run or the first one fails.</summary>
public sealed class ExperimentRun(Experiment experiment, TortureOptions options)
{
    private readonly Stopwatch _watch = new();
    private readonly Tally _tally = new();

    public string Name => experiment.Name;

    public int Rounds { get; private set; }

    public TimeSpan Elapsed => _watch.Elapsed;

    /// <summary>What became of it: "held", "BROKEN" or "not run".</summary>
    public string Outcome { get; private set; } = "not run";

    public string Details => experiment.Obstacle ?? _tally.ToString();

    /// <summary>The promise that was broken, and how to see it again; null when none was.</summary>
    public string? Failure { get; private set; }

    /// <summary>Runs the rounds.</summary>
    /// <param name="time">How long to go on after the rounds that must be run.</param>
    /// <param name="stop">Ends the run after the round.</param>
    public void Run(TimeSpan time, CancellationToken stop)
    {
        if (experiment.Obstacle is not null || stop.IsCancellationRequested)
            return;

        _watch.Start();
        var (first, least) = options.Round is { } only ? (only, 1) : (0, options.Rounds ?? (options.Minutes is null ? experiment.ShortRounds : experiment.LongRounds));
        for (var number = first; !stop.IsCancellationRequested && (Rounds < least || (options.Round is null && _watch.Elapsed < time)); number++)
        {
            if (!RunRound(number))
            {
                _watch.Stop();
                Outcome = "BROKEN";
                return;
            }

            Rounds++;
        }

        _watch.Stop();
        Outcome = Rounds < least ? "held, cut short" : "held";
    }

    private bool RunRound(int number)
    {
        var folder = Directory.CreateTempSubdirectory($"silver-audit-{experiment.Name}-{number}-").FullName;
        try
        {
            experiment.Run(new Round(number, Seed(number), folder, _tally));
        }
        catch (Exception failure)
        {
            Failure =
                $"""
                {experiment.Name}: a promise is broken in round {number}.
                {failure}
                What it left is in {folder}
                Again: dotnet run --project tests/SilverAudit.Torture -- --only {experiment.Name} --seed {options.Seed} --round {number}
                """;
            return false;
        }

        Directory.Delete(folder, recursive: true);
        return true;
    }

    // string.GetHashCode differs from process to process.
    private int Seed(int number) => experiment.Name.Aggregate(options.Seed, (seed, letter) => unchecked(seed * 31 + letter)) ^ (number * 7919);
}
