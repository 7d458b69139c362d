using SilverAudit.Torture.Files;
using SilverAudit.Torture.Workers;

namespace SilverAudit.Torture.Experiments;

/// <summary>
/// Sources and stores that are damaged in every way a file can be. Forged ones, which may crash the engine, are worked on as a
/// user should: with <c>-Isolated</c>.
/// </summary>
public sealed class BrokenFileExperiment : Experiment
{
    private const string Load = "Invoke-SilverAuditEtl -LiteralPath $args[0] -NoLog";
    private const string Read = "Get-SilverAuditLoad -Raw -Isolated";

    private static readonly string[] s_sourceErrors =
    [
        "SourceNotFound", "SourceNotDatabase", "SourceVersionUnsupported", "SourceCorrupt", "SourceNotReadable", "SourceTableMissing",
        "SourceNotBaseTable", "SourceKeyMissing", "SourceRowInvalid", "MemoryLimitExceeded",
    ];

    private static readonly string[] s_storeErrors =
        ["StoreNotDatabase", "StoreVersionUnsupported", "StoreCorrupt", "StoreNotReadable", "StoreSchemaMismatch", "StoreNotFound", "MemoryLimitExceeded"];

    private readonly WorkerPool _workers = new();
    private readonly Lazy<FileTemplates> _templates = new();
    private readonly Lazy<HashSet<string>> _sound;

    public BrokenFileExperiment() => _sound = new Lazy<HashSet<string>>(ReadSoundRows);

    public override string Name => "broken-files";

    public override string Description => "damage a source or a store, load, and read";

    public override int ShortRounds => 150;

    public override int LongRounds => 10_000;

    public override int Share => 2;

    public override void Run(Round round)
    {
        var mutation = round.Pick(Mutation.All);
        var isIsolated = mutation.Harm == Harm.Forgery || round.Random.Next(4) == 0;
        if (round.Random.Next(3) == 0)
            DamageStore(round, mutation, isIsolated);
        else
            DamageSource(round, mutation, isIsolated);
    }

    protected override void Dispose(bool disposing)
    {
        _workers.Dispose();
        if (_templates.IsValueCreated)
            _templates.Value.Dispose();
        base.Dispose(disposing);
    }

    private void DamageSource(Round round, Mutation mutation, bool isIsolated)
    {
        var source = round.File("source.db");
        var store = round.File("silver_metadata.db");
        FileTemplates.Copy(_templates.Value.Stores[0], store);
        FileTemplates.Copy(round.Pick(_templates.Value.Sources), source);
        mutation.Apply(source, Donor(round, _templates.Value.Sources), round.Random);
        var before = StoreContents.AllButHistory(store);

        var result = LoadInto(round, source, isIsolated, s_sourceErrors, mutation, "source");

        var rows = Rows(_workers.Current.Run(round.Folder, Read).Output);
        var added = rows.Except(_sound.Value.Where(row => row.StartsWith("LoadId=STORED_", StringComparison.Ordinal)), StringComparer.Ordinal).ToList();
        if (result["Status"] == "Failed")
            Round.Expect(before.SequenceEqual(StoreContents.AllButHistory(store)), "A source that failed has left something in the store.");
        else if (mutation.Harm != Harm.Forgery)
            Round.Expect(added.All(_sound.Value.Contains), $"A row was loaded that no sound file holds: {added.FirstOrDefault(row => !_sound.Value.Contains(row))}");
    }

    private void DamageStore(Round round, Mutation mutation, bool isIsolated)
    {
        var store = round.File("silver_metadata.db");
        FileTemplates.Copy(round.Pick(_templates.Value.Stores), store);
        mutation.Apply(store, Donor(round, _templates.Value.Stores), round.Random);
        var readable = ReadCopy(round, store);

        var result = LoadInto(round, _templates.Value.Extra, isIsolated, s_storeErrors, mutation, "store");

        if (readable is null)
            return;
        var after = _workers.Current.Run(round.Folder, Read);
        Round.Expect(after.Errors.Count == 0, $"The store could be read before the load, and not after it: {string.Join("; ", after.Errors)}");
        var rows = Rows(after.Output);
        Round.Expect(readable.All(rows.Contains), "The store has lost a row by a load.");
        Round.Expect(
            rows.Count == readable.Count + (result["Status"] == "Failed" ? 0 : int.Parse(result["InsertedRows"]!, null)),
            $"{result["Status"]}, {result["InsertedRows"]} rows inserted; the store had {readable.Count} rows and has {rows.Count}.");
        if (mutation.Harm != Harm.Forgery)
            Round.Expect(rows.All(_sound.Value.Contains), "The store shows a row that no sound file holds.");
    }

    /// <summary>What can be read from a store, through a copy of it; null when it can't be read.</summary>
    private HashSet<string>? ReadCopy(Round round, string store)
    {
        var folder = Directory.CreateDirectory(round.File("copy")).FullName;
        FileTemplates.Copy(store, Path.Combine(folder, "silver_metadata.db"));
        var reply = _workers.Current.Run(folder, Read);
        foreach (var error in reply.Errors)
        {
            Round.Expect(s_storeErrors.Contains(error.Id), $"Reading a damaged store: {error}");
        }

        return reply.Errors.Count == 0 ? Rows(reply.Output) : null;
    }

    private IReadOnlyDictionary<string, string?> LoadInto(
        Round round, string source, bool isIsolated, string[] permitted, Mutation mutation, string damaged)
    {
        var reply = _workers.Current.Run(round.Folder, isIsolated ? Load + " -Isolated" : Load, source);
        var result = reply.Single;
        foreach (var error in reply.Errors)
        {
            Round.Expect(!error.IsTerminating && permitted.Contains(error.Id), $"{damaged}, {mutation.Name}: {error}");
        }

        Round.Expect((result["Status"] == "Failed") == (reply.Errors.Count == 1), $"{result["Status"]} with {reply.Errors.Count} errors.");
        round.Tally.Count(reply.Errors switch
        {
            [] => "loaded",
            [{ Message: var message, Id: var id }, ..] when message.Contains("makes the engine crash", StringComparison.Ordinal) => $"{id} by a crash of the engine",
            [{ Id: var id }, ..] => id,
        });
        return result;
    }

    private static string Donor(Round round, IReadOnlyList<string> files)
    {
        // Of the other file its .wal may be wanted, so it is one that has one.
        var others = files.Where(file => File.Exists(file + ".wal")).ToList();
        return round.Pick(others);
    }

    private HashSet<string> ReadSoundRows()
    {
        using var module = new Module();
        var rows = new HashSet<string>(StringComparer.Ordinal);
        foreach (var source in _templates.Value.Sources.Append(_templates.Value.Extra))
        {
            module.Load(source);
        }

        foreach (var store in _templates.Value.Stores.Append(module.File("silver_metadata.db")))
        {
            rows.UnionWith(Rows(_workers.Current.Run(Path.GetDirectoryName(store)!, $"Get-SilverAuditLoad -Raw -Destination {store}").Output));
        }

        return rows;
    }

    private static HashSet<string> Rows(IEnumerable<IReadOnlyDictionary<string, string?>> loads) =>
        loads.Select(load => string.Join('|', load.Where(entry => entry.Key != "OriginalProcessingTimestamp").Select(entry => $"{entry.Key}={entry.Value ?? "NULL"}")))
            .ToHashSet(StringComparer.Ordinal);
}
