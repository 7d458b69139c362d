namespace SilverAudit.PowerShell.Tests;

/// <summary>What Undo-SilverAuditRun takes back, and what it leaves behind.</summary>
public sealed class UndoTests : IDisposable
{
    private readonly Module _module = new();

    private string Store => _module.File("silver_metadata.db");

    public void Dispose() => _module.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("-Isolated")]
    public void Loads_that_the_run_inserted_leave_the_table_and_their_rescued_values_with_them(string parameters)
    {
        _module.Load(Staging.Create(_module.File("first.db"), "FIRST"));
        var before = StoreContents.Bytes(Store);
        var run = _module.Load(Staging.Create(_module.File("second.db"), "LOAD_1", "LOAD_2"));

        var undo = _module.Undo(run, parameters);

        Assert.Equal((2L, 0L, 1L), (undo.Value<long>("RemovedLoads"), undo.Value<long>("RestoredLoads"), undo.Value<long>("DestinationRows")));
        Assert.Equal(before, StoreContents.Bytes(Store));
        Assert.Equal(["FIRST"], StoreContents.LoadIds(Store));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-Isolated")]
    public void Versions_that_the_run_replaced_come_back(string parameters)
    {
        var source = Staging.Create(_module.File("source.db"), "LOAD_1", "LOAD_2", "LOAD_3");
        _module.Load(source);
        var before = StoreContents.Bytes(Store);
        Change(source, "validation_status = 'FAILED', ingestion_time = 'nan', checksum_value = NULL, schema_validation_report = '[ 1.50]'", "LOAD_1");
        Change(source, "schema_validation_report = NULL, schema_validation_status = NULL, checksum_value = NULL", "LOAD_2");
        var run = _module.Load(source, "-Reprocess -Reason 'validated again'");
        Assert.Equal(2, run.Value<long>("UpdatedRows"));

        var undo = _module.Undo(run, parameters);

        Assert.Equal((0L, 2L, 3L), (undo.Value<long>("RemovedLoads"), undo.Value<long>("RestoredLoads"), undo.Value<long>("DestinationRows")));
        Assert.Equal(before, StoreContents.Bytes(Store));
    }

    [Fact]
    public void A_run_that_inserted_and_replaced_is_taken_back_whole()
    {
        var source = Staging.Create(_module.File("source.db"), "LOAD_1", "LOAD_2");
        _module.Load(source);
        var before = StoreContents.Bytes(Store);
        Change(source, "data_source = 'orcid'", "LOAD_1");
        Database.Execute(source, Staging.Insert("LOAD_3"));
        var run = _module.Load(source, "-Reprocess -Reason 'more'");
        Assert.Equal((3, 1, 1, 1, 0, 0), run.Counts());

        var undo = _module.Undo(run);

        Assert.Equal("Undone: 1 inserted load removed, 1 version restored", undo.Text("Message"));
        Assert.Equal(before, StoreContents.Bytes(Store));
    }

    [Fact]
    public void What_is_taken_back_is_filed_under_the_undo()
    {
        var source = Staging.Create(_module.File("source.db"), "LOAD_1");
        _module.Load(source);
        Change(source, "validation_status = 'FAILED', checksum_value = 'second'", "LOAD_1");
        Database.Execute(source, Staging.Insert("LOAD_2"));
        var run = _module.Load(source, "-Reprocess -Reason 'validated again'");

        var undo = _module.Undo(run);

        Assert.Equal(
            [
                ["LOAD_1", "taken back", "FAILED", "true", "validated again", "second"],
                ["LOAD_2", "taken back", "PASSED", "false", null, "checksum of LOAD_2"],
            ],
            Database.Query(
                Store,
                $"""
                SELECT load_id, reason, previous->>'validation_status', previous->>'is_reprocessed', previous->>'reprocessing_reason', previous_rescued->>'checksum_value'
                FROM silver_audit.superseded_load JOIN silver_audit.etl_run AS r USING (run_id)
                WHERE run_id = '{undo.Value("RunId")}' AND superseded_at = r.processing_timestamp ORDER BY load_id
                """));
        Assert.Equal(3, Database.Scalar<int>(Store, "SELECT count(*) FROM silver_audit.superseded_load"));
    }

    [Fact]
    public void The_undo_is_a_run_of_the_history()
    {
        var source = Staging.Create(_module.File("source.db"), "LOAD_1", "LOAD_2");
        _module.Load(source);
        Change(source, "validation_status = 'FAILED'", "LOAD_1");
        var run = _module.Load(source, "-Reprocess -Reason 'validated again'");

        var undo = _module.Undo(run);

        Assert.Equal(
            [
                [
                    undo.Value("RunId"), run.Value("RunId"), "Undo", "Undone: 0 inserted loads removed, 1 version restored", source, "silver_temp_audit",
                    "silver_staging_audit", 1L, 0L, 1L, 0L, 0L, 0L, 2L, "taken back", Environment.UserName, Environment.MachineName,
                ],
            ],
            Database.Query(
                Store,
                """
                SELECT run_id, undone_run_id, status, message, source, source_table, destination_table, source_rows, inserted_rows, updated_rows,
                    skipped_rows, changed_rows, rejected_rows, destination_rows, reprocessing_reason, user_name, host_name
                FROM silver_audit.etl_run WHERE undone_run_id IS NOT NULL
                """));
        Assert.Equal(
            [[3L, 3L, 0L]],
            Database.Query(
                Store,
                "SELECT count(*), count(DISTINCT processing_timestamp), count(*) FILTER (WHERE source_rows <> inserted_rows + updated_rows + skipped_rows + rejected_rows) FROM silver_audit.etl_run"));
    }

    [Fact]
    public void The_result_says_what_was_done_and_where()
    {
        var source = Staging.Create(_module.File("source.db"), "LOAD_1");
        var run = _module.Load(source);

        var undo = _module.Undo(run);

        Assert.Equal("SilverAudit.UndoResult", undo.TypeNames[0]);
        Assert.Equal(
            (run.Value("RunId"), source, "silver_temp_audit", Store, "silver_staging_audit", "Undone", "taken back"),
            (undo.Value("UndoneRunId"), undo.Text("Source"), undo.Text("SourceTable"), undo.Text("Destination"), undo.Text("DestinationTable"), undo.Text("Status"), undo.Text("Reason")));
        Assert.NotEqual(run.Value("RunId"), undo.Value("RunId"));
        Assert.Equal(DateTimeKind.Utc, undo.Value<DateTime>("StartedAt").Kind);
    }

    [Theory]
    [InlineData("Rescue")]
    [InlineData("AddNewColumns")]
    public void Runs_undone_newest_first_lead_back_step_by_step_to_the_start(string policy)
    {
        var source = Staging.Create(_module.File("source.db"), "LOAD_1", "LOAD_2", "LOAD_3");
        var states = new List<IReadOnlyList<string>>();
        var runs = new List<System.Management.Automation.PSObject>();
        Run();
        Change(source, "validation_status = 'FAILED', checksum_value = 'second'", "LOAD_1");
        Run();
        Change(source, "validation_status = 'WAIVED', checksum_value = 'third'", "LOAD_1");
        Change(source, "dq_report = '{\"score\": 1.50}'", "LOAD_2");
        Database.Execute(source, Staging.Insert("LOAD_4"));
        Run();
        Change(source, "checksum_value = 'fourth'", "LOAD_4");
        Run();
        Assert.Equal([0L, 1L, 2L, 1L], runs.Select(run => run.Value<long>("UpdatedRows")));

        for (var last = runs.Count - 1; last > 0; last--)
        {
            _module.Undo(runs[last]);
            Assert.Equal(states[last - 1], StoreContents.Bytes(Store));
        }

        _module.Undo(runs[0]);
        Assert.Empty(StoreContents.Bytes(Store));

        void Run()
        {
            runs.Add(_module.Load(source, $"-SchemaEvolution {policy} -Reprocess -Reason 'run {runs.Count}'"));
            states.Add(StoreContents.Bytes(Store));
        }
    }

    [Fact]
    public void A_reprocessing_and_its_undo_cancel_out_also_when_it_is_done_over_and_over()
    {
        var source = Staging.Create(_module.File("source.db"), "LOAD_1");
        var first = _module.Load(source);
        var before = StoreContents.Bytes(Store);
        foreach (var round in Enumerable.Range(1, 3))
        {
            Change(source, $"validation_status = 'ROUND {round}'", "LOAD_1");
            _module.Undo(_module.Load(source, "-Reprocess -Reason 'again'"));
            Assert.Equal(before, StoreContents.Bytes(Store));
        }

        Assert.Equal(1, _module.Undo(first).Value<long>("RemovedLoads"));
    }

    [Fact]
    public void A_load_that_was_undone_and_is_loaded_again_is_a_plain_insert()
    {
        var source = Staging.Create(_module.File("source.db"), "LOAD_1", "LOAD_2");
        _module.Load(source);
        var loaded = StoreContents.Loaded(Store);
        _module.Undo(_module.Load(Staging.Create(_module.File("other.db"), "OTHER")));
        _module.Undo(_module.Load(_module.File("other.db")));

        var again = _module.Load(_module.File("other.db"));

        Assert.Equal(((1, 1, 0, 0, 0, 0), "AllNew", 3L), (again.Counts(), again.Text("Status"), again.Value("DestinationRows")));
        Assert.Equal((1, 0, 0, 1, 0, 0), _module.Load(_module.File("other.db")).Counts());
        _module.Undo(again);
        Assert.Equal(loaded, StoreContents.Loaded(Store));
    }

    [Fact]
    public void Comparisons_and_plans_are_right_after_an_undo()
    {
        var source = Staging.Create(_module.File("source.db"), "LOAD_1", "LOAD_2");
        _module.Load(source);
        Change(source, "validation_status = 'FAILED', checksum_value = 'second'", "LOAD_1");
        Database.Execute(source, Staging.Insert("LOAD_3"));

        _module.Undo(_module.Load(source, "-Reprocess -Reason 'validated again'"));

        Assert.Equal(
            [("LOAD_1", "Changed"), ("LOAD_3", "SourceOnly")],
            _module.Succeed("Compare-SilverAuditSource $args[0]", source).Select(load => (load.Text("LoadId"), load.Text("State"))));
        Assert.Equal((3, 1, 0, 2, 1, 0), _module.Load(source, "-WhatIf").Counts());
        Assert.Equal((3, 1, 1, 1, 0, 0), _module.Load(source, "-WhatIf -Reprocess -Reason 'again'").Counts());
        Assert.Equal((3, 1, 1, 1, 0, 0), _module.Load(source, "-Reprocess -Reason 'again'").Counts());
    }

    [Fact]
    public void Rejected_rows_stay_filed()
    {
        var source = Staging.CreateWith(
            _module.File("source.db"), "CREATE TABLE silver_temp_audit (load_id VARCHAR, data_source VARCHAR)",
            "INSERT INTO silver_temp_audit VALUES ('LOAD_1', 'scopus'), (NULL, 'nobody')");
        var run = _module.Load(source, "-InvalidRow Reject");

        _module.Undo(run);

        Assert.Equal([[run.Value("RunId")]], Database.Query(Store, "SELECT run_id FROM silver_audit.rejected_row"));
        Assert.Empty(StoreContents.LoadIds(Store));
    }

    [Fact]
    public void Columns_that_the_run_added_stay_and_are_empty()
    {
        var old = Staging.CreateWith(
            _module.File("old.db"), "CREATE TABLE silver_temp_audit (load_id VARCHAR, data_source VARCHAR)", "INSERT INTO silver_temp_audit VALUES ('LOAD_1', 'scopus')");
        _module.Load(old);
        var before = StoreContents.Bytes(Store);
        var run = _module.Load(
            Staging.CreateWith(
                _module.File("new.db"), "CREATE TABLE silver_temp_audit (load_id VARCHAR, data_source VARCHAR, extra STRUCT(a INTEGER, b VARCHAR), remark VARCHAR)",
                "INSERT INTO silver_temp_audit VALUES ('LOAD_1', 'orcid', {'a': 1, 'b': 'x'}, 'new'), ('LOAD_2', 'orcid', NULL, NULL)"),
            "-SchemaEvolution AddNewColumns -Reprocess -Reason 'more is known'");

        _module.Undo(run);

        Assert.Equal([["LOAD_1", "scopus", null, null]], Database.Query(Store, "SELECT load_id, data_source, extra, remark FROM silver_staging_audit"));
        Assert.Equal(before, StoreContents.Bytes(Store));
    }

    [Fact]
    public void Two_tables_of_one_store_are_undone_each_by_itself()
    {
        var source = Staging.Create(_module.File("source.db"), "LOAD_1");
        var run = _module.Load(source);
        var other = _module.Load(source, "-DestinationTable other_audit");

        _module.Undo(run);

        Assert.Empty(StoreContents.LoadIds(Store));
        Assert.Equal(["LOAD_1"], StoreContents.LoadIds(Store, "other_audit"));
        Assert.Equal([[other.Value("RunId")]], Database.Query(Store, "SELECT run_id FROM silver_audit.rescued_data"));

        _module.Undo(other, "-DestinationTable OTHER_AUDIT");
        Assert.Empty(StoreContents.LoadIds(Store, "other_audit"));
        Assert.Equal(0, Database.Scalar<int>(Store, "SELECT count(*) FROM silver_audit.rescued_data"));
    }

    [Fact]
    public void A_later_reprocessing_in_another_table_is_no_conflict()
    {
        var source = Staging.CreateWith(
            _module.File("source.db"), "CREATE TABLE silver_temp_audit (load_id VARCHAR, data_source VARCHAR)", "INSERT INTO silver_temp_audit VALUES ('LOAD_1', 'scopus')");
        var run = _module.Load(source);
        _module.Load(source, "-DestinationTable other_audit");
        Change(source, "data_source = 'orcid'", "LOAD_1");
        _module.Load(source, "-DestinationTable other_audit -Reprocess -Reason 'there only'");

        Assert.Equal(1, _module.Undo(run).Value<long>("RemovedLoads"));
        Assert.Equal(["orcid"], StoreContents.Texts(Store, "SELECT data_source FROM other_audit"));
    }

    private static void Change(string source, string assignments, string loadId) =>
        Database.Execute(source, $"UPDATE silver_temp_audit SET {assignments} WHERE load_id = '{loadId}'");
}
