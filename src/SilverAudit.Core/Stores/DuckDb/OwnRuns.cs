using SilverAudit.Schema;

namespace SilverAudit.Stores.DuckDb;

/// <summary>
/// Tells what concerns one permanent table from what concerns the others of its store, which share the side tables. The run that
/// filed something decides: of a run that the history does not have, or has without a table, nothing speaks against this one.
/// </summary>
/// <param name="history">The history.</param>
/// <param name="permanentTable">The permanent table.</param>
/// <param name="cancelledBefore">Runs that count as taken back already.</param>
internal sealed class OwnRuns(StoredTable history, string permanentTable, IReadOnlyList<Guid> cancelledBefore)
{
    private static readonly AuditColumn s_runId = Documented("run_id");
    private static readonly AuditColumn s_undoneRun = Documented(StoreSchema.UndoneRun);
    private static readonly AuditColumn s_table = Documented("destination_table");

    /// <summary>A query of run_id: the runs that were taken back, and those that took them back.</summary>
    private readonly string _cancelled =
        $"SELECT unnest(CAST([{string.Join(", ", cancelledBefore.Select(Sql.Uuid))}] AS UUID[])) AS run_id"
        + $" UNION ALL SELECT unnest([run_id, {StoreSchema.UndoneRun}]) FROM ({history.SelectAs([s_runId, s_undoneRun])}) WHERE {StoreSchema.UndoneRun} IS NOT NULL";

    private readonly string _elsewhere =
        $"SELECT run_id FROM ({history.SelectAs([s_runId, s_table])}) WHERE {IsOther("destination_table", permanentTable)}";

    /// <summary>True where an expression of the history names another table than the given one, and not none.</summary>
    public static string IsOther(string expression, string table) =>
        // The history names tables without what looks like a secret.
        $"coalesce({CatalogNameComparer.Folded(expression)} <> {CatalogNameComparer.Folded(Sql.Text(Secrets.Redact(table)))}, FALSE)";

    /// <summary>True for what is filed by a run that is not known to have loaded into another table.</summary>
    public string IsOwn(string alias) => $"NOT EXISTS (SELECT 1 FROM ({_elsewhere}) AS o WHERE o.run_id = {alias}.run_id)";

    /// <summary>True for what such a run filed that no undo has cancelled.</summary>
    public string IsInForce(string alias) =>
        $"(NOT EXISTS (SELECT 1 FROM ({_cancelled}) AS c WHERE c.run_id = {alias}.run_id) AND {IsOwn(alias)})";

    private static AuditColumn Documented(string name) => SideTable.Run.Columns.Single(column => column.Name == name);
}
