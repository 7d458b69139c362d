using System.Reflection;

namespace SilverAudit.Stores.DuckDb;

/// <summary>Writes <c>silver_audit.etl_run</c>: one row per source processed.</summary>
internal sealed class RunHistory(DuckDbSession session, StoreSchema schema)
{
    private static readonly string s_moduleVersion =
        typeof(RunHistory).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";

    public bool Has(DateTime processingTimestamp, CancellationToken cancellationToken) =>
        session.QuerySingle(
            $"SELECT count(*) FROM {schema.Run} WHERE processing_timestamp = $processing_timestamp",
            row => row.GetInt64(0), cancellationToken, ("processing_timestamp", processingTimestamp)) > 0;

    /// <summary>The latest processing timestamp of all runs; the earliest time there is when there are none.</summary>
    public DateTime Latest(CancellationToken cancellationToken) =>
        session.QuerySingle(
            $"SELECT max(processing_timestamp) FROM {schema.Run}",
            row => row.IsDBNull(0) ? DateTime.MinValue : row.GetDateTime(0), cancellationToken);

    /// <summary>Adds a run, in the transaction of the caller.</summary>
    public void Add(EtlResult result, EtlOptions options, DateTime? processingTimestamp, CancellationToken cancellationToken)
    {
        (string Name, object? Value)[] values =
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
            ("user_name", Environment.UserName),
            ("host_name", Environment.MachineName),
            ("process_id", Environment.ProcessId),
            ("module_version", s_moduleVersion),
        ];
        session.Execute(
            $"INSERT INTO {schema.Run} ({string.Join(", ", values.Select(value => value.Name))}) VALUES ({string.Join(", ", values.Select(value => '$' + value.Name))})",
            cancellationToken, values);
    }
}
