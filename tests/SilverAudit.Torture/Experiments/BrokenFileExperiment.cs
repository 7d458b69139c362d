using SilverAudit.Torture.Files;
using SilverAudit.Torture.Workers;

namespace SilverAudit.Torture.Experiments;

/// <summary>
/// Sources and stores that are damaged in every way a file can be. Forged ones, which may crash the engine, are worked on as a
/// user should: with <c>-Isolated</c>.
/// </summary>
public sealed class BrokenFileExperiment : Experiment
{
    private const string Read = "Get-SilverAuditLoad -Raw -Destination $args[0]";
    private const int SourcesInPipeline = 20;

    private static readonly List<Mutation> s_forgeries = [.. Mutation.All.Where(mutation => mutation.Harm == Harm.Forgery)];
    private static readonly List<Mutation> s_accidents = [.. Mutation.All.Where(mutation => mutation.Harm != Harm.Forgery)];

    private static readonly string[] s_sourceErrors =
    [
        "SourceNotFound", "SourceNotDatabase", "SourceVersionUnsupported", "SourceCorrupt", "SourceNotReadable", "SourceLogForeign", "SourceEncrypted", "SourceTableMissing",
        "SourceNotBaseTable", "SourceKeyMissing", "SourceRowInvalid", "MemoryLimitExceeded",
    ];

    private static readonly string[] s_storeErrors =
        ["StoreNotDatabase", "StoreLogForeign", "StoreEncrypted", "StoreVersionUnsupported", "StoreCorrupt", "StoreSchemaMismatch", "StoreNotFound", "MemoryLimitExceeded"];

    private readonly WorkerPool _workers = new();
    private readonly Lazy<FileTemplates> _templates = new();
    private readonly Lazy<(HashSet<string> Stored, HashSet<string> Shown)> _sound;

    public BrokenFileExperiment() => _sound = new Lazy<(HashSet<string>, HashSet<string>)>(ReadSoundRows);

    public override string Name => "broken-files";

    public override string Description => "damage a source or a store, load, and read";

    public override int ShortRounds => 4;

    public override int LongRounds => 750;

    public override int Share => 2;

    public override void Run(Round round)
    {
        var isForged = round.Random.Next(Mutation.All.Count) < s_forgeries.Count;
        var isIsolated = isForged || round.Random.Next(16) == 0;
        var mutations = isForged ? s_forgeries : s_accidents;
        if (round.Random.Next(3) == 0)
            DamageStore(round, round.Pick(mutations), isIsolated);
        else
            DamageSources(round, mutations, isIsolated);
    }

