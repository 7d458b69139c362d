using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace SilverAudit.Stores.DuckDb;

/// <summary>
/// All that is in an attached file: the definition of each object, and the rows of each table by their number and a checksum.
/// Nothing of the file is executed for it: what the catalog of the engine says is read, and values that are stored.
/// </summary>
internal sealed class StoreInventory
{
    private const string Definitions =
        """
        SELECT 'storage version', coalesce(tags['storage_version'], '') FROM system.main.duckdb_databases() WHERE database_name = $catalog
        UNION ALL
        SELECT 'block size', CAST(block_size AS VARCHAR) FROM pragma_database_size() WHERE database_name = $catalog
        UNION ALL
        SELECT 'schema ' || schema_name, '' FROM system.main.duckdb_schemas() WHERE database_name = $catalog AND NOT internal
        UNION ALL
        SELECT concat('table ', schema_name, '.', table_name), concat_ws(chr(10), sql, comment) FROM system.main.duckdb_tables() WHERE database_name = $catalog
        UNION ALL
        SELECT concat('column ', schema_name, '.', table_name, '.', column_name), concat_ws(chr(10), column_index, data_type, comment)
        FROM system.main.duckdb_columns() WHERE database_name = $catalog AND NOT internal
        UNION ALL
        SELECT concat('view ', schema_name, '.', view_name), concat_ws(chr(10), sql, comment)
        FROM system.main.duckdb_views() WHERE database_name = $catalog AND NOT internal
        UNION ALL
        SELECT concat('index ', schema_name, '.', index_name), concat_ws(chr(10), table_name, is_unique, sql, comment)
        FROM system.main.duckdb_indexes() WHERE database_name = $catalog
        UNION ALL
        SELECT concat('sequence ', schema_name, '.', sequence_name), concat_ws(chr(10), sql, comment)
        FROM system.main.duckdb_sequences() WHERE database_name = $catalog
        UNION ALL
        SELECT concat('type ', schema_name, '.', type_name), concat_ws(chr(10), logical_type, CAST(labels AS VARCHAR), comment)
        FROM system.main.duckdb_types() WHERE database_name = $catalog AND NOT internal
        UNION ALL
        SELECT concat('macro ', schema_name, '.', function_name, ' ', CAST(parameters AS VARCHAR)), concat_ws(chr(10), function_type, macro_definition, comment)
        FROM system.main.duckdb_functions() WHERE database_name = $catalog AND NOT internal
        """;

    private readonly HashSet<(string Name, string Definition)> _objects;

    private StoreInventory(HashSet<(string Name, string Definition)> objects, long rows, int tables)
    {
        _objects = objects;
        Rows = rows;
        Tables = tables;
        var contents = objects.Where(entry => IsContents(entry.Name)).Select(entry => $"{entry.Name}\n{entry.Definition}").Order(StringComparer.Ordinal);
        Checksum = string.Concat(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', contents))).Select(value => value.ToString("x2", CultureInfo.InvariantCulture)));
    }

    public int Tables { get; }

    /// <summary>The rows of all tables.</summary>
    public long Rows { get; }

    /// <summary>A checksum over the rows of all tables.</summary>
    public string Checksum { get; }

    /// <summary>Looks at everything in an attached file.</summary>
    /// <param name="session">The connection.</param>
    /// <param name="catalog">The name under which the file is attached.</param>
    /// <param name="tables">The tables whose rows to look at.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static StoreInventory Of(DuckDbSession session, string catalog, IReadOnlyList<CopiedTable> tables, CancellationToken cancellationToken)
    {
        var objects = session.Query(
            Definitions, row => (row.GetString(0), row.IsDBNull(1) ? "" : row.GetString(1)), cancellationToken, ("catalog", catalog)).ToHashSet();
        var rows = 0L;
        foreach (var table in tables)
        {
            var contents = session.QueryStep(
                "Computing checksums",
                // A sum does not depend on the order of the rows, and counts each one of those that are the same.
                $"SELECT count(*), CAST(coalesce(sum(system.main.hash({table.ColumnList})), 0) AS VARCHAR) FROM {table.In(catalog)}",
                row => (Rows: row.GetInt64(0), Checksum: row.GetString(1)), cancellationToken);
            rows += contents.Rows;
            objects.Add((ContentsOf(table), string.Create(CultureInfo.InvariantCulture, $"{contents.Rows} rows, checksum {contents.Checksum}")));
        }

        return new StoreInventory(objects, rows, tables.Count);
    }

    /// <summary>The names of the objects in which another file differs; empty when there are none.</summary>
    public IReadOnlyList<string> Differences(StoreInventory other) =>
        [.. _objects.Except(other._objects).Concat(other._objects.Except(_objects)).Select(entry => entry.Name).Distinct().Order(StringComparer.Ordinal)];

    private static string ContentsOf(CopiedTable table) => $"rows of {table.Schema}.{table.Name}";

    private static bool IsContents(string name) => name.StartsWith("rows of ", StringComparison.Ordinal);
}
