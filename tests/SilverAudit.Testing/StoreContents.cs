namespace SilverAudit.Testing;

/// <summary>What a store holds, read with the plain engine.</summary>
public static class StoreContents
{
    /// <summary>The permanent columns whose values come from the source, in their order.</summary>
    public const string SourceFedColumns =
        "load_id, data_source, ingest_timestamp, query_parameters, audit_schema_version, audit_schema_checksum, checksum_status, "
        + "checksum_timestamp, checksum_report, ingestion_time, validation_status, validation_errors, validation_fails, "
        + "validation_summary, dq_report, payload_files, payload_results";

    /// <summary>The loads of the permanent table, in the order of their names.</summary>
    public static IReadOnlyList<string> LoadIds(string store, string table = "silver_staging_audit") =>
        Texts(store, $"SELECT load_id FROM {Quote(table)} ORDER BY load_id");

    /// <summary>The rescued values of a load as the text that is filed; null when nothing is.</summary>
    public static string? Rescued(string store, string loadId)
    {
        var id = loadId.Replace("'", "''", StringComparison.Ordinal);
        var rows = Database.Query(store, $"SELECT rescued FROM silver_audit.rescued_data WHERE load_id = '{id}'");
        return rows.Count == 0 ? null : (string?)Assert.Single(rows)[0];
    }

    /// <summary>One rescued value of a load as text.</summary>
    public static string RescuedValue(string store, string loadId, string column) =>
        Texts(store, $"SELECT rescued->>'{column}' FROM silver_audit.rescued_data WHERE load_id = '{loadId}'").Single();

    /// <summary>The only column of a query, which is text.</summary>
    public static IReadOnlyList<string> Texts(string store, string sql) => [.. Database.Query(store, sql).Select(row => (string)row[0]!)];

    /// <summary>The rows of a table as text, in a fixed order.</summary>
    public static IReadOnlyList<string> Rows(string store, string table, string schema = "main") =>
        Texts(store, $"SELECT CAST(t AS VARCHAR) FROM {Quote(schema)}.{Quote(table)} AS t ORDER BY ALL");

    /// <summary>The permanent table and the side tables but the history, row by row.</summary>
    public static IReadOnlyList<string> AllButHistory(string store) =>
        [.. Tables(store).Where(table => table.Name != "etl_run")
            .SelectMany(table => Rows(store, table.Name, table.Schema).Select(row => $"{table.Name}: {row}"))];

    /// <summary>The loads and their rescued values, every value as its bytes: of each load the columns that are not NULL.</summary>
    public static IReadOnlyList<string> Bytes(string store, string table = "silver_staging_audit")
    {
        using var reader = new DatabaseReader(store);
        return [.. BytesOf(reader, "main", table), .. BytesOf(reader, "silver_audit", "rescued_data")];
    }

    /// <summary>What the sources have brought, row by row: the same whenever, and in whatever order, they were loaded.</summary>
    public static IReadOnlyList<string> Loaded(string store) =>
        Texts(store, $"SELECT CAST(({SourceFedColumns}) AS VARCHAR) || coalesce(CAST(f.rescued AS VARCHAR), '') FROM silver_staging_audit LEFT JOIN (SELECT load_id AS id, rescued FROM silver_audit.rescued_data) AS f ON f.id = load_id ORDER BY ALL");

    /// <summary>Everything in the store as one text.</summary>
    public static string Everything(string store) =>
        string.Join('\n', Tables(store).SelectMany(table => Rows(store, table.Name, table.Schema).Prepend(table.Name)));

    private static IEnumerable<(string Schema, string Name)> Tables(string store) =>
        Database.Query(store, "SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = 'test_file' ORDER BY ALL")
            .Select(row => ((string)row[0]!, (string)row[1]!));

    private static IEnumerable<string> BytesOf(DatabaseReader reader, string schema, string table)
    {
        var columns = reader.Texts($"SELECT column_name FROM duckdb_columns() WHERE database_name = 'test_file' AND schema_name = '{schema}' AND table_name = '{table}' ORDER BY column_index");
        var values = columns.Select(column => $"'{column.Replace("'", "''", StringComparison.Ordinal)}=' || hex(encode(CAST({Quote(column)} AS VARCHAR)))");
        return reader.Texts($"SELECT concat_ws(' ', {string.Join(", ", values)}) FROM {Quote(schema)}.{Quote(table)} ORDER BY ALL");
    }

    private static string Quote(string name) => '"' + name.Replace("\"", "\"\"", StringComparison.Ordinal) + '"';
}
