using System.Management.Automation;

namespace SilverAudit.PowerShell.Tests;

/// <summary>Runs that can't be taken back: nothing changes, and the error says why and what to do.</summary>
public sealed class UndoRefusalTests : IDisposable
{
    private readonly Module _module = new();

    private string Store => _module.File("silver_metadata.db");

    public void Dispose() => _module.Dispose();

    [Fact]
    public void A_run_that_a_later_one_built_on_is_refused_with_the_loads_and_the_later_runs_named()
    {
        var source = Staging.CreateMany(_module.File("source.db"), 9);
        var first = _module.Load(source);
        Database.Execute(source, "UPDATE silver_temp_audit SET validation_status = 'FAILED' WHERE load_id <> 'LOAD_9'");
        var second = _module.Load(source, "-Reprocess -Reason 'second'");
        Database.Execute(source, "UPDATE silver_temp_audit SET validation_status = 'WAIVED' WHERE load_id = 'LOAD_2'");
        var third = _module.Load(source, "-Reprocess -Reason 'third'");

        var message = Refuse(first, "UndoConflict", ErrorCategory.InvalidOperation);

        Assert.Contains(": 8 of its loads were touched later: LOAD_1, LOAD_2, LOAD_3, LOAD_4, LOAD_5 and 3 more. ", message, StringComparison.Ordinal);
        Assert.EndsWith($"the newest first: {third.Value("RunId")}, {second.Value("RunId")}.", message, StringComparison.Ordinal);

        message = Refuse(second, "UndoConflict", ErrorCategory.InvalidOperation);
        Assert.Contains($": 1 of its loads was touched later: LOAD_2. Undo what came later first, the newest first: {third.Value("RunId")}.", message, StringComparison.Ordinal);

        _module.Undo(third);
        Refuse(first, "UndoConflict", ErrorCategory.InvalidOperation);
        _module.Undo(second);
        _module.Undo(first);
        Assert.Empty(StoreContents.LoadIds(Store));
    }

    [Fact]
    public void A_clock_that_was_set_back_hides_no_later_change()
    {
        var source = Staging.Create(_module.File("source.db"), "LOAD_1");
        var first = _module.Load(source);
        Change(source, "validation_status = 'FAILED'");
        var second = _module.Load(source, "-Reprocess -Reason 'second'");
        Change(source, "validation_status = 'WAIVED'");
        var third = _module.Load(source, "-Reprocess -Reason 'third'");
        foreach (var (run, time) in new[] { (second, "2001-01-02"), (third, "2001-01-01") })
        {
            Database.Execute(
                Store, $"UPDATE silver_audit.etl_run SET processing_timestamp = TIMESTAMP '{time}' WHERE run_id = '{run.Value("RunId")}'",
                $"UPDATE silver_audit.superseded_load SET superseded_at = TIMESTAMP '{time}' WHERE run_id = '{run.Value("RunId")}'");
        }

        Refuse(first, "UndoConflict", ErrorCategory.InvalidOperation);
        Refuse(second, "UndoConflict", ErrorCategory.InvalidOperation);
        _module.Undo(third);
        _module.Undo(second);
        _module.Undo(first);
    }

    [Fact]
    public void Loads_that_somebody_removed_are_missed()
    {
        var source = Staging.Create(_module.File("source.db"), "LOAD_1", "LOAD_2");
        var first = _module.Load(source);
        Change(source, "validation_status = 'FAILED'");
        var second = _module.Load(source, "-Reprocess -Reason 'second'");
        Database.Execute(Store, "DELETE FROM silver_staging_audit WHERE load_id = 'LOAD_1'");

        Assert.Contains("LOAD_1 (no longer there)", Refuse(second, "UndoConflict", ErrorCategory.InvalidOperation), StringComparison.Ordinal);
        Assert.Contains("loads that it inserted: 2, in the table with its processing time: 1", Refuse(first, "UndoConflict", ErrorCategory.InvalidOperation), StringComparison.Ordinal);

        _module.Load(source);
        Assert.Contains("LOAD_1 (loaded anew since)", Refuse(second, "UndoConflict", ErrorCategory.InvalidOperation), StringComparison.Ordinal);
    }

    [Fact]
    public void Versions_that_are_no_longer_filed_are_missed()
    {
        var source = Staging.Create(_module.File("source.db"), "LOAD_1");
        _module.Load(source);
        Change(source, "validation_status = 'FAILED'");
        var second = _module.Load(source, "-Reprocess -Reason 'second'");
        Database.Execute(Store, "DELETE FROM silver_audit.superseded_load");

        Assert.Contains("loads that it replaced: 1, former versions filed under it: 0", Refuse(second, "UndoConflict", ErrorCategory.InvalidOperation), StringComparison.Ordinal);
    }

