using SilverAudit.Torture.Files;
using SilverAudit.Torture.Workers;

namespace SilverAudit.Torture.Experiments;

/// <summary>Processes that are killed while they look after a store: at any moment, and again while they go on from there.</summary>
public sealed class UpkeepExperiment : Experiment
{
    private readonly WorkerPool _workers = new();

    public override string Name => "upkeep";

    public override string Description => "kill a compaction, a backup, an undo, an archiving or an export, check what is there, run it to the end";

    public override int ShortRounds => 3;

    public override int LongRounds => 100;

    public override void Run(Round round) => new InterruptedUpkeep(round, _workers).Run();

    protected override void Dispose(bool disposing)
    {
        _workers.Dispose();
        base.Dispose(disposing);
    }
}
