using SilverAudit.Schema;

namespace SilverAudit.Stores.DuckDb;

/// <summary>Tells by its catalog what an attached database is.</summary>
internal static class DatabaseContent
{
    public static DatabaseKind KindOf(DuckDbSession session, string catalog, string sourceTable, string permanentTable)
    {
        var table = CatalogNameComparer.Folded("table_name");
        return session.QuerySingle(
            $"""
            SELECT
                count(*) FILTER (WHERE schema_name = 'main' AND {table} = {CatalogNameComparer.Folded("$source")}),
                count(*) FILTER (WHERE (schema_name = 'main' AND {table} = {CatalogNameComparer.Folded("$permanent")})
                    OR ({CatalogNameComparer.Folded("schema_name")} = {Sql.Text(StoreSchema.SideSchema)} AND {table} = {Sql.Text(SideTable.Run.Name)}))
            FROM system.main.duckdb_tables() WHERE database_name = $catalog
            """,
            row => row.GetInt64(1) > 0 ? DatabaseKind.Store : row.GetInt64(0) > 0 ? DatabaseKind.Source : DatabaseKind.Other,
            CancellationToken.None, ("source", sourceTable), ("permanent", permanentTable), ("catalog", catalog));
    }
}
