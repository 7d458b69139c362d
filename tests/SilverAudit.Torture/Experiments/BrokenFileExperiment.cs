using SilverAudit.Torture.Files;
using SilverAudit.Torture.Workers;

namespace SilverAudit.Torture.Experiments;

/// <summary>Sources and stores that are damaged in every way a file can be.</summary>
public sealed class BrokenFileExperiment : Experiment
{
    private readonly WorkerPool _workers = new();
    private readonly TemporaryFolder _templates = new();
    private readonly Lazy<string[]> _sources;

    public BrokenFileExperiment() => _sources = new Lazy<string[]>(CreateSources);

    public override string Name => "broken-files";

    public override string Description => "damage a source or a store and load it";

    public override int ShortRounds => 200;

    public override int LongRounds => 10_000;

    public override void Run(Round round)
    {
        var mutation = round.Pick(Mutation.All);
        var (template, other) = (round.Pick(_sources.Value), round.Pick(_sources.Value));
        var source = round.File("source.db");
        File.Copy(template, source);
        if (File.Exists(template + ".wal") && round.Random.Next(2)==0)
            File.Copy(template + ".wal", source + ".wal");
        mutation.Apply(source, _templates.File("wal.db"), round.Random);
        try
        {
            var reply = _workers.Current.Run(round.Folder, "Invoke-SilverAuditEtl -LiteralPath $args[0] -NoLog", source);
            round.Tally.Count(mutation.Name + " -> " + (reply.Errors.Count > 0 ? reply.Errors[0].Id : "loaded " + reply.Single["InsertedRows"]));
        }
        catch (WorkerDiedException died)
        {
            round.Tally.Count(mutation.Name + " -> CRASH " + died.ExitCode);
        }
    }

    protected override void Dispose(bool disposing)
    {
        _workers.Dispose();
        _templates.Dispose();
        base.Dispose(disposing);
    }

    private string[] CreateSources()
    {
        Staging.CreateMany(_templates.File("small.db"), 40);
        Staging.CreateMany(_templates.File("large.db"), 3000);
        var open = _templates.File("open.db");
        Staging.CreateMany(open, 10);
        Database.WhileOpen(open, [.. Enumerable.Range(1, 20).Select(n => Staging.Insert("WAL_" + n))], () =>
        {
            File.Copy(open, _templates.File("wal.db"));
            File.Copy(open + ".wal", _templates.File("wal.db.wal"));
        });
        return [_templates.File("small.db"), _templates.File("large.db"), _templates.File("wal.db")];
    }
}
