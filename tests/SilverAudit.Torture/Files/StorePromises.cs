namespace SilverAudit.Torture.Files;

/// <summary>
/// What must hold of a store at any time, whoever was killed while it worked on it. Asked of the plain engine, which opens the
/// store for reading only, so that looking repairs nothing.
/// </summary>
public static class StorePromises
{
    private const string Permanent = "main.silver_staging_audit";
    private const int KeysTried = 16;

    private static readonly string[] s_tables =
    [
        Permanent, "silver_audit.etl_run", "silver_audit.rejected_row", "silver_audit.rescued_data", "silver_audit.superseded_load",
    ];

    private static readonly (string Table, string Columns)[] s_contents =
    [
        (Permanent, "* EXCLUDE (original_processing_timestamp)"),
        ("silver_audit.rescued_data", "load_id, rescued"),
        ("silver_audit.superseded_load", "load_id, reason, json_merge_patch(previous, '{\"original_processing_timestamp\":null}'), previous_rescued"),
        ("silver_audit.rejected_row", "load_id, source, source_table, reason, row"),
    ];

    /// <summary>Checks all of them.</summary>
    /// <param name="store">The store; it may be missing, or hold no table yet.</param>
    /// <param name="sources">Every source that was ever loaded into it, or tried to be.</param>
    /// <param name="random">Chooses the keys that are looked up.</param>
    /// <returns>How many loads it holds.</returns>
    /// <exception cref="BrokenPromiseException">One does not hold.</exception>
    public static int Check(string store, IReadOnlyList<KnownSource> sources, Random random)
    {
        if (!File.Exists(store))
            return 0;

        string[] loads;
        using (var reader = Open(store))
        {
            var tables = reader.Texts("SELECT schema_name || '.' || table_name FROM duckdb_tables() WHERE database_name = 'test_file' ORDER BY ALL");
            if (tables.Count == 0)
                return 0;
            Round.Expect(tables.SequenceEqual(s_tables), $"The store has other tables than its own, or lacks some: {string.Join(", ", tables)}.");

            loads = [.. reader.Texts($"SELECT load_id FROM {Permanent}")];
            CheckLoads(reader, loads, sources);
            CheckCounts(reader);
            CheckSideTables(reader, sources);
            CheckLookups(reader, loads, random);
        }

        CheckPrimaryKey(store, loads, random);
        return loads.Length;
    }

    /// <summary>
    /// Checks that two stores hold the same, apart from what differs between any two runs: times, identifiers of runs, and how
    /// often it was tried.
    /// </summary>
    public static void CheckSame(string expected, string found)
    {
        using var reader = Open(found);
        reader.Query($"ATTACH {Text(expected)} AS expected (TYPE duckdb, READ_ONLY)");
        foreach (var (table, columns) in s_contents)
        {
            Expect(Missing("expected", "test_file"), $"rows of {table} are missing");
            Expect(Missing("test_file", "expected"), $"rows of {table} are too much");

            IReadOnlyList<string> Missing(string from, string to) => reader.Texts(
                $"SELECT CAST(t AS VARCHAR) FROM (SELECT {columns} FROM {from}.{table} EXCEPT ALL SELECT {columns} FROM {to}.{table}) AS t");
        }
    }

    private static DatabaseReader Open(string store)
    {
        try
        {
            return new DatabaseReader(store);
        }
        catch (DuckDB.NET.Data.DuckDBException failure)
        {
            throw new BrokenPromiseException($"The store does not open: {failure.Message}", failure);
        }
    }

