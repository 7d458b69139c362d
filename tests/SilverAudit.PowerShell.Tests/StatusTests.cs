using System.Management.Automation;

namespace SilverAudit.PowerShell.Tests;

public sealed class StatusTests : IDisposable
{
    private readonly Module _module = new();

    private string Store => _module.File("silver_metadata.db");

    public void Dispose() => _module.Dispose();

    [Fact]
    public void A_source_whose_loads_are_all_new_is_AllNew()
    {
        var result = _module.Load(Staging.Create(_module.File("source.db"), "LOAD_1", "LOAD_2", "LOAD_3"));

        AssertStatus(result, "AllNew", "All source data was new");
        Assert.Equal((3, 3, 0, 0, 0, 0), result.Counts());
        Assert.Equal(3L, result.Value("DestinationRows"));
        Assert.Equal(true, result.Value("Success"));
        Assert.Null(result.Value("ErrorId"));
        Assert.Null(result.Value("Error"));
    }

    [Fact]
    public void A_run_says_what_was_loaded_from_where_to_where()
    {
        var source = Staging.Create(_module.File("source.db"), "LOAD_1");

        var result = _module.Load(source);

        Assert.Equal(
            (source, "silver_temp_audit", Store, "silver_staging_audit"),
            (result.Text("Source"), result.Text("SourceTable"), result.Text("Destination"), result.Text("DestinationTable")));
        Assert.Equal("SilverAudit.EtlResult", result.TypeNames[0]);
    }

    [Fact]
    public void A_re_run_is_AlreadyPresent_and_changes_no_row()
    {
        var source = Staging.Create(_module.File("source.db"), "LOAD_1", "LOAD_2", "LOAD_3");
        _module.Load(source);
        var before = StoreContents.AllButHistory(Store);

        var result = _module.Load(source);

        AssertStatus(result, "AlreadyPresent", "All data was already present (idempotent run)");
        Assert.Equal((3, 0, 0, 3, 0, 0), result.Counts());
        Assert.Equal(3L, result.Value("DestinationRows"));
        Assert.Equal(before, StoreContents.AllButHistory(Store));
    }

    [Fact]
    public void An_overlap_is_a_PartialUpdate_that_adds_the_new_loads_only()
    {
        _module.Load(Staging.Create(_module.File("first.db"), "LOAD_1", "LOAD_2", "LOAD_3"));
        var before = StoreContents.Rows(Store, "silver_staging_audit");

        var result = _module.Load(Staging.Create(_module.File("second.db"), "LOAD_2", "LOAD_3", "LOAD_4", "LOAD_5"));

        AssertStatus(result, "PartialUpdate", "Partial update - some data was already present");
        Assert.Equal((4, 2, 0, 2, 0, 0), result.Counts());
        Assert.Equal(5L, result.Value("DestinationRows"));
        Assert.Equal(["LOAD_1", "LOAD_2", "LOAD_3", "LOAD_4", "LOAD_5"], StoreContents.LoadIds(Store));
        Assert.Equal(before, StoreContents.Rows(Store, "silver_staging_audit").Take(3));
        Assert.Equal("checksum of LOAD_3", StoreContents.RescuedValue(Store, "LOAD_3", "checksum_value"));
    }

    [Fact]
    public void An_empty_source_is_Empty_and_no_failure()
    {
        var result = _module.Load(Staging.Create(_module.File("source.db")));

        Assert.Equal("Empty", result.Text("Status"));
        Assert.Equal((0, 0, 0, 0, 0, 0), result.Counts());
        Assert.Equal(0L, result.Value("DestinationRows"));
        Assert.Equal(20, result.Value("DestinationColumns"));
        Assert.Equal(true, result.Value("Success"));
        Assert.Empty(StoreContents.LoadIds(Store));
        Assert.Equal([["Empty", 0L, 0L]], Database.Query(Store, "SELECT status, source_rows, destination_rows FROM silver_audit.etl_run"));
    }

    [Fact]
    public void An_empty_source_leaves_a_filled_store_as_it_is()
    {
        _module.Load(Staging.Create(_module.File("first.db"), "LOAD_1", "LOAD_2"));
        var before = StoreContents.AllButHistory(Store);

        var result = _module.Load(Staging.Create(_module.File("empty.db")));

        Assert.Equal("Empty", result.Text("Status"));
        Assert.Equal(2L, result.Value("DestinationRows"));
        Assert.Equal(before, StoreContents.AllButHistory(Store));
    }

    [Fact]
    public void The_samples_load_as_their_description_says()
    {
        CopySamples();

        var first = _module.Succeed("Invoke-SilverAuditEtl batch?.db -NoLog");
        var content = StoreContents.AllButHistory(Store);
        var second = _module.Succeed("Invoke-SilverAuditEtl batch?.db -NoLog");

        Assert.Equal(
            [("AllNew", 5, 5, 0, 5), ("PartialUpdate", 6, 4, 2, 9), ("AllNew", 4, 4, 0, 13)],
            first.Select(Summary));
        Assert.Equal(
            [("AlreadyPresent", 5, 0, 5, 13), ("AlreadyPresent", 6, 0, 6, 13), ("AlreadyPresent", 4, 0, 4, 13)],
            second.Select(Summary));
        Assert.Equal(13, StoreContents.LoadIds(Store).Count);
        Assert.Equal(content, StoreContents.AllButHistory(Store));
    }

