using DuckDB.NET.Data;
using SilverAudit.Schema;

namespace SilverAudit.Stores.DuckDb;

/// <summary>
/// Reads the history in two steps: the wanted runs are copied to a temporary table while the store is held, then streamed or summed
/// up from there.
/// </summary>
internal sealed class RunOperation(DuckDbSession session, StoreSchema schema)
{
    private const string SelectedTable = "temp.main.silver_selected_run";
    private const string Loads = $"status IS DISTINCT FROM '{RunHistory.UndoStatus}'";
    private const string Succeeded = $"status IS DISTINCT FROM '{nameof(EtlStatus.Failed)}'";
    private const string AverageDuration = "avg(epoch_us(finished_at) - epoch_us(started_at))";

    private static readonly IReadOnlyList<AuditColumn> s_columns = SideTable.Run.Columns;

    public void Collect(RunFilter filter, CancellationToken cancellationToken)
    {
        var values = new FilterValues();
        var history = schema.FindSide(SideTable.Run.Name, cancellationToken);
        var conditions = Conditions(filter, values).DefaultIfEmpty("TRUE");
        var order = filter.Newest is { } newest
            ? $"ORDER BY r.started_at DESC NULLS LAST, r.position DESC LIMIT {newest}"
            : "ORDER BY r.started_at NULLS FIRST, r.position";
        session.ExecuteStep(
            "Reading runs",
            $"""
            CREATE OR REPLACE TEMP TABLE silver_selected_run AS
            WITH history AS (
                SELECT * REPLACE ({string.Join(", ", s_columns.Where(column => column.Type == AuditSchema.Timestamp).Select(Representable))}),
                    row_number() OVER () AS position
                FROM ({history.SelectAs(s_columns)}))
            SELECT r.* EXCLUDE (position), u.undone_by
            FROM history AS r
            LEFT JOIN (SELECT {StoreSchema.UndoneRun}, max(run_id) AS undone_by FROM history GROUP BY ALL) AS u
                ON u.{StoreSchema.UndoneRun} = r.run_id
            WHERE {string.Join("\n  AND ", conditions)}
            {order}
            """,
            cancellationToken, values.Parameters);
    }

    public IEnumerable<AuditRun> Stream(CancellationToken cancellationToken) =>
        session.Stream($"SELECT * FROM {SelectedTable}", ReadRun, cancellationToken);

    public RunSummary Summarize(CancellationToken cancellationToken)
    {
        var days = session.Query(
            $"""
            SELECT CAST(CAST(started_at AS DATE) AS TIMESTAMP), count(*), count(*) FILTER (WHERE {Succeeded}), {Sum("inserted_rows")}, {AverageDuration}
            FROM {SelectedTable} WHERE started_at IS NOT NULL AND {Loads} GROUP BY 1 ORDER BY 1
            """,
            ReadDay, cancellationToken);
        return session.QuerySingle(
            $"""
            SELECT count(*), count(*) FILTER (WHERE {Succeeded}), {Sum("inserted_rows")}, {Sum("updated_rows")}, {Sum("skipped_rows")},
                {Sum("rejected_rows")}, {AverageDuration}, min(started_at), max(started_at)
            FROM {SelectedTable} WHERE {Loads}
            """,
            row => ReadSummary(row, days), cancellationToken);
    }

    private static IEnumerable<string> Conditions(RunFilter filter, FilterValues values)
    {
        if (filter.RunIds is { } runIds)
            yield return runIds.Count == 0 ? "FALSE" : $"r.run_id IN ({string.Join(", ", runIds.Select(Sql.Uuid))})";
        if (filter.Statuses.Count > 0)
            yield return values.AnyOf("r.status", filter.Statuses);
        // The history names sources and tables without what looks like a secret.
        if (filter.Sources.Select(Secrets.Redact).ToList() is { Count: > 0 } sources)
            yield return $"({values.AnyOf("r.source", sources)} OR {values.AnyOf(@"regexp_extract(r.source, '[^/\\]*$')", sources)})";
        if (filter.DestinationTable is { } table)
            yield return $"NOT {OwnRuns.IsOther("r.destination_table", table)} AND r.destination_table IS NOT NULL";
        if (filter.Since is { } since)
            yield return $"r.started_at >= {values.Bind(since)}";
        if (filter.Until is { } until)
            yield return $"r.started_at <= {values.Bind(until)}";
    }

