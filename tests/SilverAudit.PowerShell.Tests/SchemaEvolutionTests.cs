namespace SilverAudit.PowerShell.Tests;

public sealed class SchemaEvolutionTests : IDisposable
{
    private const string NewColumnNames = "rows_read, cost, priority, host";

    private readonly Module _module = new();

    private string Store => _module.File("silver_metadata.db");

    public void Dispose() => _module.Dispose();

    [Fact]
    public void Unknown_columns_are_rescued_by_default()
    {
        LoadEarlier();

        var result = _module.Load(CreateNew());

        Assert.Equal((1, 1, 0, 0, 0, 0), result.Counts());
        Assert.Equal(NewColumnNames.Split(", "), result.Value<string[]>("NewColumns"));
        Assert.Equal(20, result.Value("DestinationColumns"));
        Assert.Equal(
            [["7", "12.50", "low", """{"name":"etl-1","port":8080}"""]],
            Database.Query(
                Store,
                """
                SELECT rescued->>'rows_read', CAST(CAST(rescued->>'cost' AS DECIMAL(10,2)) AS VARCHAR), rescued->>'priority',
                    CAST(rescued->'host' AS VARCHAR)
                FROM silver_audit.rescued_data WHERE load_id = 'NEW'
                """));
    }

    [Fact]
    public void AddNewColumns_adds_the_columns_with_their_types_and_values()
    {
        LoadEarlier();

        var result = _module.Load(CreateNew(), "-SchemaEvolution AddNewColumns");

        Assert.Equal((1, 1, 0, 0, 0, 0), result.Counts());
        Assert.Equal(NewColumnNames.Split(", "), result.Value<string[]>("NewColumns"));
        Assert.Equal(24, result.Value("DestinationColumns"));
        Assert.Equal(
            ["rows_read INTEGER", "cost DECIMAL(10,2)", "priority VARCHAR", "host JSON"],
            StoreContents.Texts(
                Store,
                """
                SELECT column_name || ' ' || data_type FROM duckdb_columns()
                WHERE database_name = 'test_file' AND table_name = 'silver_staging_audit' AND column_index > 20 ORDER BY column_index
                """));
        Assert.Equal(
            [["EARLIER", null, null, null, null], ["NEW", 7, 12.50m, "low", """{"name":"etl-1","port":8080}"""]],
            Database.Query(Store, $"SELECT load_id, {NewColumnNames} FROM silver_staging_audit ORDER BY load_id"));
        Assert.Equal(
            "2025-01-15 14:30:00",
            Database.Scalar<string>(Store, "SELECT CAST(ingest_timestamp AS VARCHAR) FROM silver_staging_audit WHERE load_id = 'NEW'"));
        Assert.Null(StoreContents.Rescued(Store, "NEW"));
    }

    [Fact]
    public void AddNewColumns_creates_a_store_that_has_the_columns_from_the_start()
    {
        var result = _module.Load(CreateNew(), "-SchemaEvolution AddNewColumns");

        Assert.Equal(24, result.Value("DestinationColumns"));
        Assert.Equal(
            [["NEW", 7, 12.50m, "low"]], Database.Query(Store, "SELECT load_id, rows_read, cost, priority FROM silver_staging_audit"));
    }

    [Fact]
    public void After_AddNewColumns_a_source_without_the_columns_still_loads()
    {
        _module.Load(CreateNew(), "-SchemaEvolution AddNewColumns");

        var result = _module.Load(Staging.Create(_module.File("plain.db"), "PLAIN"));

        Assert.Equal((1, 1, 0, 0, 0, 0), result.Counts());
        Assert.Equal(24, result.Value("DestinationColumns"));
        Assert.Equal(NewColumnNames.Split(", "), result.Value<string[]>("MissingColumns"));
        Assert.Equal(
            [[null, null, null, null]],
            Database.Query(Store, $"SELECT {NewColumnNames} FROM silver_staging_audit WHERE load_id = 'PLAIN'"));
        Assert.Equal("checksum of PLAIN", StoreContents.RescuedValue(Store, "PLAIN", "checksum_value"));
    }

