using SilverAudit.Torture.Experiments.Disks;
using SilverAudit.Torture.Workers;

namespace SilverAudit.Torture.Experiments;

/// <summary>Disks that fill up, that can't be written, and stores that are taken away in the middle of the work.</summary>
public sealed class DiskExperiment : Experiment
{
    // The short run has one of each.
    private static readonly Action<Round, WorkerProcess, Module>[] s_kinds =
    [
        FullDisk.Run,
        ReadOnlyDisk.Run,
        FullLogDisk.Run,
        FullDisk.RunUntilClosingFails,
        StoreTakenAway.Run,
        FullDisk.Run,
        FullDisk.Run,
        FullDisk.RunUntilClosingFails,
        StoreTakenAway.Run,
        FullDisk.RunLarge,
        FullDisk.Run,
        StoreTakenAway.Run,
    ];

    private readonly TemporaryFolder _folder = new();
    private readonly Lazy<WorkerProcess> _worker;
    private readonly Lazy<Module> _reference = new(() => new Module());

    public DiskExperiment() => _worker = new Lazy<WorkerProcess>(() => new WorkerProcess(_folder.Location, Mount.Prefix));

    public override string Name => "disks";

    public override string Description => "fill a small disk, or forbid writing, while a pipeline loads";

    public override int ShortRounds => 4;

    public override int LongRounds => 120;

    public override string? Obstacle => Mount.Obstacle;

    public override void Run(Round round)
    {
        s_kinds[round.Number % s_kinds.Length](round, _worker.Value, _reference.Value);
        Round.Expect(_worker.Value.IsAlive, "The process has died.");
    }

    protected override void Dispose(bool disposing)
    {
        if (_worker.IsValueCreated)
            _worker.Value.Dispose();
        if (_reference.IsValueCreated)
            _reference.Value.Dispose();
        _folder.Dispose();
        base.Dispose(disposing);
    }
}