    [Fact]
    public void The_counts_of_every_result_add_up_and_stand_in_the_history()
    {
        var changed = Staging.Create(_module.File("changed.db"), "LOAD_1", "LOAD_2", "LOAD_6");
        Database.Execute(changed, "UPDATE silver_temp_audit SET validation_status = 'FAILED' WHERE load_id = 'LOAD_2'");
        var bad = Staging.CreateWith(
            _module.File("bad.db"),
            "CREATE TABLE silver_temp_audit (load_id VARCHAR, audit_schema_version VARCHAR)",
            "INSERT INTO silver_temp_audit VALUES ('LOAD_7', '3'), ('LOAD_8', 'x'), (NULL, '3'), ('LOAD_9', '1'), ('LOAD_9', '1'), ('LOAD_1', '4')");
        File.WriteAllText(_module.File("text.db"), "no database");
        string[] sources =
        [
            Staging.Create(_module.File("new.db"), "LOAD_1", "LOAD_2", "LOAD_3"), _module.File("new.db"), changed, _module.File("text.db"),
            Staging.Create(_module.File("empty.db")), bad,
        ];

        var results = _module.Run("$args | Invoke-SilverAuditEtl -NoLog -InvalidRow Reject", [.. sources]).Output
            .Append(_module.Load(changed, "-Reprocess -Reason 'validated again'")).ToList();

        Assert.Equal(
            [
                (3, 3, 0, 0, 0, 0), (3, 0, 0, 3, 0, 0), (3, 1, 0, 2, 1, 0), (0, 0, 0, 0, 0, 0),
                (0, 0, 0, 0, 0, 0), (6, 2, 0, 2, 1, 2), (3, 0, 1, 2, 0, 0),
            ],
            results.Select(result => result.Counts()));
        Assert.All(results, result =>
        {
            var (source, inserted, updated, skipped, changedRows, rejected) = result.Counts();
            Assert.Equal(source, inserted + updated + skipped + rejected);
            Assert.InRange(changedRows, 0, skipped);
        });
        Assert.Equal(
            results.Select(HistoryOf),
            Database.Query(
                Store,
                """
                SELECT run_id, source, source_table, destination_table, status, message, source_rows, inserted_rows, updated_rows, skipped_rows,
                    changed_rows, rejected_rows, destination_rows, error_id, error
                FROM silver_audit.etl_run ORDER BY started_at
                """));
    }

    [Fact]
    public void The_history_says_who_ran_what_where_and_why()
    {
        var source = Staging.Create(_module.File("source.db"), "LOAD_1");
        _module.Load(source);
        Database.Execute(source, "UPDATE silver_temp_audit SET validation_status = 'FAILED'");
        _module.Load(source, "-Reprocess -Reason 'validated again'");

        Assert.Equal(
            [
                [null, Environment.UserName, Environment.MachineName, Environment.ProcessId, ModuleVersion()],
                ["validated again", Environment.UserName, Environment.MachineName, Environment.ProcessId, ModuleVersion()],
            ],
            Database.Query(
                Store,
                """
                SELECT reprocessing_reason, user_name, host_name, process_id, module_version
                FROM silver_audit.etl_run ORDER BY started_at
                """));
    }

    private static void AssertStatus(PSObject result, string status, string message) =>
        Assert.Equal((status, message), (result.Text("Status"), result.Text("Message")));

    private static (string, long, long, long, long) Summary(PSObject result) =>
        (result.Text("Status"), result.Value<long>("SourceRows"), result.Value<long>("InsertedRows"),
         result.Value<long>("SkippedRows"), result.Value<long>("DestinationRows"));

    private static object?[] HistoryOf(PSObject result) =>
    [
        result.Value("RunId"), result.Value("Source"), result.Value("SourceTable"), result.Value("DestinationTable"), result.Text("Status"),
        result.Value("Message"), result.Value("SourceRows"), result.Value("InsertedRows"), result.Value("UpdatedRows"), result.Value("SkippedRows"),
        result.Value("ChangedRows"), result.Value("RejectedRows"), result.Value("DestinationRows"), result.Value("ErrorId"), result.Value("Error"),
    ];

    private string ModuleVersion() => _module.Succeed("(Get-Module SilverAudit.PowerShell).Version.ToString()")[0].ToString();

    private void CopySamples()
    {
        foreach (var sample in new[] { "batch1.db", "batch2.db", "batch3.db" })
            File.Copy(Path.Combine(Module.SamplesPath, sample), _module.File(sample));
    }
}
