using SilverAudit.Schema;

namespace SilverAudit.Stores.DuckDb;

/// <summary>The rows that were refused for the permanent table, and what became of them.</summary>
internal sealed class RejectedRows(StoreSchema schema)
{
    /// <summary>True where a row has no load_id to be known by.</summary>
    private const string IsNameless = @"coalesce(regexp_full_match(w.load_id, '[\s\pZ]*'), TRUE)";

    private static readonly AuditColumn s_loadId = new(AuditSchema.Key, AuditSchema.Text);
    private static readonly AuditColumn s_processed = new(AuditSchema.ProcessingTimestamp, AuditSchema.Timestamp);

    /// <summary>A query for the rows that are filed by runs into the permanent table that were not taken back.</summary>
    public string SelectFiled(CancellationToken cancellationToken) =>
        SelectInForce(SideTable.Rejected, schema.FindOwnRuns(cancellationToken), cancellationToken);

    /// <summary>
    /// A query for the rejected rows of the permanent table whose load was neither loaded nor reprocessed since, each by the name of
    /// its load. A row without a load_id waits until its source was loaded again and had no such rows. Rows of a run that was taken
    /// back don't wait, and what such a run loaded does not count.
    /// </summary>
    public string SelectWaiting(StoredTable permanent, CancellationToken cancellationToken)
    {
        var runs = schema.FindOwnRuns(cancellationToken);
        return $"""
            WITH rejected AS ({SelectInForce(SideTable.Rejected, runs, cancellationToken)}),
            present AS (
                SELECT load_id, {s_processed.Name} AS changed_at FROM ({permanent.SelectAs([s_loadId, s_processed])})
                WHERE load_id IN (SELECT load_id FROM rejected)),
            changed AS (
                SELECT load_id, max(changed_at) AS changed_at FROM (
                    SELECT load_id, changed_at FROM present
                    UNION ALL
                    SELECT load_id, superseded_at FROM ({SelectInForce(SideTable.Superseded, runs, cancellationToken)})
                    WHERE load_id IN (SELECT load_id FROM present))
                GROUP BY load_id),
            clean AS (
                SELECT source, source_table, max(processing_timestamp) AS cleaned_at
                FROM ({SelectInForce(SideTable.Run, runs, cancellationToken)})
                WHERE rejected_rows = 0 AND status NOT IN ('{nameof(EtlStatus.Failed)}', '{RunHistory.UndoStatus}')
                GROUP BY source, source_table)
            SELECT CASE WHEN {IsNameless} THEN '(no load_id) in ' || coalesce(w.source, 'an unknown source') ELSE w.load_id END AS name
            FROM rejected AS w
            LEFT JOIN changed AS c ON c.load_id = w.load_id
            LEFT JOIN clean AS s ON s.source = w.source AND s.source_table = w.source_table
            WHERE NOT coalesce(c.changed_at > w.rejected_at, FALSE) AND NOT ({IsNameless} AND coalesce(s.cleaned_at > w.rejected_at, FALSE))
            """;
    }

    private string SelectInForce(SideTable table, OwnRuns runs, CancellationToken cancellationToken) =>
        $"SELECT * FROM ({schema.FindSide(table.Name, cancellationToken).SelectAs(table.Columns)}) AS t WHERE {runs.IsInForce("t")}";
}
