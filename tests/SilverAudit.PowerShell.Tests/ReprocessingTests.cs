namespace SilverAudit.PowerShell.Tests;

public sealed class ReprocessingTests : IDisposable
{
    private const string Again = "-Reprocess -Reason 'validated again'";
    private const string Tracking =
        "SELECT load_id, validation_status, is_reprocessed, reprocessing_reason FROM silver_staging_audit ORDER BY load_id";

    private readonly Module _module = new();

    private string Store => _module.File("silver_metadata.db");

    public void Dispose() => _module.Dispose();

    [Fact]
    public void Reprocess_updates_the_changed_loads_and_no_others()
    {
        var source = LoadThree();
        var first = ProcessingTimestamps();
        Change(source, "validation_status = 'FAILED'", "LOAD_2");

        var result = _module.Load(source, Again);

        Assert.Equal((3, 0, 1, 2, 0, 0), result.Counts());
        Assert.Equal(("PartialUpdate", 3L), (result.Text("Status"), result.Value("DestinationRows")));
        Assert.Equal(
            [["LOAD_1", "PASSED", false, null], ["LOAD_2", "FAILED", true, "validated again"], ["LOAD_3", "PASSED", false, null]],
            Database.Query(Store, Tracking));
        Assert.Equal(first, ProcessingTimestamps());
    }

    [Fact]
    public void Every_column_of_a_reprocessed_load_has_the_new_value()
    {
        var source = LoadThree();
        Database.Execute(
            source,
            """
            UPDATE silver_temp_audit SET data_source = 'orcid', ingest_timestamp = TIMESTAMP '2026-01-01', query_parameters = '[1]',
                audit_schema_version = 4,
                audit_schema_hash_value = 'h', checksum_status = 'ERROR', checksum_timestamp = TIMESTAMP '2026-01-02', checksum_report = '[2]',
                ingestion_time = 1.5, validation_status = 'FAILED', validation_errors = '[3]', validation_fails = '[4]',
                validation_summary = NULL, dq_report = '[5]', payload_files = '[6]', payload_results = '[7]'
            WHERE load_id = 'LOAD_1'
            """);

        _module.Load(source, Again);

        Assert.Equal(
            [
                "LOAD_1", "orcid", new DateTime(2026, 1, 1), "[1]", 4, "h", "ERROR", new DateTime(2026, 1, 2), "[2]", 1.5, "FAILED", "[3]",
                "[4]", null, "[5]", "[6]", "[7]",
            ],
            Assert.Single(Database.Query(Store, $"SELECT {StoreContents.SourceFedColumns} FROM silver_staging_audit WHERE is_reprocessed")));
    }

    [Fact]
    public void The_old_version_is_filed_whole()
    {
        var source = LoadThree();
        var old = Database.Scalar<string>(Store, "SELECT json(to_json(s)) FROM silver_staging_audit AS s WHERE load_id = 'LOAD_2'");
        var oldRescued = StoreContents.Rescued(Store, "LOAD_2");
        Change(source, "validation_status = 'FAILED', checksum_value = 'other'", "LOAD_2");

        var result = _module.Load(source, Again);

        Assert.Equal(
            [["LOAD_2", result.Value("RunId"), "validated again", true, old, oldRescued]],
            Database.Query(
                Store,
                """
                SELECT s.load_id, run_id, reason, superseded_at = processing_timestamp, json(previous), previous_rescued
                FROM silver_audit.superseded_load AS s JOIN silver_audit.etl_run USING (run_id)
                """));
        Assert.Equal(
            [.. StoreContents.SourceFedColumns.Split(", "), "is_reprocessed", "original_processing_timestamp", "reprocessing_reason"],
            StoreContents.Texts(Store, "SELECT unnest(json_keys(previous)) FROM silver_audit.superseded_load"));
    }

    [Fact]
    public void Rescued_values_are_replaced()
    {
        var source = LoadThree();
        Change(source, "checksum_value = 'other', schema_validation_status = NULL", "LOAD_2");

        var result = _module.Load(source, Again);

        Assert.Equal((3, 0, 1, 2, 0, 0), result.Counts());
        Assert.Equal(
            """{"schema_validation_report":{"valid": true, "warnings": null},"checksum_value":"other"}""",
            StoreContents.Rescued(Store, "LOAD_2"));
        Assert.Equal(
            [["LOAD_2"]], Database.Query(Store, $"SELECT load_id FROM silver_audit.rescued_data WHERE run_id = '{result.Text("RunId")}'"));
        Assert.Equal("checksum of LOAD_1", StoreContents.RescuedValue(Store, "LOAD_1", "checksum_value"));
    }

