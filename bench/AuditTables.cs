namespace SilverAudit.Bench;

/// <summary>The two documented tables and the mapping between them, as the bare statements need them.</summary>
internal static class AuditTables
{
    public const string SourceColumns = """
        load_id VARCHAR PRIMARY KEY,
        data_source VARCHAR,
        ingest_timestamp TIMESTAMP,
        query_parameters JSON,
        audit_schema_version INTEGER,
        audit_schema_hash_value VARCHAR,
        schema_validation_report JSON,
        schema_validation_status BOOLEAN,
        checksum_status VARCHAR,
        checksum_timestamp TIMESTAMP,
        checksum_report JSON,
        checksum_value VARCHAR,
        ingestion_time DOUBLE,
        validation_status VARCHAR,
        validation_errors JSON,
        validation_fails JSON,
        validation_summary VARCHAR,
        dq_report JSON,
        payload_files JSON,
        payload_results JSON
        """;

    public const string StoreColumns = """
        load_id VARCHAR PRIMARY KEY,
        data_source VARCHAR,
        ingest_timestamp TIMESTAMP,
        query_parameters JSON,
        audit_schema_version INTEGER,
        audit_schema_checksum VARCHAR,
        checksum_status VARCHAR,
        checksum_timestamp TIMESTAMP,
        checksum_report JSON,
        ingestion_time DOUBLE,
        validation_status VARCHAR,
        validation_errors JSON,
        validation_fails JSON,
        validation_summary VARCHAR,
        dq_report JSON,
        payload_files JSON,
        payload_results JSON,
        is_reprocessed BOOLEAN DEFAULT FALSE,
        original_processing_timestamp TIMESTAMP,
        reprocessing_reason VARCHAR
        """;

    public const string MappedColumns = """
        load_id,
        data_source,
        ingest_timestamp,
        query_parameters,
        audit_schema_version,
        audit_schema_hash_value AS audit_schema_checksum,
        checksum_status,
        checksum_timestamp,
        checksum_report,
        ingestion_time,
        validation_status,
        validation_errors,
        validation_fails,
        validation_summary,
        dq_report,
        payload_files,
        payload_results
        """;

    public const int StoreColumnCount = 20;
}
