using SilverAudit.Torture.Workers;

namespace SilverAudit.Torture.Files;

/// <summary>
/// A command over a folder of sources that comes to the same store however often it is interrupted and run again, and the store
/// that it starts from.
/// </summary>
public sealed class InterruptedLoad
{
    private const string Store = "silver_metadata.db";

    // -Debug would make each warning a question, which nobody is there to answer.
    private const string Load = "$DebugPreference = 'Continue'; $args | Invoke-SilverAuditEtl -NoLog ";

    private static readonly Kind[] s_kinds =
    [
        new(""),
        new("-InvalidRow Reject", Rejects: true),
        new("-SchemaEvolution AddNewColumns", AddsColumns: true),
        new("-MemoryLimit 100MB -Threads 1"),
        new("-Reprocess -Reason 'they changed'", Reprocesses: true),
        new("-Reprocess -Reason 'they changed' -SchemaEvolution AddNewColumns -InvalidRow Reject", Rejects: true, AddsColumns: true, Reprocesses: true),
    ];

    private readonly Round _round;
    private readonly Kind _kind;
    private readonly string? _template;
    private readonly string[] _paths;

    private InterruptedLoad(Round round, Kind kind, string? template, SourceFolder folder, int first)
    {
        (_round, _kind, _template, Sources) = (round, kind, template, folder.Sources);
        _paths = [.. Sources.Skip(first).Select(source => source.Path)];
    }

    /// <summary>All sources, those of the store it starts from included.</summary>
    public IReadOnlyList<KnownSource> Sources { get; }

    /// <summary>How many sources the command is given.</summary>
    public int Count => _paths.Length;

    public string SourcesFolder => _round.File("sources");

    /// <summary>Makes sources and chooses what is done with them.</summary>
    /// <param name="round">Decides.</param>
    /// <param name="worker">Loads the store it starts from.</param>
    public static InterruptedLoad Choose(Round round, WorkerProcess worker)
    {
        var kind = round.Pick(s_kinds);
        var folder = new SourceFolder(round.File("sources"), round.Random) { AddsColumns = kind.AddsColumns && !kind.Reprocesses };
        for (var count = round.Random.Next(2, 6); count > 0; count--)
        {
            var rows = round.Random.Next(4) == 0 ? round.Random.Next(500, 6_000) : round.Random.Next(5, 60);
            // Where two sources disagree, reprocessing takes each one's version in turn, as often as it is run.
            folder.Add(rows, mayOverlap: !kind.Reprocesses);
        }

        var first = kind.Reprocesses ? folder.Sources.Count : 0;
        var template = kind.Reprocesses ? LoadTemplate(round, worker, folder, kind) : null;
        if (round.Random.Next(3) == 0)
            folder.AddInvalid(round.Random.Next(5, 200), kind.Rejects);
        return new InterruptedLoad(round, kind, template, folder, first);
    }

    /// <summary>Makes the store that the command starts from, in a folder of its own that is emptied before.</summary>
    /// <returns>Full path of the store, which need not exist yet.</returns>
    public string NewStore(string folder)
    {
        var path = _round.File(folder);
        if (Directory.Exists(path))
            Directory.Delete(path, recursive: true);
        Directory.CreateDirectory(path);
        var store = Path.Combine(path, Store);
        if (_template is not null)
            File.Copy(_template, store);
        return store;
    }

    /// <summary>The command for a store, watched.</summary>
    public WorkerRequest Request(string store) =>
        new(Load + _kind.Parameters, _paths, Path.GetDirectoryName(store)!, Watched: true);

    private static string LoadTemplate(Round round, WorkerProcess worker, SourceFolder folder, Kind kind)
    {
        var path = Directory.CreateDirectory(round.File("template")).FullName;
        var sources = folder.Sources.ToList();
        var reply = worker.Run(path, Load, [.. sources.Select(source => source.Path)]);
        Round.Expect(reply.Errors.Count == 0, $"The store to start from could not be loaded: {reply.ErrorText}");
        folder.AddsColumns = kind.AddsColumns;
        foreach (var source in sources)
        {
            folder.AddChanged(source);
        }

        return Path.Combine(path, Store);
    }

    private sealed record Kind(string Parameters, bool Rejects = false, bool AddsColumns = false, bool Reprocesses = false);
}
