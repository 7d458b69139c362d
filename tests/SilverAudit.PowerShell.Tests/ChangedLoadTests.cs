namespace SilverAudit.PowerShell.Tests;

public sealed class ChangedLoadTests : IDisposable
{
    private readonly Module _module = new();

    private string Store => _module.File("silver_metadata.db");

    public void Dispose() => _module.Dispose();

    [Fact]
    public void A_changed_load_is_counted_and_not_overwritten()
    {
        var source = LoadThree();
        var before = StoreContents.AllButHistory(Store);
        Database.Execute(source, "UPDATE silver_temp_audit SET validation_status = 'FAILED' WHERE load_id IN ('LOAD_1', 'LOAD_3')");

        var result = _module.Load(source);

        Assert.Equal((3, 0, 0, 3, 2, 0), result.Counts());
        Assert.Equal(("AlreadyPresent", true), (result.Text("Status"), result.Value("Success")));
        Assert.Equal(before, StoreContents.AllButHistory(Store));
        Assert.Equal(
            [[2L]], Database.Query(Store, $"SELECT changed_rows FROM silver_audit.etl_run WHERE run_id = '{result.Text("RunId")}'"));
    }

    [Fact]
    public void New_and_changed_loads_of_one_run_are_both_counted()
    {
        var source = LoadThree();
        Database.Execute(
            source, "UPDATE silver_temp_audit SET dq_report = '{\"score\":1}' WHERE load_id = 'LOAD_2'", Staging.Insert("LOAD_4"));

        var result = _module.Load(source);

        Assert.Equal((4, 1, 0, 3, 1, 0), result.Counts());
        Assert.Equal(("PartialUpdate", "Partial update - some data was already present"), (result.Text("Status"), result.Text("Message")));
        Assert.Equal(
            """{"score":97}""", Database.Scalar<string>(Store, "SELECT dq_report FROM silver_staging_audit WHERE load_id = 'LOAD_2'"));
    }

    [Theory]
    [InlineData("data_source = 'orcid'")]
    [InlineData("ingest_timestamp = ingest_timestamp + INTERVAL 1 MICROSECOND")]
    [InlineData("query_parameters = '[]'")]
    [InlineData("audit_schema_version = 4")]
    [InlineData("audit_schema_hash_value = 'other'")]
    [InlineData("audit_schema_hash_value = NULL")]
    [InlineData("schema_validation_report = '{\"valid\": false}'")]
    [InlineData("schema_validation_report = NULL")]
    [InlineData("schema_validation_status = FALSE")]
    [InlineData("checksum_value = ''")]
    [InlineData("ingestion_time = 'NaN'")]
    [InlineData("payload_results = NULL")]
    [InlineData("validation_summary = validation_summary || ' '")]
    public void A_change_of_any_column_is_noticed(string change)
    {
        var source = LoadThree();
        Database.Execute(source, $"UPDATE silver_temp_audit SET {change} WHERE load_id = 'LOAD_2'");

        Assert.Equal((3, 0, 0, 3, 1, 0), _module.Load(source).Counts());
    }

    [Fact]
    public void A_value_that_is_filled_in_later_is_noticed()
    {
        var source = Staging.Create(_module.File("source.db"), "LOAD_1");
        Database.Execute(
            source, "UPDATE silver_temp_audit SET checksum_value = NULL, schema_validation_report = NULL, schema_validation_status = NULL");
        _module.Load(source);
        Database.Execute(source, "UPDATE silver_temp_audit SET checksum_value = 'sum'");

        Assert.Equal((1, 0, 0, 1, 1, 0), _module.Load(source).Counts());
    }

    [Fact]
    public void An_equal_load_is_not_changed_because_its_source_has_fewer_columns()
    {
        LoadThree();
        var fewer = Staging.CreateWith(
            _module.File("fewer.db"),
            "CREATE TABLE silver_temp_audit (load_id VARCHAR, data_source VARCHAR)",
            "INSERT INTO silver_temp_audit VALUES ('LOAD_1', 'scopus')");

        Assert.Equal((1, 0, 0, 1, 0, 0), _module.Load(fewer).Counts());
    }

    [Fact]
    public void A_warning_says_how_many_loads_differ_and_how_to_see_and_update_them()
    {
        var source = LoadThree();
        Database.Execute(source, "UPDATE silver_temp_audit SET validation_status = 'FAILED' WHERE load_id IN ('LOAD_1', 'LOAD_3')");

        var outcome = _module.Run("Invoke-SilverAuditEtl -LiteralPath $args[0] -NoLog", source);

        Assert.Empty(outcome.Errors);
        var warning = Assert.Single(outcome.Warnings);
        Assert.StartsWith("Loads of '" + source + "' that differ from the store and were left as they are there: 2.", warning, StringComparison.Ordinal);
        Assert.Contains("Compare-SilverAuditSource", warning, StringComparison.Ordinal);
        Assert.Contains("-Reprocess -Reason", warning, StringComparison.Ordinal);
    }

