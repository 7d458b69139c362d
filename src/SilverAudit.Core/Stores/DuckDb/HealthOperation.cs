using DuckDB.NET.Data;
using SilverAudit.Schema;

namespace SilverAudit.Stores.DuckDb;

/// <summary>Counts what is in a store and reads how its last run ended.</summary>
internal sealed class HealthOperation(DuckDbSession session, StoreSchema schema, PermanentTable permanent, string permanentTable)
{
    /// <summary>What the history must have to be read; others may have made a table of that name.</summary>
    private static readonly string[] s_historyColumns = ["started_at", "finished_at", "destination_table", "status", "error_id", "error"];

    /// <summary>Adds to what the file system said what the store says.</summary>
    public StoreHealth Read(StoreHealth files, CancellationToken cancellationToken)
    {
        var recent = files.CheckedAt.AddHours(-24);
        return ReadHistory(ReadLoads(files, recent, cancellationToken), recent, cancellationToken) with { Accessible = true };
    }

    private StoreHealth ReadLoads(StoreHealth health, DateTime recent, CancellationToken cancellationToken)
    {
        const string Processed = $"d.{AuditSchema.ProcessingTimestamp}";
        return session.QueryStep(
            "Counting loads",
            $"""
            SELECT count(*), count(*) FILTER (WHERE {Sql.IsTime(Processed)} AND {Processed} > {Sql.Timestamp(recent)}),
                min({Processed}) FILTER (WHERE {Sql.IsTime(Processed)}), max({Processed}) FILTER (WHERE {Sql.IsTime(Processed)}),
                count(DISTINCT d.data_source)
            FROM {permanent.Name} AS d
            """,
            row => health with
            {
                TotalRows = row.GetInt64(0),
                LoadsLast24Hours = row.GetInt64(1),
                OldestLoad = TimeOf(row, 2),
                NewestLoad = TimeOf(row, 3),
                DataSources = row.GetInt64(4),
            },
            cancellationToken);
    }

    private StoreHealth ReadHistory(StoreHealth health, DateTime recent, CancellationToken cancellationToken)
    {
        if (!HasHistory(cancellationToken))
            return health;
        var runs = $"""
            (SELECT CASE WHEN {Sql.IsTime("r.started_at")} THEN r.started_at END AS started_at,
                CASE WHEN {Sql.IsTime("r.finished_at")} THEN r.finished_at END AS finished_at, r.status, r.error_id, r.error
            FROM {schema.Run} AS r
            WHERE NOT {OwnRuns.IsOther("r.destination_table", permanentTable)} AND r.status IS DISTINCT FROM {Sql.Text(RunHistory.UndoStatus)})
            """;
        var failed = session.QuerySingle(
            $"SELECT count(*) FROM {runs} WHERE status = {Sql.Text(nameof(EtlStatus.Failed))} AND started_at > {Sql.Timestamp(recent)}",
            row => row.GetInt64(0), cancellationToken);
        var last = session.Query(
            $"SELECT started_at, finished_at, status, error_id, error FROM {runs} ORDER BY finished_at DESC NULLS LAST, started_at DESC NULLS LAST LIMIT 1",
            row => health with
            {
                LastRun = TimeOf(row, 0),
                LastRunDuration = TimeOf(row, 1) - TimeOf(row, 0),
                LastRunStatus = TextOf(row, 2),
                LastRunErrorId = TextOf(row, 3),
                LastRunError = TextOf(row, 4),
            },
            cancellationToken);
        return (last is [var run] ? run : health) with { FailedRunsLast24Hours = failed };
    }

    /// <summary>True when the store has the history as a base table: a view could read any file of the host.</summary>
    private bool HasHistory(CancellationToken cancellationToken)
    {
        var history = schema.FindSide(SideTable.Run.Name, cancellationToken);
        return s_historyColumns.All(name => history.Find(name)?.Type == (name.EndsWith("_at", StringComparison.Ordinal) ? AuditSchema.Timestamp : AuditSchema.Text));
    }

    private static DateTime? TimeOf(DuckDBDataReader row, int ordinal) =>
        row.IsDBNull(ordinal) ? null : DateTime.SpecifyKind(row.GetDateTime(ordinal), DateTimeKind.Utc);

    private static string? TextOf(DuckDBDataReader row, int ordinal) => row.IsDBNull(ordinal) ? null : Secrets.Redact(row.GetString(ordinal));
}
