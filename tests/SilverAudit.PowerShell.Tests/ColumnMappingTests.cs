namespace SilverAudit.PowerShell.Tests;

public sealed class ColumnMappingTests : IDisposable
{
    private readonly Module _module = new();

    private string Store => _module.File("silver_metadata.db");

    private static string SourceColumns =>
        StoreContents.SourceFedColumns.Replace("audit_schema_checksum", "audit_schema_hash_value", StringComparison.Ordinal);

    public void Dispose() => _module.Dispose();

    [Fact]
    public void The_permanent_table_has_the_documented_columns_in_their_order_and_types()
    {
        _module.Load(Staging.Create(_module.File("source.db"), "LOAD_1"));

        var columns = StoreContents.Texts(
            Store,
            """
            SELECT column_name || ' ' || data_type FROM duckdb_columns()
            WHERE database_name = 'test_file' AND table_name = 'silver_staging_audit' ORDER BY column_index
            """);
        Assert.Equal(
            [
                "load_id VARCHAR", "data_source VARCHAR", "ingest_timestamp TIMESTAMP", "query_parameters JSON", "audit_schema_version INTEGER",
                "audit_schema_checksum VARCHAR", "checksum_status VARCHAR", "checksum_timestamp TIMESTAMP", "checksum_report JSON",
                "ingestion_time DOUBLE", "validation_status VARCHAR", "validation_errors JSON", "validation_fails JSON",
                "validation_summary VARCHAR", "dq_report JSON", "payload_files JSON", "payload_results JSON", "is_reprocessed BOOLEAN",
                "original_processing_timestamp TIMESTAMP", "reprocessing_reason VARCHAR",
            ],
            columns);
    }

    [Fact]
    public void The_permanent_table_has_the_documented_key_and_default()
    {
        _module.Load(Staging.Create(_module.File("source.db"), "LOAD_1"));

        Database.Execute(Store, "INSERT INTO silver_staging_audit (load_id) VALUES ('BY_HAND')");
        Assert.Equal(
            false, Assert.Single(Database.Query(Store, "SELECT is_reprocessed FROM silver_staging_audit WHERE load_id = 'BY_HAND'"))[0]);
        Assert.Equal(
            "[load_id]",
            Database.Scalar<string>(
                Store,
                """
                SELECT CAST(constraint_column_names AS VARCHAR) FROM duckdb_constraints()
                WHERE table_name = 'silver_staging_audit' AND constraint_type = 'PRIMARY KEY'
                """));
    }

    [Fact]
    public void Every_value_of_20_columns_arrives_under_its_name()
    {
        var source = Staging.Create(_module.File("source.db"), "LOAD_1", "LOAD_2");

        var result = _module.Load(source);

        AssertSameValues(source);
        Assert.Equal((2, 2, 0, 0, 0, 0), result.Counts());
        Assert.Equal(20, result.Value("DestinationColumns"));
        Assert.Equal([], result.Value<string[]>("MissingColumns"));
    }

    [Fact]
    public void The_three_columns_without_a_place_are_rescued_with_their_JSON_text_kept()
    {
        var result = _module.Load(Staging.Create(_module.File("source.db"), "LOAD_1", "LOAD_2"));

        Assert.Equal(["schema_validation_report", "schema_validation_status", "checksum_value"], result.Value<string[]>("NewColumns"));
        Assert.Equal(
            """{"schema_validation_report":{"valid": true, "warnings": null},"schema_validation_status":true,"checksum_value":"checksum of LOAD_1"}""",
            StoreContents.Rescued(Store, "LOAD_1"));
        Assert.Equal("checksum of LOAD_2", StoreContents.RescuedValue(Store, "LOAD_2", "checksum_value"));
        Assert.Equal(
            [[result.Value("RunId"), result.Value("Source")]],
            Database.Query(Store, "SELECT DISTINCT run_id, source FROM silver_audit.rescued_data JOIN silver_audit.etl_run USING (run_id)"));
    }

