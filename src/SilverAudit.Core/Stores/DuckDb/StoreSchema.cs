using SilverAudit.Schema;

namespace SilverAudit.Stores.DuckDb;

/// <summary>The tables of a store: their names and statements, how they come to be, and whether the permanent one is as documented.</summary>
internal sealed class StoreSchema(DuckDbSession session, string path, string permanentTable, string catalog = StoreInstance.Catalog)
{
    /// <summary>The column of the history that says which run an undo took back. Stores of earlier versions lack it.</summary>
    public const string UndoneRun = "undone_run_id";

    private const string SideSchema = "silver_audit";

    /// <summary>The permanent table, quoted and fully qualified.</summary>
    public string Permanent { get; } = Sql.Table(catalog, "main", permanentTable);

    public string Run { get; } = Sql.Table(catalog, SideSchema, "etl_run");

    public string Rescued { get; } = Sql.Table(catalog, SideSchema, "rescued_data");

    public string Superseded { get; } = Sql.Table(catalog, SideSchema, "superseded_load");

    public string Rejected { get; } = Sql.Table(catalog, SideSchema, "rejected_row");

    // No keys and no indexes: uniqueness follows from the permanent table's own key, and fewer structures replay from the WAL.
    private IEnumerable<string> SideTables =>
    [
        $"CREATE SCHEMA IF NOT EXISTS {Sql.Name(catalog)}.{SideSchema}",
        $"""
        CREATE TABLE IF NOT EXISTS {Run} (
            run_id UUID, started_at TIMESTAMP, finished_at TIMESTAMP, processing_timestamp TIMESTAMP,
            source VARCHAR, source_table VARCHAR, destination_table VARCHAR, status VARCHAR, message VARCHAR,
            source_rows BIGINT, inserted_rows BIGINT, updated_rows BIGINT, skipped_rows BIGINT, changed_rows BIGINT,
            rejected_rows BIGINT, destination_rows BIGINT, error_id VARCHAR, error VARCHAR, reprocessing_reason VARCHAR,
            user_name VARCHAR, host_name VARCHAR, process_id INTEGER, module_version VARCHAR, {UndoneRun} UUID)
        """,
        $"CREATE TABLE IF NOT EXISTS {Rescued} (load_id VARCHAR, run_id UUID, rescued JSON)",
        $"""
        CREATE TABLE IF NOT EXISTS {Superseded} (
            load_id VARCHAR, run_id UUID, superseded_at TIMESTAMP, reason VARCHAR, previous JSON, previous_rescued JSON)
        """,
        $"""
        CREATE TABLE IF NOT EXISTS {Rejected} (
            load_id VARCHAR, run_id UUID, rejected_at TIMESTAMP, source VARCHAR, source_table VARCHAR, reason VARCHAR, row JSON)
        """,
    ];

    /// <summary>Returns the permanent table, or null when the store has none.</summary>
    /// <exception cref="AuditException"><see cref="AuditErrorId.StoreSchemaMismatch"/> when it is not as documented.</exception>
    public PermanentTable? Find(CancellationToken cancellationToken)
    {
        var (table, problems) = Examine(cancellationToken);
        if (problems.Count > 0)
        {
            throw new AuditException(AuditErrorId.StoreSchemaMismatch, path,
                $"Table '{permanentTable}' in '{path}' is not the documented audit table: {string.Join(", ", problems.Select(problem => problem.Text))}. "
                + "Correct the table, or choose another -DestinationTable or -Destination.");
        }

        if (!table.Exists)
            return null;
        var rows = session.QuerySingle($"SELECT count(*) FROM {Permanent}", row => row.GetInt64(0), cancellationToken);
        return new PermanentTable(Permanent, table.Columns, rows);
    }

    /// <summary>Returns the permanent table as it is, and everything in which it is not as documented.</summary>
    public (StoredTable Table, IReadOnlyList<TableProblem> Problems) Examine(CancellationToken cancellationToken)
    {
        if (CatalogTable.Find(session, catalog, permanentTable, cancellationToken) is not { } table)
            return (new StoredTable(Permanent, []), IsView(cancellationToken) ? [new("view", "it is a view")] : []);

        var columns = ColumnsOf("main", table.Name, cancellationToken);
        var key = session.Query(
            """
            SELECT array_to_string(constraint_column_names, ',') FROM system.main.duckdb_constraints()
            WHERE database_name = $catalog AND schema_name = 'main' AND table_name = $table AND constraint_type = 'PRIMARY KEY'
            """,
            row => row.GetString(0), cancellationToken, ("catalog", catalog), ("table", table.Name));
        return (new StoredTable(Permanent, columns), [.. Problems(columns, key is [var first, ..] ? first : null, table.HasCollation)]);
    }