    protected override void Dispose(bool disposing)
    {
        _workers.Dispose();
        if (_templates.IsValueCreated)
            _templates.Value.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>One pipeline over damaged sources, and a sound one at the end, which must be loaded whatever became of the others.</summary>
    private void DamageSources(Round round, IReadOnlyList<Mutation> mutations, bool isIsolated)
    {
        var store = round.File("silver_metadata.db");
        FileTemplates.Copy(_templates.Value.Stores[0], store);
        var damaged = Enumerable.Range(0, SourcesInPipeline).Select(number => (Path: round.File($"source{number}.db"), Mutation: round.Pick(mutations))).ToList();
        foreach (var (path, mutation) in damaged)
        {
            FileTemplates.Copy(round.Pick(_templates.Value.Sources), path);
            mutation.Apply(path, _templates.Value.WithLog, round.Random);
        }

        var before = StoredRows(store);
        var reply = Load(round, [.. damaged.Select(source => source.Path), _templates.Value.Extra], isIsolated);
        foreach (var ((path, mutation), result) in damaged.Zip(reply.Output))
        {
            Round.Expect(result["ErrorId"] is null or "" || s_sourceErrors.Contains(result["ErrorId"]), $"A source, {mutation.Name}, {path}: {result["ErrorId"]} {result["Error"]}");
            Count(round, result);
        }

        round.Tally.Count("files damaged", SourcesInPipeline);
        Round.Expect(reply.Output[^1]["Status"] == "AllNew", $"The sound source after the damaged ones: {reply.Output[^1]["Status"]} {reply.Output[^1]["Error"]}");
        var after = StoredRows(store);
        var inserted = reply.Output.Sum(result => int.Parse(result["InsertedRows"]!, null));
        Round.Expect(after.Count == before.Count + inserted, $"{inserted} rows inserted; the store had {before.Count} rows and has {after.Count}.");
        Round.Expect(before.All(after.Contains), "The store has lost a row by a load.");
        if (mutations == s_accidents)
            Round.Expect(after.All(_sound.Value.Stored.Contains), "A row was loaded that no sound file holds.");
    }

    private void DamageStore(Round round, Mutation mutation, bool isIsolated)
    {
        var store = round.File("silver_metadata.db");
        FileTemplates.Copy(round.Pick(_templates.Value.Stores), store);
        mutation.Apply(store, _templates.Value.StoreWithLog, round.Random);
        var copy = Path.Combine(Directory.CreateDirectory(round.File("copy")).FullName, "silver_metadata.db");
        FileTemplates.Copy(store, copy);
        var readable = TryReadRows(round, copy, isIsolated);

        var result = Load(round, [_templates.Value.Extra], isIsolated).Single;

        Round.Expect(result["ErrorId"] is null or "" || s_storeErrors.Contains(result["ErrorId"]), $"A store, {mutation.Name}: {result["ErrorId"]} {result["Error"]}");
        round.Tally.Count("files damaged");
        Count(round, result);
        if (readable is null)
            return;
        var rows = TryReadRows(round, store, isIsolated) ?? throw new BrokenPromiseException($"'{store}' can't be read any more.");
        Round.Expect(readable.All(rows.Contains), "The store has lost a row by a load.");
        var inserted = int.Parse(result["InsertedRows"]!, null);
        Round.Expect(rows.Count == readable.Count + inserted, $"{inserted} rows inserted; the store had {readable.Count} rows and has {rows.Count}.");
        if (mutation.Harm != Harm.Forgery)
            Round.Expect(rows.All(_sound.Value.Shown.Contains), "The store shows a row that no sound file holds.");
    }

    private WorkerReply Load(Round round, IReadOnlyList<string> sources, bool isIsolated)
    {
        var reply = _workers.Current.Run(round.Folder, "$args | Invoke-SilverAuditEtl -NoLog" + (isIsolated ? " -Isolated" : ""), sources);
        Round.Expect(!reply.Errors.Any(error => error.IsTerminating), $"The pipeline ended: {string.Join("; ", reply.Errors)}");
        Round.Expect(reply.Output.Count == sources.Count, $"{sources.Count} sources, {reply.Output.Count} results.");
        Round.Expect(
            reply.Output.Where(result => result["Status"] == "Failed").Select(result => result["Error"]).SequenceEqual(reply.Errors.Select(error => error.Message)),
            "Errors and failed results do not agree.");
        return reply;
    }

    private static void Count(Round round, IReadOnlyDictionary<string, string?> result) =>
        round.Tally.Count(result["Status"] switch
        {
            "Failed" when result["Error"]!.Contains("makes the engine crash", StringComparison.Ordinal) => $"{result["ErrorId"]} by a crash of the engine",
            "Failed" => result["ErrorId"]!,
            _ => "loaded",
        });

    /// <summary>What can be read from a store; null when that is an error.</summary>
    private HashSet<string>? TryReadRows(Round round, string store, bool isIsolated)
    {
        var reply = _workers.Current.Run(round.Folder, Read + (isIsolated ? " -Isolated" : ""), store);
        foreach (var error in reply.Errors)
        {
            Round.Expect(s_storeErrors.Contains(error.Id), $"Reading a damaged store: {error}");
        }

        return reply.Errors.Count == 0 ? ShownRows(reply) : null;
    }

    private (HashSet<string> Stored, HashSet<string> Shown) ReadSoundRows()
    {
        using var module = new Module();
        foreach (var source in _templates.Value.Sources.Append(_templates.Value.Extra))
        {
            module.Load(source);
        }

        string[] stores = [.. _templates.Value.Stores, module.File("silver_metadata.db")];
        return (
            [.. stores.SelectMany(StoredRows)],
            [.. stores.SelectMany(store => ShownRows(_workers.Current.Run(module.Folder.Location, Read, store)))]);
    }

    private static HashSet<string> StoredRows(string store) =>
        [.. StoreContents.Texts(store, "SELECT CAST(t AS VARCHAR) FROM (SELECT * EXCLUDE (original_processing_timestamp) FROM silver_staging_audit) AS t")];

    private static HashSet<string> ShownRows(WorkerReply reply) =>
        [.. reply.Output.Select(load => string.Join(
            '|', load.Where(entry => entry.Key is not ("OriginalProcessingTimestamp" or "Destination")).Select(entry => $"{entry.Key}={entry.Value ?? "NULL"}")))];
}