    [Fact]
    public void After_AddNewColumns_the_columns_are_known_whatever_the_policy()
    {
        _module.Load(CreateNew(), "-SchemaEvolution AddNewColumns");
        var later = CreateNew("LATER");

        foreach (var policy in new[] { "AddNewColumns", "Rescue", "FailOnNewColumns", "None" })
        {
            var result = _module.Load(later, $"-SchemaEvolution {policy}");
            Assert.Equal([], result.Value<string[]>("NewColumns"));
            Assert.Equal(0L, result.Value("ChangedRows"));
        }

        Assert.Equal(
            [["LATER", 7, "low"], ["NEW", 7, "low"]],
            Database.Query(Store, "SELECT load_id, rows_read, priority FROM silver_staging_audit ORDER BY load_id"));
        Assert.Empty(StoreContents.Rows(Store, "rescued_data", "silver_audit"));
    }

    [Fact]
    public void AddNewColumns_works_for_each_source_of_a_pipeline()
    {
        var plain = Staging.CreateWith(
            _module.File("a.db"), "CREATE TABLE silver_temp_audit (load_id VARCHAR)", "INSERT INTO silver_temp_audit VALUES ('A')");
        var other = Staging.CreateWith(
            _module.File("c.db"),
            "CREATE TABLE silver_temp_audit (load_id VARCHAR, Rows_Read INTEGER, retries INTEGER)",
            "INSERT INTO silver_temp_audit VALUES ('C', 9, 2)");

        var results = _module.Succeed("$args | Invoke-SilverAuditEtl -NoLog -SchemaEvolution AddNewColumns", plain, CreateNew(), other);

        Assert.Equal([20, 24, 25], results.Select(result => result.Value<int>("DestinationColumns")));
        Assert.Equal(["", NewColumnNames, "retries"], results.Select(result => string.Join(", ", result.Value<string[]>("NewColumns"))));
        Assert.Equal(
            [["A", null, null], ["C", 9, 2], ["NEW", 7, null]],
            Database.Query(Store, "SELECT load_id, rows_read, retries FROM silver_staging_audit ORDER BY load_id"));
    }

    [Fact]
    public void AddNewColumns_never_adds_or_fills_the_tracking_columns()
    {
        var source = Staging.CreateWith(
            _module.File("source.db"),
            "CREATE TABLE silver_temp_audit (load_id VARCHAR, is_reprocessed BOOLEAN, retries INTEGER)",
            "INSERT INTO silver_temp_audit VALUES ('LOAD_1', TRUE, 2)");

        var result = _module.Load(source, "-SchemaEvolution AddNewColumns");

        Assert.Equal(21, result.Value("DestinationColumns"));
        Assert.Equal([[false, 2]], Database.Query(Store, "SELECT is_reprocessed, retries FROM silver_staging_audit"));
        Assert.Equal("""{"is_reprocessed":true}""", StoreContents.Rescued(Store, "LOAD_1"));
    }

    [Fact]
    public void FailOnNewColumns_fails_the_source_and_names_the_columns()
    {
        LoadEarlier();
        var before = StoreContents.AllButHistory(Store);
        var source = CreateNew();

        var outcome = _module.Run("Invoke-SilverAuditEtl -LiteralPath $args[0] -NoLog -SchemaEvolution FailOnNewColumns", source);

        Assert.Equal("SourceSchemaChanged", outcome.ErrorId);
        Assert.Contains(NewColumnNames, outcome.Errors[0].ToString(), StringComparison.Ordinal);
        Assert.Equal(source, outcome.Errors[0].TargetObject);
        var result = Assert.Single(outcome.Output);
        Assert.Equal(
            ("Failed", "SourceSchemaChanged", (0, 0, 0, 0, 0, 0)), (result.Text("Status"), result.Text("ErrorId"), result.Counts()));
        Assert.Equal(before, StoreContents.AllButHistory(Store));
        Assert.Equal(
            [["Failed", "SourceSchemaChanged"]],
            Database.Query(Store, $"SELECT status, error_id FROM silver_audit.etl_run WHERE run_id = '{result.Text("RunId")}'"));
    }