    [Fact]
    public void A_load_that_had_nothing_rescued_has_no_previous_rescued()
    {
        var source = Staging.CreateWith(
            _module.File("source.db"),
            "CREATE TABLE silver_temp_audit (load_id VARCHAR, data_source VARCHAR)",
            "INSERT INTO silver_temp_audit VALUES ('LOAD_1', 'scopus')");
        _module.Load(source);
        Database.Execute(source, "UPDATE silver_temp_audit SET data_source = 'orcid'");

        _module.Load(source, Again);

        Assert.Equal(
            [["scopus", null]],
            Database.Query(Store, "SELECT previous->>'data_source', previous_rescued FROM silver_audit.superseded_load"));
    }

    [Fact]
    public void A_change_of_a_rescued_column_alone_is_refiled()
    {
        var source = LoadThree();
        var oldRescued = StoreContents.Rescued(Store, "LOAD_3");
        Change(source, "schema_validation_report = '{\"valid\": false}'", "LOAD_3");

        Assert.Equal((3, 0, 0, 3, 1, 0), _module.Load(source).Counts());
        Assert.Equal(oldRescued, StoreContents.Rescued(Store, "LOAD_3"));
        Assert.Equal((3, 0, 1, 2, 0, 0), _module.Load(source, Again).Counts());
        Assert.Equal(
            """{"schema_validation_report":{"valid": false},"schema_validation_status":true,"checksum_value":"checksum of LOAD_3"}""",
            StoreContents.Rescued(Store, "LOAD_3"));
        Assert.Equal([["LOAD_3", oldRescued]], Database.Query(Store, "SELECT load_id, previous_rescued FROM silver_audit.superseded_load"));
        Assert.Equal([["LOAD_3", "PASSED", true, "validated again"]], Database.Query(Store, Tracking).Skip(2));
    }

    [Fact]
    public void New_and_changed_loads_of_one_run_are_both_reported()
    {
        var source = LoadThree();
        Change(source, "validation_status = 'FAILED'", "LOAD_1");
        Database.Execute(source, Staging.Insert("LOAD_4"), Staging.Insert("LOAD_5"));

        var result = _module.Load(source, Again);

        Assert.Equal((5, 2, 1, 2, 0, 0), result.Counts());
        Assert.Equal(("PartialUpdate", 5L), (result.Text("Status"), result.Value("DestinationRows")));
        Assert.Equal(
            [["LOAD_1", "FAILED", true, "validated again"], ["LOAD_2", "PASSED", false, null], ["LOAD_3", "PASSED", false, null],
             ["LOAD_4", "PASSED", false, null], ["LOAD_5", "PASSED", false, null]],
            Database.Query(Store, Tracking));
        Assert.Equal([["LOAD_1"]], Database.Query(Store, "SELECT load_id FROM silver_audit.superseded_load"));
        Assert.Equal("checksum of LOAD_5", StoreContents.RescuedValue(Store, "LOAD_5", "checksum_value"));
    }

    [Fact]
    public void Reprocessing_twice_files_two_versions()
    {
        var source = LoadThree();
        var first = ProcessingTimestamps();
        Change(source, "validation_status = 'FAILED', checksum_value = 'second'", "LOAD_1");
        _module.Load(source, "-Reprocess -Reason 'once'");
        Change(source, "validation_status = 'WAIVED', checksum_value = 'third'", "LOAD_1");

        var result = _module.Load(source, "-Reprocess -Reason 'twice'");

        Assert.Equal((3, 0, 1, 2, 0, 0), result.Counts());
        Assert.Equal(
            [["once", "PASSED", "false", null, "checksum of LOAD_1"], ["twice", "FAILED", "true", "once", "second"]],
            Database.Query(
                Store,
                """
                SELECT reason, previous->>'validation_status', previous->>'is_reprocessed', previous->>'reprocessing_reason',
                    previous_rescued->>'checksum_value'
                FROM silver_audit.superseded_load ORDER BY superseded_at
                """));
        Assert.Equal(["LOAD_1", "WAIVED", true, "twice"], Database.Query(Store, Tracking)[0]);
        Assert.Equal("third", StoreContents.RescuedValue(Store, "LOAD_1", "checksum_value"));
        Assert.Equal(first, ProcessingTimestamps());
    }

    [Theory]
    [InlineData("")]
    [InlineData(Again)]
    public void A_re_run_after_reprocessing_finds_nothing_changed(string parameters)
    {
        var source = LoadThree();
        Change(source, "validation_status = 'FAILED', schema_validation_report = '[]', checksum_value = NULL", "LOAD_1");
        _module.Load(source, Again);
        var before = StoreContents.AllButHistory(Store);

        var result = _module.Load(source, parameters);

        Assert.Equal((3, 0, 0, 3, 0, 0), result.Counts());
        Assert.Equal(("AlreadyPresent", "All data was already present (idempotent run)"), (result.Text("Status"), result.Text("Message")));
        Assert.Equal(before, StoreContents.AllButHistory(Store));
    }