    [Fact]
    public void An_undone_run_is_not_undone_again()
    {
        var run = _module.Load(Staging.Create(_module.File("source.db"), "LOAD_1"));
        var undo = _module.Undo(run);

        Assert.Contains($"it was undone already by run {undo.Value("RunId")} at ", Refuse(run, "RunNotUndoable", ErrorCategory.InvalidOperation), StringComparison.Ordinal);
    }

    [Fact]
    public void An_undo_is_not_undone()
    {
        var source = Staging.Create(_module.File("source.db"), "LOAD_1");
        var undo = _module.Undo(_module.Load(source));

        var message = Refuse(undo, "RunNotUndoable", ErrorCategory.InvalidOperation);

        Assert.Contains($"it is an undo itself. Load '{source}' again with Invoke-SilverAuditEtl", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_that_failed_did_nothing_to_undo()
    {
        _module.Load(Staging.Create(_module.File("source.db"), "LOAD_1"));
        var bad = Staging.CreateWith(_module.File("bad.db"), "CREATE TABLE silver_temp_audit AS SELECT CAST(NULL AS VARCHAR) AS load_id");
        var failed = Assert.Single(_module.Run("Invoke-SilverAuditEtl $args[0] -NoLog", bad).Output);

        Assert.Contains("it failed with SourceRowInvalid and wrote nothing", Refuse(failed, "RunNotUndoable", ErrorCategory.InvalidOperation), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SELECT 'LOAD_1' AS load_id", "AlreadyPresent")]
    [InlineData("SELECT 'LOAD_1' AS load_id LIMIT 0", "Empty")]
    [InlineData("SELECT CAST(NULL AS VARCHAR) AS load_id", "PartialUpdate")]
    public void A_run_that_changed_no_load_did_nothing_to_undo(string rows, string status)
    {
        _module.Load(Staging.CreateWith(_module.File("first.db"), "CREATE TABLE silver_temp_audit AS SELECT 'LOAD_1' AS load_id"));
        var run = _module.Load(Staging.CreateWith(_module.File("source.db"), $"CREATE TABLE silver_temp_audit AS {rows}"), "-InvalidRow Reject");
        Assert.Equal(status, run.Text("Status"));

        Assert.Contains("it inserted no load and replaced none", Refuse(run, "RunNotUndoable", ErrorCategory.InvalidOperation), StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_that_loaded_into_another_table_is_refused_with_the_right_table_named()
    {
        var source = Staging.Create(_module.File("source.db"), "LOAD_1");
        _module.Load(source);
        var run = _module.Load(source, "-DestinationTable \"it's\"");

        Assert.Contains("Add -DestinationTable 'it''s'.", Refuse(run, "RunNotUndoable", ErrorCategory.InvalidOperation), StringComparison.Ordinal);
        _module.Undo(run, "-DestinationTable 'it''s'");
    }

    [Fact]
    public void A_run_that_the_history_does_not_have_is_not_found()
    {
        var planned = _module.Load(Staging.Create(_module.File("source.db"), "LOAD_1"), "-WhatIf");
        _module.Load(_module.File("source.db"));

        Assert.Contains($"has no run {planned.Value("RunId")}", Refuse(planned, "RunNotFound", ErrorCategory.ObjectNotFound), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("CREATE TABLE notes (note VARCHAR)")]
    [InlineData("CREATE SCHEMA silver_audit", "CREATE VIEW silver_audit.etl_run AS SELECT uuid() AS run_id")]
    public void A_file_without_a_history_has_no_run_and_gets_none(params string[] statements)
    {
        Database.Execute(Store, statements);
        var bytes = File.ReadAllBytes(Store);

        Assert.Equal("RunNotFound", _module.Run("Undo-SilverAuditRun $args[0] -Reason 'why' -Confirm:$false", Guid.NewGuid()).ErrorId);
        Assert.Equal(bytes, File.ReadAllBytes(Store));
    }

    [Fact]
    public void A_store_that_is_not_there_is_not_created()
    {
        Assert.Equal("StoreNotFound", _module.Run("Undo-SilverAuditRun $args[0] -Reason 'why' -Confirm:$false", Guid.NewGuid()).ErrorId);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_module.Folder.Location));
    }

    [Fact]
    public void A_store_that_another_process_holds_is_locked()
    {
        var run = _module.Load(Staging.Create(_module.File("source.db"), "LOAD_1"));
        using (FileHolder.HoldForWriting(Store))
        {
            Assert.Equal("StoreLocked", _module.Run("Undo-SilverAuditRun $args[0] -Reason 'why' -Confirm:$false -LockTimeoutSec 0", run.Value("RunId")).ErrorId);
        }

        _module.Undo(run);
    }

    [Fact]
    public void A_column_that_a_former_version_needs_must_be_there()
    {
        var second = LoadExtraTwice("VARCHAR", "'old'", "'new'");
        Database.Execute(Store, "ALTER TABLE silver_staging_audit DROP COLUMN extra");

        Assert.Contains("has values in columns that the table has no more: extra", Refuse(second, "StoreSchemaMismatch", ErrorCategory.InvalidData), StringComparison.Ordinal);
    }

    [Fact]
    public void A_column_whose_type_no_longer_holds_a_former_value_is_refused()
    {
        var second = LoadExtraTwice("VARCHAR", "'1.75'", "'2'");
        Database.Execute(Store, "ALTER TABLE silver_staging_audit ALTER COLUMN extra TYPE INTEGER");

        Assert.Contains("the former value of extra of load LOAD_1 can't be brought back exactly as INTEGER", Refuse(second, "StoreSchemaMismatch", ErrorCategory.InvalidData), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("'[1]'")]
    [InlineData("'{\"load_id\":1,\"load_id\":2}'")]
    [InlineData("NULL")]
    public void A_filed_version_that_is_damaged_is_refused(string previous)
    {
        var source = Staging.Create(_module.File("source.db"), "LOAD_1");
        _module.Load(source);
        Change(source, "validation_status = 'FAILED'");
        var second = _module.Load(source, "-Reprocess -Reason 'second'");
        // Without a time in it, a version is taken for one of an earlier load of that name.
        Database.Execute(Store, "UPDATE silver_staging_audit SET original_processing_timestamp = NULL", $"UPDATE silver_audit.superseded_load SET previous = {previous}");

        Assert.Contains("LOAD_1 in silver_audit.superseded_load", Refuse(second, "StoreCorrupt", ErrorCategory.InvalidData), StringComparison.Ordinal);
    }

    [Fact]
    public void A_reason_is_needed()
    {
        var run = _module.Load(Staging.Create(_module.File("source.db"), "LOAD_1"));

        var blank = _module.Run("Undo-SilverAuditRun $args[0] -Reason '  ' -Confirm:$false", run.Value("RunId"));

        Assert.Equal("ReasonMissing,SilverAudit.PowerShell.UndoSilverAuditRunCommand", Assert.Single(blank.Errors).FullyQualifiedErrorId);
        Assert.Equal("ParameterArgumentValidationError", _module.Run("Undo-SilverAuditRun $args[0] -Reason $args[1] -Confirm:$false", run.Value("RunId"), "a\0b").ErrorId);
        Assert.Equal(["LOAD_1"], StoreContents.LoadIds(Store));
    }

    [Fact]
    public void A_secret_in_the_reason_is_stored_nowhere()
    {
        var run = _module.Load(Staging.Create(_module.File("source.db"), "LOAD_1"));

        var undo = Assert.Single(_module.Succeed("Undo-SilverAuditRun $args[0] -Reason 'password=hunter2' -Confirm:$false", run.Value("RunId")));

        Assert.Equal("password=***", undo.Text("Reason"));
        Assert.DoesNotContain("hunter2", StoreContents.Everything(Store), StringComparison.Ordinal);
    }

    /// <summary>Tries to undo a run, with and without -WhatIf; returns the message of the error after which all is as before.</summary>
    private string Refuse(PSObject run, string errorId, ErrorCategory category)
    {
        var before = StoreContents.Everything(Store);
        var messages = new List<string>();
        foreach (var parameter in new[] { "-WhatIf", "-Confirm:$false" })
        {
            var outcome = _module.Run($"Undo-SilverAuditRun $args[0] -Reason 'taken back' {parameter}", run.Value("RunId"));
            Assert.Equal(errorId, outcome.ErrorId);
            var error = outcome.Errors[0];
            Assert.Equal((category, Store), (error.CategoryInfo.Category, error.TargetObject));
            Assert.Empty(outcome.Output);
            messages.Add(error.Exception.Message);
        }

        Assert.Equal(before, StoreContents.Everything(Store));
        return Assert.Single(messages.Distinct());
    }

    private PSObject LoadExtraTwice(string type, string old, string current)
    {
        var source = Staging.CreateWith(
            _module.File("source.db"), $"CREATE TABLE silver_temp_audit (load_id VARCHAR, extra {type})", $"INSERT INTO silver_temp_audit VALUES ('LOAD_1', {old})");
        _module.Load(source, "-SchemaEvolution AddNewColumns");
        Change(source, $"extra = {current}");
        return _module.Load(source, "-Reprocess -Reason 'second'");
    }

    private static void Change(string source, string assignments) =>
        Database.Execute(source, $"UPDATE silver_temp_audit SET {assignments} WHERE load_id = 'LOAD_1'");
}