    /// <summary>Returns a table of the schema <c>silver_audit</c> as it is. A view that goes by its name is none.</summary>
    public StoredTable FindSide(string table, CancellationToken cancellationToken)
    {
        var isThere = session.QuerySingle(
            "SELECT count(*) FROM system.main.duckdb_tables() WHERE database_name = $catalog AND schema_name = $schema AND table_name = $table",
            row => row.GetInt64(0), cancellationToken, ("catalog", catalog), ("schema", SideSchema), ("table", table)) > 0;
        return new StoredTable(Sql.Table(catalog, SideSchema, table), isThere ? ColumnsOf(SideSchema, table, cancellationToken) : []);
    }

    /// <summary>Creates what is missing and returns the permanent table. Belongs into the transaction of the first source.</summary>
    public PermanentTable Ensure(CancellationToken cancellationToken)
    {
        var existing = Find(cancellationToken);
        if (existing is null)
        {
            var columns = AuditSchema.PermanentColumns.Select(column => $"{Sql.Name(column.Name)} {column.Type}{Constraint(column)}");
            session.Execute($"CREATE TABLE {Permanent} (\n    {Sql.List(columns)})", cancellationToken);
        }

        EnsureSideTables(cancellationToken);
        return existing ?? new PermanentTable(Permanent, AuditSchema.PermanentColumns, 0);
    }

    public void EnsureSideTables(CancellationToken cancellationToken)
    {
        foreach (var statement in SideTables)
        {
            session.Execute(statement, cancellationToken);
        }

        if (!HasSideColumn("etl_run", UndoneRun, cancellationToken))
            session.Execute($"ALTER TABLE {Run} ADD COLUMN {UndoneRun} UUID", cancellationToken);
    }

    /// <summary>True when a table of the schema <c>silver_audit</c> is there and has the column.</summary>
    public bool HasSideColumn(string table, string column, CancellationToken cancellationToken) =>
        session.QuerySingle(
            """
            SELECT count(*) FROM system.main.duckdb_columns()
            WHERE database_name = $catalog AND schema_name = $schema AND table_name = $table AND column_name = $column
              AND table_oid IN (SELECT table_oid FROM system.main.duckdb_tables() WHERE database_name = $catalog AND schema_name = $schema)
            """,
            row => row.GetInt64(0), cancellationToken,
            ("catalog", catalog), ("schema", SideSchema), ("table", table), ("column", column)) > 0;

    /// <summary>Adds columns to the permanent table, with the types that the source has for them.</summary>
    public PermanentTable AddColumns(PermanentTable table, IReadOnlyList<AuditColumn> newColumns, CancellationToken cancellationToken)
    {
        var added = newColumns.Select(column => column with { Type = StorableTypes.For(column.Type) }).ToList();
        foreach (var column in added)
        {
            session.Execute($"ALTER TABLE {table.Name} ADD COLUMN {Sql.Name(column.Name)} {column.Type}", cancellationToken);
        }

        return table with { Columns = [.. table.Columns, .. added] };
    }

    /// <summary>True when the store has the side table that holds rescued values.</summary>
    public bool HasRescued(CancellationToken cancellationToken) => HasSideColumn("rescued_data", "rescued", cancellationToken);

    private static string Constraint(AuditColumn column) => column.Name switch
    {
        AuditSchema.Key => " PRIMARY KEY",
        AuditSchema.IsReprocessed => " DEFAULT FALSE",
        _ => "",
    };

    private IReadOnlyList<AuditColumn> ColumnsOf(string schema, string table, CancellationToken cancellationToken) => session.Query(
        """
        SELECT column_name, data_type FROM system.main.duckdb_columns()
        WHERE database_name = $catalog AND schema_name = $schema AND table_name = $table
        ORDER BY column_index
        """,
        row => new AuditColumn(row.GetString(0), row.GetString(1)), cancellationToken, ("catalog", catalog), ("schema", schema), ("table", table));

    private static IEnumerable<TableProblem> Problems(IReadOnlyList<AuditColumn> columns, string? primaryKey, bool hasCollation)
    {
        foreach (var expected in AuditSchema.PermanentColumns)
        {
            var column = columns.FirstOrDefault(column => column.IsNamed(expected.Name));
            if (column is null)
                yield return new(expected.Name, $"column {expected.Name} is missing");
            else if (column.Type != expected.Type)
                yield return new(expected.Name, $"column {expected.Name} is {column.Type} instead of {expected.Type}");
        }

        if (primaryKey is null)
            yield return new("primary key", "it has no primary key on load_id");
        else if (!AuditSchema.Key.Equals(primaryKey, StringComparison.OrdinalIgnoreCase))
            yield return new("primary key", $"its primary key is ({primaryKey}) instead of (load_id)");
        if (hasCollation)
            yield return new("collation", "it has a collation, under which texts that differ are equal");
    }

    private bool IsView(CancellationToken cancellationToken)
    {
        var views = session.Query(
            "SELECT view_name FROM system.main.duckdb_views() WHERE database_name = $catalog AND schema_name = 'main'",
            row => row.GetString(0), cancellationToken, ("catalog", catalog));
        return views.Contains(permanentTable, CatalogNameComparer.Instance);
    }
}
