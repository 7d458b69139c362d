using System.Diagnostics;
using SilverAudit.Torture.Files;
using SilverAudit.Torture.Workers;

namespace SilverAudit.Torture.Experiments;

/// <summary>Processes that are killed while they load: at every phase, and again while they recover.</summary>
public sealed class KillExperiment : Experiment
{
    private const int KillsEach = 3;
    private const int MostTries = 10;
    private const int LoadsRead = 100;

    private readonly WorkerPool _workers = new();

    public override string Name => "kills";

    public override string Description => "kill a load, check the store, run it to the end";

    public override int ShortRounds => 6;

    public override int LongRounds => 340;

    public override int Share => 4;

    public override void Run(Round round)
    {
        var load = InterruptedLoad.Choose(round, _workers.Current);
        var before = FolderSnapshot.Of(load.SourcesFolder);

        var reference = load.NewStore("reference");
        var watch = Stopwatch.StartNew();
        var phases = new List<LoadPhase>();
        var whole = _workers.Current.Run(load.Request(reference), message => phases.AddRange(LoadPhase.Of(message) is { } phase ? [phase] : []));
        var duration = watch.Elapsed;
        StorePromises.Check(reference, load.Sources, round.Random);

        var store = load.NewStore("store");
        for (int kills = 0, tries = 0; kills < KillsEach && tries < MostTries; tries++)
        {
            // Each kill but the first hits a run that goes on where the one before was killed.
            if (Kill(round, load, store, phases, duration))
                kills++;
            else
                store = load.NewStore("store");
        }

        var last = _workers.Current.Run(load.Request(store), static _ => { });
        CheckEnd(load, reference, whole, store, last, round);
        Round.Expect(before.SequenceEqual(FolderSnapshot.Of(load.SourcesFolder)), "The sources, or what is beside them, have changed.");
    }

    protected override void Dispose(bool disposing)
    {
        _workers.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>Returns false when the load was over before the kill.</summary>
    private bool Kill(Round round, InterruptedLoad load, string store, IReadOnlyList<LoadPhase> phases, TimeSpan duration)
    {
        var moment = KillMoment.Choose(round.Random, phases, duration);
        var phase = moment.Strike(_workers.Current, load.Request(store));
        if (phase is not null)
        {
            round.Tally.Count("kills");
            round.Tally.Count("in " + phase);
            if (File.Exists(store + ".wal"))
                round.Tally.Count($"in {phase} with a .wal left");
        }
        else
        {
            round.Tally.Count("ended before the kill");
        }

        var loads = StorePromises.Check(store, load.Sources, round.Random);
        CheckReading(store, loads);
        return phase is not null;
    }

    private void CheckReading(string store, int loads)
    {
        var reply = _workers.Current.Run(Path.GetDirectoryName(store)!, $"@(Get-SilverAuditLoad -Raw -Newest {LoadsRead}).Count");
        if (loads == 0 && reply.Errors is [{ Id: "StoreNotFound" or "StoreSchemaMismatch" }])
            return;
        Round.Expect(reply.Errors.Count == 0, $"The store can't be read: {reply.ErrorText}");
        var expected = Math.Min(loads, LoadsRead).ToString(System.Globalization.CultureInfo.InvariantCulture);
        Round.Expect(reply.Single["Value"] == expected, $"{reply.Single["Value"]} loads were read instead of {expected}.");
    }

    private static void CheckEnd(InterruptedLoad load, string reference, WorkerReply whole, string store, WorkerReply last, Round round)
    {
        Round.Expect(
            last.Errors.Select(error => error.Id).SequenceEqual(whole.Errors.Select(error => error.Id)),
            $"The run to the end failed: {last.ErrorText}");
        Round.Expect(last.Output.Count == load.Count, $"The run to the end has {last.Output.Count} results for {load.Count} sources.");
        StorePromises.Check(store, load.Sources, round.Random);
        StorePromises.CheckSame(reference, store);
        var left = Left(store);
        Round.Expect(left is ["silver_metadata.db"], $"Beside the store is left: {string.Join(", ", left)}.");
    }

    private static string[] Left(string store) =>
        [.. Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(store)!).Select(entry => Path.GetFileName(entry)).Order(StringComparer.Ordinal)];
}