    /// <summary>Whole sources only: the loads are those of the sources that the history says were loaded.</summary>
    private static void CheckLoads(DatabaseReader reader, string[] loads, IReadOnlyList<KnownSource> sources)
    {
        var present = loads.ToHashSet(StringComparer.Ordinal);
        Round.Expect(present.Count == loads.Length, $"The permanent table has {loads.Length} rows, but {present.Count} loads.");

        var done = reader.Texts("SELECT DISTINCT source FROM silver_audit.etl_run WHERE status <> 'Failed'");
        var strangers = done.Except(sources.Select(source => source.Path)).ToList();
        Round.Expect(strangers.Count == 0, $"The history knows of sources that nobody loaded: {string.Join(", ", strangers)}.");

        var expected = sources.Where(source => done.Contains(source.Path)).SelectMany(source => source.LoadIds).ToHashSet(StringComparer.Ordinal);
        Expect(expected.Except(present), "loads are missing though the history says that their source was loaded");
        Expect(present.Except(expected), "loads are there though the history knows of no source that brought them");
    }

    private static void CheckCounts(DatabaseReader reader)
    {
        Expect(reader.Texts(
            "SELECT CAST(t AS VARCHAR) FROM silver_audit.etl_run AS t WHERE source_rows IS DISTINCT FROM inserted_rows + updated_rows + skipped_rows + rejected_rows OR changed_rows > skipped_rows"),
            "runs have counts that don't add up");
        Expect(reader.Texts(
            "SELECT CAST(t AS VARCHAR) FROM silver_audit.etl_run AS t WHERE (status = 'Failed') <> (processing_timestamp IS NULL) OR (status = 'Failed' AND source_rows <> 0)"),
            "failed runs have counts or a processing time, or successful ones have none");
        Expect(reader.Texts(
            "SELECT CAST(run_id AS VARCHAR) FROM silver_audit.etl_run GROUP BY run_id HAVING count(*) > 1 UNION ALL SELECT CAST(processing_timestamp AS VARCHAR) FROM silver_audit.etl_run WHERE processing_timestamp IS NOT NULL GROUP BY ALL HAVING count(*) > 1"),
            "runs share an identifier or a processing time");
        Expect(reader.Texts(
            $"""
            SELECT CAST(r AS VARCHAR) || ' has ' || coalesce(n, 0) || ' loads'
            FROM (FROM silver_audit.etl_run WHERE processing_timestamp IS NOT NULL) AS r
            FULL JOIN (SELECT original_processing_timestamp AS processed_at, count(*) AS n FROM {Permanent} GROUP BY ALL) ON processed_at = r.processing_timestamp
            WHERE coalesce(n, 0) IS DISTINCT FROM r.inserted_rows
            """),
            "runs did not insert the loads they say");
    }

    private static void CheckSideTables(DatabaseReader reader, IReadOnlyList<KnownSource> sources)
    {
        foreach (var table in new[] { "rescued_data", "superseded_load", "rejected_row" })
        {
            Expect(reader.Texts(
                $"SELECT CAST(t AS VARCHAR) FROM silver_audit.{table} AS t WHERE run_id NOT IN (SELECT run_id FROM silver_audit.etl_run WHERE status <> 'Failed')"),
                $"rows of {table} belong to no successful run");
        }

        Expect(reader.Texts(
            """
            SELECT CAST(r AS VARCHAR) || ' filed ' || coalesce(n, 0)
            FROM silver_audit.etl_run AS r LEFT JOIN (SELECT run_id, count(*) AS n FROM silver_audit.superseded_load GROUP BY ALL) AS s ON s.run_id = r.run_id
            WHERE coalesce(n, 0) <> updated_rows
            """),
            "runs did not file as many superseded versions as they updated loads");
        Expect(reader.Texts(
            $"""
            SELECT p.load_id FROM {Permanent} AS p
            WHERE p.is_reprocessed IS DISTINCT FROM (p.load_id IN (SELECT load_id FROM silver_audit.superseded_load))
                OR p.is_reprocessed <> (p.reprocessing_reason IS NOT NULL)
            """),
            "loads are marked as reprocessed without a superseded version, or the other way round");
        Expect(reader.Texts(
            """
            SELECT CAST(r AS VARCHAR) || ' filed ' || n
            FROM silver_audit.etl_run AS r JOIN (SELECT run_id, count(*) AS n FROM silver_audit.rejected_row GROUP BY ALL) AS s ON s.run_id = r.run_id
            WHERE n > rejected_rows
            """),
            "runs filed more rejected rows than they counted");
        Expect(reader.Texts(
            $"SELECT load_id FROM silver_audit.rescued_data WHERE load_id NOT IN (SELECT load_id FROM {Permanent}) UNION ALL SELECT load_id FROM silver_audit.rescued_data GROUP BY ALL HAVING count(*) > 1"),
            "rescued values belong to no load, or twice to one");

        var rescued = reader.Texts(
            $"""
            SELECT DISTINCT r.source FROM {Permanent} AS p JOIN silver_audit.etl_run AS r ON r.processing_timestamp = p.original_processing_timestamp
            WHERE p.load_id IN (SELECT load_id FROM silver_audit.rescued_data) AND NOT p.is_reprocessed
            """);
        Expect(rescued.Except(sources.Where(source => source.IsRescued).Select(source => source.Path)), "sources have rescued values without a column for them");
        var complete = string.Join(", ", sources.Where(source => source.IsRescued).Select(source => Text(source.Path)).DefaultIfEmpty("NULL"));
        Expect(reader.Texts(
            $"""
            SELECT p.load_id FROM {Permanent} AS p JOIN silver_audit.etl_run AS r ON r.processing_timestamp = p.original_processing_timestamp
            WHERE r.source IN ({complete}) AND NOT p.is_reprocessed AND p.load_id NOT IN (SELECT load_id FROM silver_audit.rescued_data)
            """),
            "loads lack their rescued values");
    }