    [Fact]
    public void FailOnNewColumns_lets_a_source_pass_that_has_none()
    {
        var source = Staging.CreateWith(
            _module.File("source.db"),
            "CREATE TABLE silver_temp_audit (load_id VARCHAR, audit_schema_hash_value VARCHAR)",
            "INSERT INTO silver_temp_audit VALUES ('LOAD_1', 'hash')");

        Assert.Equal((1, 1, 0, 0, 0, 0), _module.Load(source, "-SchemaEvolution FailOnNewColumns").Counts());
    }

    [Fact]
    public void None_drops_the_values_and_a_warning_names_the_columns()
    {
        var source = Staging.CreateWith(
            _module.File("source.db"),
            "CREATE TABLE silver_temp_audit (load_id VARCHAR, remark VARCHAR, note JSON)",
            "INSERT INTO silver_temp_audit VALUES ('LOAD_1', 'dropped-remark', '{\"text\":\"dropped-note\"}')");

        var outcome = _module.Run("Invoke-SilverAuditEtl -LiteralPath $args[0] -NoLog -SchemaEvolution None", source);

        Assert.Empty(outcome.Errors);
        var result = Assert.Single(outcome.Output);
        Assert.Equal((1, 1, 0, 0, 0, 0), result.Counts());
        Assert.Equal(["remark", "note"], result.Value<string[]>("NewColumns"));
        Assert.Equal(20, result.Value("DestinationColumns"));
        Assert.Contains("remark, note", Assert.Single(outcome.Warnings.Skip(1)), StringComparison.Ordinal);
        var everything = StoreContents.Everything(Store);
        Assert.Contains("LOAD_1", everything, StringComparison.Ordinal);
        Assert.DoesNotContain("dropped", everything, StringComparison.Ordinal);
    }

    [Fact]
    public void None_warns_of_nothing_when_nothing_is_dropped()
    {
        var source = Staging.CreateWith(
            _module.File("source.db"),
            "CREATE TABLE silver_temp_audit (load_id VARCHAR)",
            "INSERT INTO silver_temp_audit VALUES ('LOAD_1')");

        var outcome = _module.Run("Invoke-SilverAuditEtl -LiteralPath $args[0] -NoLog -SchemaEvolution None", source);

        Assert.Equal((1, 1, 0, 0, 0, 0), Assert.Single(outcome.Output).Counts());
        Assert.EndsWith("so it was created.", Assert.Single(outcome.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void None_leaves_what_is_filed_already()
    {
        var source = Staging.Create(_module.File("source.db"), "LOAD_1");
        _module.Load(source);
        var rescued = StoreContents.Rescued(Store, "LOAD_1");
        Database.Execute(source, "UPDATE silver_temp_audit SET validation_status = 'FAILED', checksum_value = 'other'");

        var result = _module.Load(source, "-SchemaEvolution None -Reprocess -Reason 'validated again'");

        Assert.Equal((1, 0, 1, 0, 0, 0), result.Counts());
        Assert.Equal(rescued, StoreContents.Rescued(Store, "LOAD_1"));
    }

    private void LoadEarlier() => _module.Load(Staging.Create(_module.File("earlier.db"), "EARLIER"));

    private string CreateNew(string loadId = "NEW") => Staging.CreateWith(
        _module.File($"{loadId}.db"),
        "CREATE TYPE priority AS ENUM ('low', 'high')",
        """
        CREATE TABLE silver_temp_audit (
            load_id VARCHAR, rows_read INTEGER, cost DECIMAL(10,2), priority priority, host STRUCT(name VARCHAR, port INTEGER),
            ingest_timestamp TIMESTAMP)
        """,
        $"INSERT INTO silver_temp_audit VALUES ('{loadId}', 7, 12.50, 'low', {{name: 'etl-1', port: 8080}}, TIMESTAMP '2025-01-15 14:30:00')");
}
