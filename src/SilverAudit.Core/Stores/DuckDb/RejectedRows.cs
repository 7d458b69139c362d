using SilverAudit.Schema;

namespace SilverAudit.Stores.DuckDb;

/// <summary>The rows that were refused, and what became of them.</summary>
internal sealed class RejectedRows(StoreSchema schema, StoredTable permanent, string permanentTable)
{
    private static readonly AuditColumn s_loadId = new(AuditSchema.Key, AuditSchema.Text);
    private static readonly AuditColumn s_runId = new("run_id", "UUID");
    private static readonly AuditColumn s_processed = new(AuditSchema.ProcessingTimestamp, AuditSchema.Timestamp);

    /// <summary>
    /// A query for the rejected rows of the permanent table whose load was neither loaded nor reprocessed since, each by the name of
    /// its load. Rows of a run that was taken back don't wait, and what such a run loaded does not count.
    /// </summary>
    public string SelectWaiting(CancellationToken cancellationToken)
    {
        var rejected = schema.FindSide("rejected_row", cancellationToken)
            .SelectAs([s_loadId, s_runId, new("rejected_at", AuditSchema.Timestamp)]);
        var superseded = schema.FindSide("superseded_load", cancellationToken)
            .SelectAs([s_loadId, s_runId, new("superseded_at", AuditSchema.Timestamp)]);
        var runs = schema.FindSide("etl_run", cancellationToken)
            .SelectAs([s_runId, new("destination_table", AuditSchema.Text), new(StoreSchema.UndoneRun, "UUID")]);
        return $"""
            WITH history AS ({runs}),
            rejected AS ({rejected}),
            undone AS (
                SELECT {StoreSchema.UndoneRun} AS run_id FROM history WHERE {StoreSchema.UndoneRun} IS NOT NULL
                UNION SELECT run_id FROM history WHERE run_id IS NOT NULL AND {StoreSchema.UndoneRun} IS NOT NULL),
            elsewhere AS (
                SELECT run_id FROM history
                WHERE run_id IS NOT NULL AND lower(destination_table) <> lower({Sql.Text(Secrets.Redact(permanentTable))})),
            present AS (
                SELECT load_id, {s_processed.Name} AS changed_at FROM ({permanent.SelectAs([s_loadId, s_processed])})
                WHERE load_id IN (SELECT load_id FROM rejected)),
            changed AS (
                SELECT load_id, max(changed_at) AS changed_at FROM (
                    SELECT load_id, changed_at FROM present
                    UNION ALL
                    SELECT load_id, superseded_at FROM ({superseded})
                    WHERE load_id IN (SELECT load_id FROM present) AND (run_id IS NULL OR run_id NOT IN (SELECT run_id FROM undone)))
                GROUP BY load_id)
            SELECT coalesce(w.load_id, '(no load_id)') AS name
            FROM rejected AS w LEFT JOIN changed AS c ON c.load_id = w.load_id
            WHERE NOT coalesce(c.changed_at > w.rejected_at, FALSE)
                AND (w.run_id IS NULL OR (w.run_id NOT IN (SELECT run_id FROM undone) AND w.run_id NOT IN (SELECT run_id FROM elsewhere)))
            """;
    }
}
