namespace SilverAudit.PowerShell.Tests;

public sealed class ColumnMappingTests : IDisposable
{
    private readonly Module _module = new();

    private string Store => _module.File("silver_metadata.db");

    public void Dispose() => _module.Dispose();

    [Fact]
    public void The_permanent_table_has_the_documented_columns_in_their_order_and_types()
    {
        _module.Load(Staging.Create(_module.File("source.db"), "LOAD_1"));

        var columns = Database.Query(Store, "SELECT column_name || ' ' || data_type FROM duckdb_columns() WHERE database_name = 'test_file' AND table_name = 'silver_staging_audit' ORDER BY column_index");
        Assert.Equal(
            [
                "load_id VARCHAR", "data_source VARCHAR", "ingest_timestamp TIMESTAMP", "query_parameters JSON", "audit_schema_version INTEGER",
                "audit_schema_checksum VARCHAR", "checksum_status VARCHAR", "checksum_timestamp TIMESTAMP", "checksum_report JSON",
                "ingestion_time DOUBLE", "validation_status VARCHAR", "validation_errors JSON", "validation_fails JSON",
                "validation_summary VARCHAR", "dq_report JSON", "payload_files JSON", "payload_results JSON", "is_reprocessed BOOLEAN",
                "original_processing_timestamp TIMESTAMP", "reprocessing_reason VARCHAR",
            ],
            columns.Select(row => (string)row[0]!));
    }

    [Fact]
    public void Every_value_of_20_columns_arrives_under_its_name()
    {
        var source = Staging.Create(_module.File("source.db"), "LOAD_1", "LOAD_2");

        var result = _module.Load(source);

        const string Shared =
            "load_id, data_source, ingest_timestamp, query_parameters, audit_schema_version, {0}, checksum_status, checksum_timestamp, checksum_report, "
            + "ingestion_time, validation_status, validation_errors, validation_fails, validation_summary, dq_report, payload_files, payload_results";
        Assert.Equal(
            Database.Query(source, $"SELECT {string.Format(null, Shared, "audit_schema_hash_value")} FROM silver_temp_audit ORDER BY load_id"),
            Database.Query(Store, $"SELECT {string.Format(null, Shared, "audit_schema_checksum")} FROM silver_staging_audit ORDER BY load_id"));
        Assert.Equal((2, 2, 0, 0, 0, 0), result.Counts());
        Assert.Equal(20, result.Value("DestinationColumns"));
    }
}
