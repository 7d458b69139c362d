namespace SilverAudit.Torture.Files;

/// <summary>Makes a folder of sources as pipelines leave them: of all sizes, some overlapping, some with rows that can't be loaded.</summary>
/// <param name="folder">Where they go; created when it does not exist.</param>
/// <param name="random">Decides everything about them.</param>
public sealed class SourceFolder(string folder, Random random)
{
    private readonly List<KnownSource> _sources = [];
    private int _next = 1;

    /// <summary>The sources made so far, in the order in which they are to be loaded.</summary>
    public IReadOnlyList<KnownSource> Sources => _sources;

    /// <summary>True when columns that the permanent table lacks will be added to it, and not rescued, from the next source on.</summary>
    public bool AddsColumns { get; set; }

    /// <summary>Adds a source of the given number of rows.</summary>
    /// <param name="rows">How many.</param>
    /// <param name="mayOverlap">True when it may share loads with the one before, some of them with other content.</param>
    public KnownSource Add(int rows, bool mayOverlap)
    {
        var overlaps = mayOverlap && _sources.Count > 0 && random.Next(3) == 0;
        var from = overlaps ? Math.Max(1, _next - random.Next(1, rows)) : _next;
        var path = NewPath();
        Staging.CreateMany(path, rows, from);
        if (overlaps)
            Database.Execute(path, $"UPDATE silver_temp_audit SET validation_summary = 'another summary' WHERE hash(load_id) % {random.Next(2, 20)} = 0");
        _next = Math.Max(_next, from + rows);
        return Keep(path, Names(from, rows));
    }

    /// <summary>Adds a source in which some rows have no usable load_id.</summary>
    /// <param name="rows">The rows that are good.</param>
    /// <param name="isRejected">True when the bad ones are to be rejected, and not the whole source refused.</param>
    public KnownSource AddInvalid(int rows, bool isRejected)
    {
        var path = NewPath();
        Staging.CreateMany(path, rows, _next);
        Database.Execute(path, $"INSERT INTO silver_temp_audit SELECT * REPLACE (repeat(' ', row_number() OVER ()) AS load_id) FROM silver_temp_audit LIMIT {random.Next(1, 20)}");
        var names = Names(_next, rows);
        _next += rows;
        return Keep(path, isRejected ? names : []);
    }

    /// <summary>Writes the same loads again under another name, with other content in some of them.</summary>
    public KnownSource AddChanged(KnownSource source)
    {
        var path = NewPath();
        File.Copy(source.Path, path);
        Database.Execute(
            path, $"UPDATE silver_temp_audit SET validation_summary = 'changed since', payload_files = '[\"' || hash(load_id) || '\"]' WHERE hash(load_id) % {random.Next(1, 5)} = 0");
        return Keep(path, source.LoadIds, source.IsRescued && !AddsColumns);
    }

    private KnownSource Keep(string path, IReadOnlySet<string> loads)
    {
        var hasExtra = random.Next(3) > 0;
        if (!hasExtra)
            DropExtraColumns(path);
        return Keep(path, loads, hasExtra && !AddsColumns);
    }

    private KnownSource Keep(string path, IReadOnlySet<string> loads, bool isRescued)
    {
        var source = new KnownSource(path, loads, isRescued);
        _sources.Add(source);
        return source;
    }

    // A table with a key drops no columns, so it is made anew, as pipelines that know no key make it.
    private static void DropExtraColumns(string path) => Database.Execute(
        path,
        "CREATE TABLE narrow AS SELECT * EXCLUDE (schema_validation_report, schema_validation_status, checksum_value) FROM silver_temp_audit",
        "DROP TABLE silver_temp_audit",
        "ALTER TABLE narrow RENAME TO silver_temp_audit");

    private string NewPath()
    {
        Directory.CreateDirectory(folder);
        return Path.Combine(folder, $"source-{_sources.Count + 1}.db");
    }

    private static HashSet<string> Names(int from, int rows) => [.. Enumerable.Range(from, rows).Select(number => $"LOAD_{number}")];
}