    [Fact]
    public void Equal_loads_warn_of_nothing()
    {
        var source = LoadThree();

        Assert.Empty(_module.Run("Invoke-SilverAuditEtl -LiteralPath $args[0] -NoLog", source).Warnings);
    }

    [Theory]
    [InlineData("source.db", "store.db")]
    [InlineData("it's a source.db", "the store's [1] $(1).db")]
    [InlineData("it’s ‘curly’.db", "store’.db")]
    public void The_commands_that_the_warning_names_work_as_they_stand(string sourceName, string storeName) =>
        AssertHintWorks(
            Staging.Create(_module.File(sourceName), "LOAD_1", "LOAD_2"), _module.File(storeName), "silver_temp_audit", "silver_staging_audit");

    [Theory]
    [InlineData("silver_temp_audit", "other_audit")]
    [InlineData("audit_of_today", "silver_staging_audit")]
    public void The_commands_that_the_warning_names_work_for_other_tables(string sourceTable, string destinationTable)
    {
        var source = Staging.Create(_module.File("source.db"), "LOAD_1", "LOAD_2");
        if (sourceTable != "silver_temp_audit")
            Database.Execute(source, $"ALTER TABLE silver_temp_audit RENAME TO {sourceTable}");

        AssertHintWorks(source, _module.File("store.db"), sourceTable, destinationTable);
    }

    private void AssertHintWorks(string source, string store, string sourceTable, string destinationTable)
    {
        const string Load =
            "Invoke-SilverAuditEtl -LiteralPath $args[0] -Destination $args[1] -SourceTable $args[2] -DestinationTable $args[3] -NoLog";
        _module.Succeed(Load, source, store, sourceTable, destinationTable);
        Database.Execute(source, $"UPDATE {sourceTable} SET validation_status = 'FAILED' WHERE load_id = 'LOAD_2'");
        var warning = Assert.Single(_module.Run(Load, source, store, sourceTable, destinationTable).Warnings);

        var see = Between(warning, "To see them: ", ". To update them: ");
        var update = Between(warning + "\n", ". To update them: ", "\n").TrimEnd('.');

        Assert.Equal([("LOAD_2", "Changed")], _module.Succeed(see).Select(found => (found.Text("LoadId"), found.Text("State"))));
        Assert.Equal((2, 0, 1, 1, 0, 0), Assert.Single(_module.Succeed(update + " -NoLog")).Counts());
        Assert.Empty(_module.Succeed(see));
    }

    private static string Between(string text, string start, string end)
    {
        var from = text.IndexOf(start, StringComparison.Ordinal) + start.Length;
        return text[from..text.IndexOf(end, from, StringComparison.Ordinal)];
    }

    private string LoadThree()
    {
        var source = Staging.Create(_module.File("source.db"), "LOAD_1", "LOAD_2", "LOAD_3");
        _module.Load(source);
        return source;
    }

    [Fact]
    public void A_warning_that_stops_the_pipeline_comes_after_the_result_and_undoes_nothing()
    {
        using var module = new Module();
        module.Load(Staging.Create(module.File("first.db"), "LOAD_1"));
        var changed = Staging.CreateWith(
            module.File("changed.db"),
            Staging.CreateTable, Staging.Insert("LOAD_1"), Staging.Insert("LOAD_2"),
            "UPDATE silver_temp_audit SET checksum_status = 'FAILED' WHERE load_id = 'LOAD_1'");

        var outcome = module.Run("Invoke-SilverAuditEtl -LiteralPath $args[0] -NoLog -WarningAction Stop", changed);

        Assert.StartsWith("ActionPreferenceStop", outcome.Terminating!.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(
            [["AllNew"], ["PartialUpdate"]],
            Database.Query(module.File("silver_metadata.db"), "SELECT status FROM silver_audit.etl_run ORDER BY started_at"));
    }

    [Fact]
    public void A_warning_that_nobody_is_there_to_answer_does_not_make_a_failure_of_what_was_committed()
    {
        using var module = new Module();
        module.Load(Staging.Create(module.File("first.db"), "LOAD_1"));
        Staging.CreateWith(
            module.File("changed.db"),
            Staging.CreateTable, Staging.Insert("LOAD_1"), Staging.Insert("LOAD_2"),
            "UPDATE silver_temp_audit SET checksum_status = 'FAILED' WHERE load_id = 'LOAD_1'");

        var (_, output, error) = ChildProcess.Complete(Runner.Start(
            module.Folder.Location, "Invoke-SilverAuditEtl changed.db -NoLog -WarningAction Inquire | ForEach-Object { \"$($_.Status)\" }"));

        Assert.EndsWith("\nPartialUpdate\n", output, StringComparison.Ordinal);
        Assert.Contains("nobody to answer", error, StringComparison.Ordinal);
        Assert.Equal(
            [["AllNew"], ["PartialUpdate"]],
            Database.Query(module.File("silver_metadata.db"), "SELECT status FROM silver_audit.etl_run ORDER BY started_at"));
    }
}
