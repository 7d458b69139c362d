namespace SilverAudit.Testing;

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

    /// <summary>Creates a source with loads LOAD_1 to LOAD_n, all 20 columns filled, the values of each different.</summary>
    /// <param name="path">The file.</param>
    /// <param name="count">How many loads.</param>
    /// <param name="from">The number of the first.</param>
    /// <param name="compression">The engine's name of the compression to use where it can be used; the engine tries samples otherwise.</param>
    public static string CreateMany(string path, int count, int from = 1, string compression = "auto")
    {
        Database.Execute(
            path,
            $"SET force_compression = '{compression}'",
            CreateTable,
            $$"""
            INSERT INTO silver_temp_audit
            SELECT 'LOAD_' || i, 'scopus', TIMESTAMP '2025-01-15 14:30:00' + to_seconds(i), '[{"query":"AUTHID(' || hash(i) || ')"}]',
                3, hash(i + 1)::VARCHAR, '{"valid": ' || i || '}',
                i % 2 = 0, 'PASSED', TIMESTAMP '2025-01-15 14:50:00' + to_seconds(i), '{"algorithm":"sha256"}',
                hash(i + 2)::VARCHAR, i / 4, 'PASSED', '[]',
                '[]', 'summary of ' || i, '{"score":' || i || '}', '[{"file_name":"' || hash(i + 3) || '.json","file_size_kb":null}]',
                '[{"author_id":"' || hash(i + 4) || '","entries_found":' || i || '}]'
            FROM range({{from}}, {{from}} + {{count}}) AS numbers(i)
            """);
        return path;
    }

    /// <summary>Creates sources 1.db, 2.db… in a folder, each with one load of its number, and returns their paths.</summary>
    public static string[] CreateSeries(string folder, int count, int from = 1)
    {
        var files = Enumerable.Range(from, count).Select(number => (Number: number, Path: Path.Combine(folder, $"{number}.db"))).ToArray();
        Database.Execute(
            Path.Combine(folder, "..", $"series-{Guid.NewGuid():N}.db"),
            [.. files.SelectMany(file => new[]
            {
                $"ATTACH '{file.Path.Replace("'", "''", StringComparison.Ordinal)}' AS series (TYPE duckdb)",
                $"CREATE TABLE series.silver_temp_audit AS SELECT 'LOAD_{file.Number}' AS load_id, 'scopus' AS data_source",
                "DETACH series",
            })]);
        return [.. files.Select(file => file.Path)];
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