    /// <summary>The index of the primary key finds what a scan finds.</summary>
    private static void CheckLookups(DatabaseReader reader, string[] loads, Random random)
    {
        foreach (var load in Sample(loads, random).Append("no such load"))
        {
            var found = reader.Scalar<int>($"SELECT count(*) FROM {Permanent} WHERE load_id = {Text(load)}");
            var scanned = reader.Scalar<int>($"SELECT count(*) FROM {Permanent} WHERE load_id || '' = {Text(load)}");
            Round.Expect(found == scanned, $"The primary key finds {load} {found} times, a scan {scanned} times.");
        }
    }

    /// <summary>A key that is there is refused a second time, one that isn't is taken. Tried on a copy.</summary>
    private static void CheckPrimaryKey(string store, string[] loads, Random random)
    {
        using var folder = new TemporaryFolder();
        foreach (var file in Directory.EnumerateFiles(Path.GetDirectoryName(store)!, Path.GetFileName(store) + "*"))
        {
            File.Copy(file, folder.File(Path.GetFileName(file)));
        }

        var copy = folder.File(Path.GetFileName(store));
        foreach (var load in Sample(loads, random).Take(1))
        {
            try
            {
                Database.Execute(copy, $"INSERT INTO {Permanent} (load_id) VALUES ({Text(load)})");
            }
            catch (DuckDB.NET.Data.DuckDBException refusal) when (refusal.Message.Contains("uplicate key", StringComparison.Ordinal))
            {
                continue;
            }

            throw new BrokenPromiseException($"The primary key took {load} a second time.");
        }

        Database.Execute(copy, $"INSERT INTO {Permanent} (load_id) VALUES ('no such load')", $"DELETE FROM {Permanent} WHERE load_id = 'no such load'");
        var left = Database.Scalar<int>(copy, $"SELECT count(*) FROM {Permanent}");
        Round.Expect(left == loads.Length, $"The store has {loads.Length} loads, but {left} once it has been opened for writing.");
    }

    private static IEnumerable<string> Sample(string[] loads, Random random) =>
        loads.Length == 0 ? [] : random.GetItems(loads, Math.Min(KeysTried, loads.Length)).Distinct();

    private static void Expect(IEnumerable<string> offenders, string what)
    {
        var all = offenders.ToList();
        Round.Expect(all.Count == 0, $"{all.Count} {what}: {string.Join("; ", all.Take(5))}");
    }

    private static string Text(string value) => '\'' + value.Replace("'", "''", StringComparison.Ordinal) + '\'';
}
