using SilverAudit.Schema;

namespace SilverAudit.Stores.DuckDb;

/// <summary>The tables of a store: their names and statements, how they come to be, and whether the permanent one is as documented.</summary>
internal sealed class StoreSchema(DuckDbSession session, string path, string permanentTable, string catalog = StoreInstance.Catalog)
{
    /// <summary>The column of the history that says which run an undo took back. Stores of earlier versions lack it.</summary>
    public const string UndoneRun = "undone_run_id";

    public const string SideSchema = "silver_audit";

    private readonly string _inSideSchema = $"database_name = {Sql.Text(catalog)} AND {CatalogNameComparer.Folded("schema_name")} = {Sql.Text(SideSchema)}";

    /// <summary>The permanent table, quoted and fully qualified.</summary>
    public string Permanent { get; } = Sql.Table(catalog, "main", permanentTable);

    public string Run { get; } = Sql.Table(catalog, SideSchema, SideTable.Run.Name);

    public string Rescued { get; } = Sql.Table(catalog, SideSchema, SideTable.Rescued.Name);

    public string Superseded { get; } = Sql.Table(catalog, SideSchema, SideTable.Superseded.Name);

    public string Rejected { get; } = Sql.Table(catalog, SideSchema, SideTable.Rejected.Name);

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
    public StoredTable FindSide(string table, CancellationToken cancellationToken) => new(
        Sql.Table(catalog, SideSchema, table),
        session.Query(
            $"""
            SELECT column_name, data_type FROM system.main.duckdb_columns()
            WHERE {_inSideSchema} AND {CatalogNameComparer.Folded("table_name")} = $table
              AND EXISTS (SELECT 1 FROM system.main.duckdb_tables() WHERE {_inSideSchema} AND {CatalogNameComparer.Folded("table_name")} = $table)
            ORDER BY column_index
            """,
            row => new AuditColumn(row.GetString(0), row.GetString(1)), cancellationToken, ("table", table)));

    /// <summary>Tells what is filed for the permanent table from what is filed for others.</summary>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <param name="cancelledBefore">Runs that count as taken back already.</param>
    public OwnRuns FindOwnRuns(CancellationToken cancellationToken, params IReadOnlyList<Guid> cancelledBefore) =>
        new(FindSide(SideTable.Run.Name, cancellationToken), permanentTable, cancelledBefore);

    /// <summary>The rescued values of the permanent table's loads; none when the store has no such table.</summary>
    public RescuedValues FindRescued(CancellationToken cancellationToken) =>
        new(FindSide(SideTable.Rescued.Name, cancellationToken), FindOwnRuns(cancellationToken));

    /// <summary>
    /// The same for a store that is attached for writing and has its side tables. Nearly every store has one permanent table only,
    /// where nothing needs to be told apart.
    /// </summary>
    public RescuedValues FindRescued(KnownStore known, CancellationToken cancellationToken)
    {
        known.DestinationTables ??= session.Query(
            $"SELECT DISTINCT destination_table FROM {Run} WHERE destination_table IS NOT NULL", row => row.GetString(0), cancellationToken)
            .ToHashSet(CatalogNameComparer.Instance);
        var recorded = Secrets.Redact(permanentTable);
        var isShared = known.DestinationTables.Any(table => !CatalogNameComparer.IsSame(table, recorded));
        return new RescuedValues(
            new StoredTable(Rescued, SideTable.Rescued.Columns),
            isShared ? new OwnRuns(new StoredTable(Run, SideTable.Run.Columns), permanentTable, []) : null);
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

    // No keys and no indexes: uniqueness follows from the permanent table's own key, and fewer structures replay from the WAL.
    public void EnsureSideTables(CancellationToken cancellationToken)
    {
        var present = RequireSideTables([], cancellationToken);
        if (present.Count == 0)
            session.Execute($"CREATE SCHEMA IF NOT EXISTS {Sql.Name(catalog)}.{SideSchema}", cancellationToken);
        foreach (var table in SideTable.All.Except(present))
        {
            session.Execute($"CREATE TABLE {Sql.Table(catalog, SideSchema, table.Name)} (\n    {table.Definition})", cancellationToken);
        }

        if (present.Contains(SideTable.Run) && !HasSideColumn(SideTable.Run.Name, UndoneRun, cancellationToken))
            session.Execute($"ALTER TABLE {Run} ADD COLUMN {UndoneRun} UUID", cancellationToken);
    }

    /// <summary>Makes sure that whatever goes by the name of a side table is one, and returns those that are there.</summary>
    /// <param name="needed">Those that have to be there.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="AuditException"><see cref="AuditErrorId.StoreSchemaMismatch"/>.</exception>
    public IReadOnlyList<SideTable> RequireSideTables(IReadOnlyList<SideTable> needed, CancellationToken cancellationToken)
    {
        // A view could read any file of the host, and put what is in there into a message or a load.
        var found = session.Query(
            $"""
            SELECT {CatalogNameComparer.Folded("view_name")}, NULL FROM system.main.duckdb_views() WHERE {_inSideSchema}
            UNION ALL
            SELECT {CatalogNameComparer.Folded("c.table_name")}, c.column_name
            FROM system.main.duckdb_columns() AS c JOIN system.main.duckdb_tables() AS t USING (database_name, schema_name, table_name)
            WHERE {_inSideSchema}
            """,
            row => (Table: row.GetString(0), Column: row.IsDBNull(1) ? null : row.GetString(1)), cancellationToken)
            .ToLookup(entry => entry.Table, entry => entry.Column);
        var problems = SideTable.All.SelectMany(table => Problems(table, [.. found[table.Name]], needed.Contains(table))).ToList();
        if (problems.Count > 0)
        {
            throw new AuditException(AuditErrorId.StoreSchemaMismatch, path,
                $"What goes with table '{permanentTable}' in '{path}' is not as documented: {string.Join(", ", problems)}. "
                + "Find out who made it, and correct it; or choose another -Destination.");
        }

        return [.. SideTable.All.Where(table => found.Contains(table.Name))];
    }

    /// <summary>True when a table of the schema <c>silver_audit</c> is there and has the column.</summary>
    public bool HasSideColumn(string table, string column, CancellationToken cancellationToken) =>
        FindSide(table, cancellationToken).Find(column) is not null;

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

    private static IEnumerable<string> Problems(SideTable table, IReadOnlyList<string?> columns, bool isNeeded)
    {
        var name = $"{SideSchema}.{table.Name}";
        if (columns.Count == 0)
            return isNeeded ? [$"{name} is missing"] : [];
        // Stores of earlier versions lack one column, which they get with their next write.
        return columns.Contains(null)
            ? [$"{name} is a view"]
            : table.Columns
                .Where(column => column.Name != UndoneRun && !columns.Any(present => column.IsNamed(present!)))
                .Select(column => $"{name} lacks {column.Name}");
    }

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
        else if (!CatalogNameComparer.Instance.Equals(AuditSchema.Key, primaryKey))
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
