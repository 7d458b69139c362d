namespace SilverAudit.PowerShell.Tests;

/// <summary>Makes staging databases as the pipeline does.</summary>
public static class Staging
{
    /// <summary>The documented source table, all 20 columns.</summary>
    public const string CreateTable =
        """
        CREATE TABLE silver_temp_audit (
            load_id VARCHAR PRIMARY KEY, data_source VARCHAR, ingest_timestamp TIMESTAMP, query_parameters JSON,
            audit_schema_version INTEGER, audit_schema_hash_value VARCHAR, schema_validation_report JSON,
            schema_validation_status BOOLEAN, checksum_status VARCHAR, checksum_timestamp TIMESTAMP, checksum_report JSON,
            checksum_value VARCHAR, ingestion_time DOUBLE, validation_status VARCHAR, validation_errors JSON,
            validation_fails JSON, validation_summary VARCHAR, dq_report JSON, payload_files JSON, payload_results JSON)
        """;

    /// <summary>Creates a source with the given loads, all 20 columns filled, the values derived from the load's name.</summary>
    public static string Create(string path, params string[] loadIds)
    {
        Database.Execute(path, [CreateTable, .. loadIds.Select(Insert)]);
        return path;
    }

    /// <summary>Creates a source with a table of one's own making.</summary>
    public static string CreateWith(string path, params string[] statements)
    {
        Database.Execute(path, statements);
        return path;
    }

    /// <summary>The statement that inserts one fully filled load.</summary>
    public static string Insert(string loadId)
    {
        var id = loadId.Replace("'", "''", StringComparison.Ordinal);
        return $$"""
            INSERT INTO silver_temp_audit VALUES (
                '{{id}}', 'scopus', TIMESTAMP '2025-01-15 14:30:00.123456', '[{"query":"AUTHID({{id}})","date":"2020-2025"}]',
                3, 'hash of {{id}}', '{"valid": true, "warnings": null}',
                TRUE, 'PASSED', TIMESTAMP '2025-01-15 14:50:00', '{"algorithm":"sha256"}',
                'checksum of {{id}}', 3.25, 'PASSED', '[]',
                '[]', 'summary of {{id}}', '{"score":97}', '[{"file_name":"{{id}}.json","file_size_kb":null}]',
                '[{"author_id":"123456","entries_found":50}]')
            """;
    }
}