    [Fact]
    public void Only_values_that_are_there_are_rescued()
    {
        var source = Staging.Create(_module.File("source.db"), "LOAD_1", "LOAD_2");
        Database.Execute(
            source,
            "UPDATE silver_temp_audit SET schema_validation_report = NULL, checksum_value = NULL",
            "UPDATE silver_temp_audit SET schema_validation_status = NULL WHERE load_id = 'LOAD_2'");

        _module.Load(source);

        Assert.Equal("""{"schema_validation_status":true}""", StoreContents.Rescued(Store, "LOAD_1"));
        Assert.Null(StoreContents.Rescued(Store, "LOAD_2"));
    }

    [Fact]
    public void JSON_arrives_as_it_was_written()
    {
        const string Odd = """{"b": 1,  "a":1.10, "a": 2, "big":123456789012345678901234567890, "ü":"é\n\u0000"}""";
        var source = Staging.Create(_module.File("source.db"), "LOAD_1");
        Database.Execute(source, $"UPDATE silver_temp_audit SET dq_report = '{Odd}', schema_validation_report = '{Odd}'");

        _module.Load(source);

        Assert.Equal(Odd, Database.Scalar<string>(Store, "SELECT dq_report FROM silver_staging_audit"));
        Assert.StartsWith($$"""{"schema_validation_report":{{Odd}},""", StoreContents.Rescued(Store, "LOAD_1"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_source_of_four_columns_leaves_the_rest_NULL_and_says_so()
    {
        var source = Staging.CreateWith(
            _module.File("source.db"),
            "CREATE TABLE silver_temp_audit (load_id VARCHAR, data_source VARCHAR, ingest_timestamp TIMESTAMP, query_parameters JSON)",
            "INSERT INTO silver_temp_audit VALUES ('LOAD_1', 'scopus', TIMESTAMP '2025-01-15 14:30:00', '[{\"query\":\"AUTHID(1)\"}]')");

        var result = _module.Load(source);

        Assert.Equal((1, 1, 0, 0, 0, 0), result.Counts());
        Assert.Equal(
            [
                "audit_schema_version", "audit_schema_checksum", "checksum_status", "checksum_timestamp", "checksum_report", "ingestion_time",
                "validation_status", "validation_errors", "validation_fails", "validation_summary", "dq_report", "payload_files", "payload_results",
            ],
            result.Value<string[]>("MissingColumns"));
        Assert.Equal([], result.Value<string[]>("NewColumns"));
        Assert.Equal(
            ["LOAD_1", "scopus", new DateTime(2025, 1, 15, 14, 30, 0), """[{"query":"AUTHID(1)"}]""", .. new object?[13]],
            Assert.Single(Database.Query(Store, $"SELECT {StoreContents.SourceFedColumns} FROM silver_staging_audit")));
        Assert.Empty(StoreContents.Rows(Store, "rescued_data", "silver_audit"));
    }

    [Fact]
    public void A_source_of_the_nine_columns_that_are_written_first_leaves_the_rest_NULL_and_says_so()
    {
        var source = Staging.CreateWith(
            _module.File("source.db"),
            """
            CREATE TABLE silver_temp_audit (
                load_id VARCHAR, data_source VARCHAR, ingest_timestamp TIMESTAMP, query_parameters JSON, audit_schema_version INTEGER,
                ingestion_time DOUBLE, payload_files JSON, payload_results JSON, audit_schema_hash_value VARCHAR)
            """,
            """
            INSERT INTO silver_temp_audit VALUES
                ('LOAD_1', 'scopus', TIMESTAMP '2025-01-15 14:30:00', '[1]', 3, 3.25, '[2]', '[3]', 'hash'),
                ('LOAD_2', 'scopus', TIMESTAMP '2025-01-16 14:30:00', '[1]', 3, 4.5, '[2]', '[3]', NULL)
            """);

        var result = _module.Load(source);

        Assert.Equal((2, 2, 0, 0, 0, 0), result.Counts());
        Assert.Equal(
            [
                "checksum_status", "checksum_timestamp", "checksum_report", "validation_status", "validation_errors", "validation_fails",
                "validation_summary", "dq_report",
            ],
            result.Value<string[]>("MissingColumns"));
        Assert.Equal([], result.Value<string[]>("NewColumns"));
        Assert.Equal(
            [
                ["LOAD_1", "scopus", new DateTime(2025, 1, 15, 14, 30, 0), "[1]", 3, "hash", null, null, null, 3.25, null, null, null, null, null, "[2]", "[3]"],
                ["LOAD_2", "scopus", new DateTime(2025, 1, 16, 14, 30, 0), "[1]", 3, null, null, null, null, 4.5, null, null, null, null, null, "[2]", "[3]"],
            ],
            Database.Query(Store, $"SELECT {StoreContents.SourceFedColumns} FROM silver_staging_audit ORDER BY load_id"));
    }

    [Fact]
    public void Columns_in_another_order_arrive_under_their_names()
    {
        var source = Staging.Create(_module.File("source.db"), "LOAD_1", "LOAD_2");
        var reversed = string.Join(", ", SourceColumns.Split(", ").Reverse());
        Database.Execute(
            source,
            "ALTER TABLE silver_temp_audit RENAME TO original",
            $"CREATE TABLE silver_temp_audit AS SELECT checksum_value, {reversed} FROM original");

        var result = _module.Load(source);

        AssertSameValues(source);
        Assert.Equal((2, 2, 0, 0, 0, 0), result.Counts());
        Assert.Equal(["checksum_value"], result.Value<string[]>("NewColumns"));
        Assert.Equal([], result.Value<string[]>("MissingColumns"));
    }

    [Fact]
    public void Columns_in_another_case_arrive_under_their_names()
    {
        var source = Staging.Create(_module.File("source.db"), "LOAD_1", "LOAD_2");
        var spelled = SourceColumns.Split(", ")
            .Select((name, index) => (Name: name, New: index % 2 == 0 ? name.ToUpperInvariant() : PascalCase(name)));
        var shouted = string.Join(", ", spelled.Select(column => $"{column.Name} AS {column.New}"));
        Database.Execute(
            source,
            "ALTER TABLE silver_temp_audit RENAME TO original",
            $"CREATE TABLE silver_temp_audit AS SELECT {shouted} FROM original");

        var result = _module.Load(source);

        AssertSameValues(source);
        Assert.Equal([], result.Value<string[]>("NewColumns"));
        Assert.Equal([], result.Value<string[]>("MissingColumns"));
        Assert.Equal("AlreadyPresent", _module.Load(source).Text("Status"));
    }

    [Fact]
    public void A_rescued_column_in_another_case_is_the_same_column()
    {
        var source = Staging.Create(_module.File("source.db"), "LOAD_1");
        _module.Load(source);
        Database.Execute(source, "ALTER TABLE silver_temp_audit RENAME checksum_value TO CHECKSUM_VALUE");

        var result = _module.Load(source);

        Assert.Equal((1, 0, 0, 1, 0, 0), result.Counts());
    }

    [Fact]
    public void A_checksum_column_of_the_permanent_name_wins_over_the_renamed_one()
    {
        var source = Staging.CreateWith(
            _module.File("source.db"),
            "CREATE TABLE silver_temp_audit (load_id VARCHAR, audit_schema_hash_value VARCHAR, audit_schema_checksum VARCHAR)",
            "INSERT INTO silver_temp_audit VALUES ('LOAD_1', 'the hash', 'the checksum')");

        var result = _module.Load(source);

        Assert.Equal("the checksum", Database.Scalar<string>(Store, "SELECT audit_schema_checksum FROM silver_staging_audit"));
        Assert.Equal("""{"audit_schema_hash_value":"the hash"}""", StoreContents.Rescued(Store, "LOAD_1"));
        Assert.Equal(["audit_schema_hash_value"], result.Value<string[]>("NewColumns"));
    }

    private void AssertSameValues(string source) => Assert.Equal(
        Database.Query(source, $"SELECT {SourceColumns} FROM silver_temp_audit ORDER BY load_id"),
        Database.Query(Store, $"SELECT {StoreContents.SourceFedColumns} FROM silver_staging_audit ORDER BY load_id"));

    private static string PascalCase(string name) => string.Join('_', name.Split('_').Select(word => char.ToUpperInvariant(word[0]) + word[1..]));
}
