using System.Reflection;

namespace SilverAudit.Stores.DuckDb;

/// <summary>Writes <c>silver_audit.etl_run</c>: one row per source processed, and per run taken back.</summary>
internal sealed class RunHistory(DuckDbSession session, StoreSchema schema)
{
    /// <summary>The status of a run that took another one back.</summary>
    public const string UndoStatus = "Undo";

    private static readonly string s_moduleVersion =
        typeof(RunHistory).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";

    /// <summary>Now in UTC, moved on by microseconds until no other run of this store has it.</summary>
    public DateTime NextProcessingTimestamp(KnownStore known, CancellationToken cancellationToken)
    {
        var latest = known.LatestRun ??= Latest(cancellationToken);
        var now = DateTime.UtcNow;
        var candidate = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
        while (candidate <= latest && Has(candidate, cancellationToken))
        {
            candidate = candidate.AddMicroseconds(1);
        }

        known.LatestRun = candidate > latest ? candidate : latest;
        return candidate;
    }

    /// <summary>Adds a run, in the transaction of the caller.</summary>
    public void Add(EtlResult result, EtlOptions options, DateTime? processingTimestamp, CancellationToken cancellationToken) => Insert(
        [
            ("run_id", result.RunId),
            ("started_at", result.StartedAt),
            ("finished_at", result.StartedAt + result.Duration),
            ("processing_timestamp", processingTimestamp),
            ("source", Secrets.Redact(result.Source)),
            ("source_table", Secrets.Redact(result.SourceTable)),
            ("destination_table", Secrets.Redact(result.DestinationTable)),
            ("status", result.Status.ToString()),
            ("message", result.Message),
            ("source_rows", result.SourceRows),
            ("inserted_rows", result.InsertedRows),
            ("updated_rows", result.UpdatedRows),
            ("skipped_rows", result.SkippedRows),
            ("changed_rows", result.ChangedRows),
            ("rejected_rows", result.RejectedRows),
            ("destination_rows", result.DestinationRows),
            ("error_id", result.ErrorId),
            ("error", result.Error),
            ("reprocessing_reason", options.ReprocessingReason),
        ],
        cancellationToken);

    /// <summary>Adds an undo, in the transaction of the caller. It has read no source: its rows are the versions that came back.</summary>
    public void Add(UndoResult undo, DateTime processingTimestamp, CancellationToken cancellationToken) => Insert(
        [
            ("run_id", undo.RunId),
            ("started_at", undo.StartedAt),
            ("finished_at", undo.StartedAt + undo.Duration),
            ("processing_timestamp", processingTimestamp),
            ("source", undo.Source),
            ("source_table", undo.SourceTable),
            ("destination_table", Secrets.Redact(undo.DestinationTable)),
            ("status", UndoStatus),
            ("message", undo.Message),
            ("source_rows", undo.RestoredLoads),
            ("inserted_rows", 0L),
            ("updated_rows", undo.RestoredLoads),
            ("skipped_rows", 0L),
            ("changed_rows", 0L),
            ("rejected_rows", 0L),
            ("destination_rows", undo.DestinationRows),
            ("reprocessing_reason", undo.Reason),
            (StoreSchema.UndoneRun, undo.UndoneRunId),
        ],
        cancellationToken);

    private void Insert(IEnumerable<(string Name, object? Value)> run, CancellationToken cancellationToken)
    {
        (string Name, object? Value)[] values =
        [
            .. run,
            ("user_name", Environment.UserName),
            ("host_name", Environment.MachineName),
            ("process_id", Environment.ProcessId),
            ("module_version", s_moduleVersion),
        ];
        session.Execute(
            $"INSERT INTO {schema.Run} ({string.Join(", ", values.Select(value => value.Name))}) VALUES ({string.Join(", ", values.Select(value => '$' + value.Name))})",
            cancellationToken, values);
    }

    private bool Has(DateTime processingTimestamp, CancellationToken cancellationToken) =>
        session.QuerySingle(
            $"SELECT count(*) FROM {schema.Run} WHERE processing_timestamp = $processing_timestamp",
            row => row.GetInt64(0), cancellationToken, ("processing_timestamp", processingTimestamp)) > 0;

    /// <summary>The latest processing timestamp of all runs; the earliest time there is when there are none.</summary>
    private DateTime Latest(CancellationToken cancellationToken) =>
        session.QuerySingle(
            // Whoever edits the history by hand may write a time that is none.
            $"SELECT max(processing_timestamp) FILTER (WHERE {Sql.IsTime("processing_timestamp")}) FROM {schema.Run}",
            row => row.IsDBNull(0) ? DateTime.MinValue : row.GetDateTime(0), cancellationToken);
}
