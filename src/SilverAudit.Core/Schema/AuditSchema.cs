namespace SilverAudit.Schema;

/// <summary>The documented permanent table: its columns, in their order, and the names that have a meaning of their own.</summary>
internal static class AuditSchema
{
    public const string DefaultSourceTable = "silver_temp_audit";
    public const string DefaultDestinationTable = "silver_staging_audit";

    public const string Key = "load_id";
    public const string IsReprocessed = "is_reprocessed";
    public const string ProcessingTimestamp = "original_processing_timestamp";
    public const string ReprocessingReason = "reprocessing_reason";

    public const string Text = "VARCHAR";
    public const string Json = "JSON";
    public const string Timestamp = "TIMESTAMP";
    public const string Integer = "INTEGER";

    /// <summary>Columns that the pipeline and the permanent table call differently: source name, permanent name.</summary>
    public static readonly IReadOnlyDictionary<string, string> RenamedColumns =
        new Dictionary<string, string>(CatalogNameComparer.Instance) { ["audit_schema_hash_value"] = "audit_schema_checksum" };

    public static readonly IReadOnlyList<AuditColumn> PermanentColumns =
    [
        new(Key, Text),
        new("data_source", Text),
        new("ingest_timestamp", Timestamp),
        new("query_parameters", Json),
        new("audit_schema_version", Integer),
        new("audit_schema_checksum", Text),
        new("checksum_status", Text),
        new("checksum_timestamp", Timestamp),
        new("checksum_report", Json),
        new("ingestion_time", "DOUBLE"),
        new("validation_status", Text),
        new("validation_errors", Json),
        new("validation_fails", Json),
        new("validation_summary", Text),
        new("dq_report", Json),
        new("payload_files", Json),
        new("payload_results", Json),
        new(IsReprocessed, "BOOLEAN"),
        new(ProcessingTimestamp, Timestamp),
        new(ReprocessingReason, Text),
    ];

    /// <summary>True for the three columns that the load writes itself and never takes from a source.</summary>
    public static bool IsTracking(string name) =>
        CatalogNameComparer.IsSame(name, IsReprocessed)
        || CatalogNameComparer.IsSame(name, ProcessingTimestamp)
        || CatalogNameComparer.IsSame(name, ReprocessingReason);
}