    [Fact]
    public void A_source_that_lacks_columns_does_not_blank_them_out()
    {
        LoadThree();
        var old = Assert.Single(
            Database.Query(Store, $"SELECT {StoreContents.SourceFedColumns} FROM silver_staging_audit WHERE load_id = 'LOAD_1'"));
        var rescued = StoreContents.Rescued(Store, "LOAD_1");
        var fewer = Staging.CreateWith(
            _module.File("fewer.db"),
            "CREATE TABLE silver_temp_audit (load_id VARCHAR, data_source VARCHAR)",
            "INSERT INTO silver_temp_audit VALUES ('LOAD_1', 'orcid')");

        var result = _module.Load(fewer, Again);

        Assert.Equal((1, 0, 1, 0, 0, 0), result.Counts());
        Assert.Equal(
            ["LOAD_1", "orcid", .. old.Skip(2)],
            Assert.Single(Database.Query(Store, $"SELECT {StoreContents.SourceFedColumns} FROM silver_staging_audit WHERE load_id = 'LOAD_1'")));
        Assert.Equal(rescued, StoreContents.Rescued(Store, "LOAD_1"));
    }

    [Fact]
    public void A_source_that_lacks_rescued_columns_leaves_them_filed()
    {
        LoadThree();
        var fewer = Staging.CreateWith(
            _module.File("fewer.db"),
            "CREATE TABLE silver_temp_audit (load_id VARCHAR, checksum_value VARCHAR)",
            "INSERT INTO silver_temp_audit VALUES ('LOAD_1', 'other')");

        Assert.Equal((1, 0, 1, 0, 0, 0), _module.Load(fewer, Again).Counts());
        Assert.Equal(
            """{"checksum_value":"other","schema_validation_report":{"valid":true,"warnings":null},"schema_validation_status":true}""",
            Database.Scalar<string>(Store, "SELECT json(rescued) FROM silver_audit.rescued_data WHERE load_id = 'LOAD_1'"));
    }

    [Fact]
    public void The_first_load_under_Reprocess_is_an_ordinary_load()
    {
        var result = _module.Load(Staging.Create(_module.File("source.db"), "LOAD_1"), Again);

        Assert.Equal((1, 1, 0, 0, 0, 0), result.Counts());
        Assert.Equal("AllNew", result.Text("Status"));
        Assert.Equal([["LOAD_1", "PASSED", false, null]], Database.Query(Store, Tracking));
    }

    [Fact]
    public void Two_sources_of_one_pipeline_reprocess_the_same_load_one_after_the_other()
    {
        LoadThree();
        var second = Staging.Create(_module.File("second.db"), "LOAD_1");
        var third = Staging.Create(_module.File("third.db"), "LOAD_1");
        Change(second, "validation_status = 'SECOND'", "LOAD_1");
        Change(third, "validation_status = 'THIRD'", "LOAD_1");

        var results = _module.Succeed($"$args | Invoke-SilverAuditEtl -NoLog {Again}", second, third);

        Assert.Equal([(1, 0, 1, 0, 0, 0), (1, 0, 1, 0, 0, 0)], results.Select(result => result.Counts()));
        Assert.Equal(
            ["PASSED", "SECOND"],
            StoreContents.Texts(Store, "SELECT previous->>'validation_status' FROM silver_audit.superseded_load ORDER BY superseded_at"));
        Assert.Equal(["LOAD_1", "THIRD", true, "validated again"], Database.Query(Store, Tracking)[0]);
    }

    [Theory]
    [InlineData("-Reprocess", "ReasonMissing")]
    [InlineData("-Reprocess -Reason '  '", "ReasonMissing")]
    [InlineData("-Reason 'validated again'", "ReprocessMissing")]
    public void Reprocess_and_Reason_belong_together(string parameters, string errorId)
    {
        var source = Staging.Create(_module.File("source.db"), "LOAD_1");

        var caught = _module.Succeed(
            $$"""
            try { Invoke-SilverAuditEtl -LiteralPath $args[0] {{parameters}}; 'went on' }
            catch { $_.FullyQualifiedErrorId.Split(',')[0]; $_.CategoryInfo.Category }
            """,
            source);

        Assert.Equal([errorId, "InvalidArgument"], caught.Select(entry => entry.ToString()));
        Assert.Equal(["source.db"], Directory.GetFileSystemEntries(_module.Folder.Location).Select(Path.GetFileName));
    }

    private static void Change(string source, string assignments, string loadId) =>
        Database.Execute(source, $"UPDATE silver_temp_audit SET {assignments} WHERE load_id = '{loadId}'");

    private IReadOnlyList<object?[]> ProcessingTimestamps() =>
        Database.Query(Store, "SELECT load_id, original_processing_timestamp FROM silver_staging_audit ORDER BY load_id");

    private string LoadThree()
    {
        var source = Staging.Create(_module.File("source.db"), "LOAD_1", "LOAD_2", "LOAD_3");
        _module.Load(source);
        return source;
    }
}
