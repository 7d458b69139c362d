namespace SilverAudit.Stores.DuckDb;

/// <summary>The engine's own upkeep of the store.</summary>
internal sealed class OptimizeOperation(DuckDbSession session)
{
    private static readonly string s_checkpoint = $"CHECKPOINT {Sql.Name(StoreInstance.Catalog)}";

    /// <summary>Moves the log into the file, then cleans up and analyses table by table.</summary>
    /// <returns>How many tables there are.</returns>
    public int Execute(CancellationToken cancellationToken)
    {
        session.ExecuteStep("Moving the log into the store", s_checkpoint, cancellationToken);
        var tables = session.Query(
            "SELECT schema_name, table_name FROM system.main.duckdb_tables() WHERE database_name = $catalog ORDER BY ALL",
            row => Sql.Table(StoreInstance.Catalog, row.GetString(0), row.GetString(1)), cancellationToken, ("catalog", StoreInstance.Catalog));
        foreach (var table in tables)
        {
            session.ExecuteStep("Analysing tables", $"VACUUM ANALYZE {table}", cancellationToken);
        }

        session.ExecuteStep("Moving the log into the store", s_checkpoint, cancellationToken);
        return tables.Count;
    }
}
