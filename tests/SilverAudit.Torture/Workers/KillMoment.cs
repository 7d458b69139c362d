using System.Diagnostics;
using SilverAudit.Torture.Files;

namespace SilverAudit.Torture.Workers;

/// <summary>A moment in a load to kill its process at: some time after a phase has begun for the given time.</summary>
/// <param name="Phase">The phase; null to count from the start.</param>
/// <param name="Occurrence">Which time that the phase begins, from 1.</param>
/// <param name="Delay">How long after that.</param>
public sealed record KillMoment(LoadPhase? Phase, int Occurrence, TimeSpan Delay)
{
    private const string Outset = "the outset";

    /// <summary>Chooses a moment.</summary>
    /// <param name="random">Decides.</param>
    /// <param name="phases">The phases that the load goes through, each as often as it does.</param>
    /// <param name="duration">About how long the load takes.</param>
    public static KillMoment Choose(Random random, IReadOnlyList<LoadPhase> phases, TimeSpan duration)
    {
        // Checkpoints matter most: nothing else rewrites what was safe already.
        var phase = random.Next(5) switch
        {
            0 => null,
            1 => LoadPhase.Checkpoint,
            _ => random.GetItems([.. phases.Distinct().Where(seen => seen != LoadPhase.End)], 1)[0],
        };
        var delay = phase is null ? duration : TimeSpan.FromMilliseconds(phase.Milliseconds);
        return new KillMoment(phase, random.Next(phases.Count(seen => seen == phase)) + 1, random.NextDouble() * delay);
    }

    /// <summary>Runs a script in a worker and kills it at this moment.</summary>
    /// <returns>What the worker was at when it died; null when the script ended before.</returns>
    public string? Strike(WorkerProcess worker, WorkerRequest request)
    {
        var at = Outset;
        var seen = 0;
        var struck = false;
        worker.WaitUntilReady();
        var killing = Phase is null ? Task.Delay(Delay).ContinueWith(_ => worker.Kill(), TaskScheduler.Default) : Task.CompletedTask;
        try
        {
            worker.Run(request, message =>
            {
                at = LoadPhase.Of(message)?.Name ?? at;
                if (struck || Phase?.Begins(message) != true || ++seen < Occurrence)
                    return;
                struck = true;
                var watch = Stopwatch.StartNew();
                while (watch.Elapsed < Delay)
                    Thread.SpinWait(20);
                worker.Kill();
            });
            return null;
        }
        catch (WorkerDiedException)
        {
            return at;
        }
        finally
        {
            killing.Wait();
        }
    }
}