    // The engine's timestamps reach further than those of .NET, to both infinities. This module writes none of those.
    private static string Representable(AuditColumn column) =>
        $"CASE WHEN {column.Name} BETWEEN TIMESTAMP '0001-01-01' AND TIMESTAMP '9999-12-31 23:59:59.999999' THEN {column.Name} END AS {column.Name}";

    private static string Sum(string column) => $"coalesce(CAST(sum({column}) AS BIGINT), 0)";

    private static AuditRun ReadRun(DuckDBDataReader row) => new()
    {
        RunId = IdOf(row, 0) ?? Guid.Empty,
        StartedAt = TimeOf(row, 1),
        FinishedAt = TimeOf(row, 2),
        ProcessingTimestamp = TimeOf(row, 3),
        Source = TextOf(row, 4),
        SourceTable = TextOf(row, 5),
        DestinationTable = TextOf(row, 6),
        Status = TextOf(row, 7),
        Message = TextOf(row, 8),
        SourceRows = CountOf(row, 9) ?? 0,
        InsertedRows = CountOf(row, 10) ?? 0,
        UpdatedRows = CountOf(row, 11) ?? 0,
        SkippedRows = CountOf(row, 12) ?? 0,
        ChangedRows = CountOf(row, 13) ?? 0,
        RejectedRows = CountOf(row, 14) ?? 0,
        DestinationRows = CountOf(row, 15),
        ErrorId = TextOf(row, 16),
        Error = TextOf(row, 17),
        ReprocessingReason = TextOf(row, 18),
        UserName = TextOf(row, 19),
        HostName = TextOf(row, 20),
        ProcessId = row.IsDBNull(21) ? null : row.GetInt32(21),
        ModuleVersion = TextOf(row, 22),
        UndoneRunId = IdOf(row, 23),
        UndoneBy = IdOf(row, 24),
    };

    private static RunDay ReadDay(DuckDBDataReader row) => new()
    {
        Date = TimeOf(row, 0)!.Value,
        TotalRuns = row.GetInt64(1),
        SuccessfulRuns = row.GetInt64(2),
        FailedRuns = row.GetInt64(1) - row.GetInt64(2),
        InsertedRows = row.GetInt64(3),
        AverageDuration = DurationOf(row, 4),
    };

    private static RunSummary ReadSummary(DuckDBDataReader row, IReadOnlyList<RunDay> days) => new()
    {
        TotalRuns = row.GetInt64(0),
        SuccessfulRuns = row.GetInt64(1),
        FailedRuns = row.GetInt64(0) - row.GetInt64(1),
        InsertedRows = row.GetInt64(2),
        UpdatedRows = row.GetInt64(3),
        SkippedRows = row.GetInt64(4),
        RejectedRows = row.GetInt64(5),
        AverageDuration = DurationOf(row, 6),
        First = TimeOf(row, 7),
        Last = TimeOf(row, 8),
        Days = days,
    };

    private static string? TextOf(DuckDBDataReader row, int ordinal) => row.IsDBNull(ordinal) ? null : row.GetString(ordinal);

    private static long? CountOf(DuckDBDataReader row, int ordinal) => row.IsDBNull(ordinal) ? null : row.GetInt64(ordinal);

    private static Guid? IdOf(DuckDBDataReader row, int ordinal) => row.IsDBNull(ordinal) ? null : row.GetGuid(ordinal);

    private static DateTime? TimeOf(DuckDBDataReader row, int ordinal) =>
        row.IsDBNull(ordinal) ? null : DateTime.SpecifyKind(row.GetDateTime(ordinal), DateTimeKind.Utc);

    private static TimeSpan DurationOf(DuckDBDataReader row, int ordinal) =>
        row.IsDBNull(ordinal) ? TimeSpan.Zero : TimeSpan.FromTicks((long)(row.GetDouble(ordinal) * TimeSpan.TicksPerMicrosecond));
}
