using System.Diagnostics;
using System.Globalization;

namespace SilverAudit.Bench;

/// <summary>What the engine needs by itself for the same work, with no check, count or history around it.</summary>
internal static class BareEngine
{
    public static BareRun Load(string store, params IEnumerable<string> sources)
    {
        var total = Stopwatch.StartNew();
        var statements = new Stopwatch();
        var rows = 0L;
        using (var engine = new Engine())
        {
            engine.Attach(store, "store");
            engine.Execute($"CREATE TABLE IF NOT EXISTS store.main.silver_staging_audit ({AuditTables.StoreColumns})");
            foreach (var source in sources)
            {
                engine.Attach(source, "src", "(READ_ONLY)");
                engine.Execute("BEGIN");
                statements.Start();
                rows += engine.Execute(Merge(DateTime.UtcNow));
                statements.Stop();
                engine.Execute("COMMIT");
                engine.Execute("DETACH src");
            }

            engine.Execute("DETACH store");
        }

        return new BareRun(total.Elapsed, statements.Elapsed, rows);
    }

    /// <summary>Reads every row out and inserts it by itself, all in one transaction.</summary>
    public static BareRun LoadRowByRow(string store, string source, int limit)
    {
        var total = Stopwatch.StartNew();
        var statements = new Stopwatch();
        var rows = 0L;
        using (var engine = new Engine())
        {
            engine.Attach(store, "store");
            engine.Attach(source, "src", "(READ_ONLY)");
            engine.Execute($"CREATE TABLE store.main.silver_staging_audit ({AuditTables.StoreColumns})");
            var read = ReadRows(engine, limit);

            engine.Execute("BEGIN");
            // The command keeps its prepared statement from one execution to the next.
            var places = string.Join(", ", Enumerable.Repeat("?", AuditTables.StoreColumnCount));
            using (var insert = engine.CreateCommand($"INSERT INTO store.main.silver_staging_audit VALUES ({places})"))
            {
                for (var i = 0; i < AuditTables.StoreColumnCount; i++)
                    insert.Parameters.Add(new());
                statements.Start();
                foreach (var row in read)
                {
                    for (var i = 0; i < row.Length; i++)
                        insert.Parameters[i].Value = row[i];
                    rows += insert.ExecuteNonQuery();
                }

                statements.Stop();
            }

            engine.Execute("COMMIT");
            engine.Execute("DETACH src");
            engine.Execute("DETACH store");
        }

        return new BareRun(total.Elapsed, statements.Elapsed, rows);
    }

    /// <summary>Counts the loads in a store from outside, which also shows that nobody holds the file any more.</summary>
    public static long CountLoads(string store)
    {
        using var engine = new Engine();
        engine.Attach(store, "store", "(READ_ONLY)");
        using var command = engine.CreateCommand("SELECT count(*) FROM store.main.silver_staging_audit");
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    private static string Merge(DateTime now) => $"""
        MERGE INTO store.main.silver_staging_audit AS d
        USING (
            SELECT {AuditTables.MappedColumns}, {TrackingColumns(now)}
            FROM src.main.silver_temp_audit) AS s
        ON d.load_id = s.load_id
        WHEN NOT MATCHED THEN INSERT BY NAME
        """;

    private static string TrackingColumns(DateTime now) => string.Create(CultureInfo.InvariantCulture, $"""
        FALSE AS is_reprocessed,
        TIMESTAMP '{now:yyyy-MM-dd HH:mm:ss.ffffff}' AS original_processing_timestamp,
        NULL::VARCHAR AS reprocessing_reason
        """);

    private static List<object[]> ReadRows(Engine engine, int limit)
    {
        using var select = engine.CreateCommand($"""
            SELECT {AuditTables.MappedColumns}, {TrackingColumns(DateTime.UtcNow)}
            FROM src.main.silver_temp_audit
            LIMIT {limit}
            """);
        using var reader = select.ExecuteReader();
        var rows = new List<object[]>();
        while (reader.Read())
        {
            var row = new object[reader.FieldCount];
            reader.GetValues(row);
            rows.Add(row);
        }

        return rows;
    }
}
