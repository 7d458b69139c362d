using System.Management.Automation;
using System.Text.RegularExpressions;

namespace SilverAudit.PowerShell.Tests;

public sealed class LockErrorTests : IDisposable
{
    private const string Waiting = "Waiting up to";

    private readonly Module _module = new();
    private readonly string _source;

    public LockErrorTests() => _source = Staging.Create(_module.File("source.db"), "LOAD_1");

    private string Store => _module.File("silver_metadata.db");

    public void Dispose() => _module.Dispose();

    [Fact]
    public void A_source_that_is_held_longer_than_the_timeout_is_an_error_that_names_the_holder()
    {
        using var holder = FileHolder.HoldForWriting(_source);

        var message = FailedLoad.Expect(_module, _source, "SourceLocked", ErrorCategory.ResourceBusy, _source, "-LockTimeoutSec 1");

        AssertNamesHolder(holder, message);
    }

    [Fact]
    public void A_source_that_is_held_is_looked_at_once_with_a_timeout_of_zero()
    {
        using var holder = FileHolder.HoldForWriting(_source);

        var outcome = _module.Run("Invoke-SilverAuditEtl source.db -NoLog -LockTimeoutSec 0 -Verbose");

        Assert.Equal("SourceLocked", outcome.ErrorId);
        Assert.DoesNotContain(outcome.Verbose, message => message.StartsWith(Waiting, StringComparison.Ordinal));
    }

    [Fact]
    public void A_source_that_another_process_reads_is_free_to_be_read()
    {
        using var holder = FileHolder.HoldForReading(_source);

        Assert.Equal("AllNew", _module.Load(_source, "-LockTimeoutSec 0").Text("Status"));
    }

    [Fact]
    public void A_source_that_becomes_free_in_time_is_loaded()
    {
        var outcome = RunAndReleaseOnWait(_source, "Invoke-SilverAuditEtl source.db -NoLog -LockTimeoutSec 300 -Verbose");

        Assert.Equal("AllNew", outcome.Text("Status"));
        Assert.Equal((1, 1, 0, 0, 0, 0), outcome.Counts());
    }

    [Fact]
    public void A_source_that_is_held_does_not_stop_the_next_one()
    {
        var next = Staging.Create(_module.File("next.db"), "LOAD_2");
        using var holder = FileHolder.HoldForWriting(_source);

        var outcome = _module.Run("$args | Invoke-SilverAuditEtl -NoLog -LockTimeoutSec 0", _source, next);

        Assert.Equal("SourceLocked", outcome.ErrorId);
        Assert.Equal(["Failed", "AllNew"], outcome.Output.Select(result => result.Text("Status")));
    }

    [Theory]
    [InlineData("Compare-SilverAuditSource source.db -LockTimeoutSec 1", "CompareSilverAuditSourceCommand")]
    [InlineData("Invoke-SilverAuditEtl source.db -NoLog -LockTimeoutSec 1 -WhatIf", "InvokeSilverAuditEtlCommand")]
    public void Comparing_and_planning_wait_for_a_source_and_fail_as_loading_does(string command, string cmdlet)
    {
        using var holder = FileHolder.HoldForWriting(_source);

        var outcome = _module.Run(command);

        var error = Assert.Single(outcome.Errors);
        Assert.Equal($"SourceLocked,SilverAudit.PowerShell.{cmdlet}", error.FullyQualifiedErrorId);
        AssertNamesHolder(holder, error.Exception.Message);
    }

    [Fact]
    public void A_store_that_is_held_longer_than_the_timeout_is_an_error_that_names_the_holder()
    {
        CreateStore();
        using var holder = FileHolder.HoldForWriting(Store);

        var message = FailedLoad.Expect(_module, _source, "StoreLocked", ErrorCategory.ResourceBusy, Store, "-LockTimeoutSec 1");

        AssertNamesHolder(holder, message);
    }

    [Fact]
    public void A_store_that_another_process_reads_can_be_read_but_not_written()
    {
        CreateStore();
        using var holder = FileHolder.HoldForReading(Store);

        Assert.Equal("EARLIER", Assert.Single(_module.Succeed("Get-SilverAuditLoad -LockTimeoutSec 0")).Value("LoadId"));
        Assert.Equal("SourceOnly", Assert.Single(_module.Succeed("Compare-SilverAuditSource source.db -LockTimeoutSec 0")).Text("State"));
        AssertNamesHolder(holder, FailedLoad.Expect(_module, _source, "StoreLocked", ErrorCategory.ResourceBusy, Store, "-LockTimeoutSec 1"));
    }

    [Theory]
    [InlineData("Get-SilverAuditLoad -LockTimeoutSec 1", "GetSilverAuditLoadCommand")]
    [InlineData("Compare-SilverAuditSource source.db -LockTimeoutSec 1", "CompareSilverAuditSourceCommand")]
    [InlineData("Remove-OrphanStagingTable -LockTimeoutSec 1", "RemoveOrphanStagingTableCommand")]
    [InlineData("Invoke-SilverAuditEtl source.db -NoLog -LockTimeoutSec 1 -WhatIf", "InvokeSilverAuditEtlCommand")]
    public void Every_command_says_who_holds_the_store(string command, string cmdlet)
    {
        CreateStore();
        using var holder = FileHolder.HoldForWriting(Store);

        var outcome = _module.Run(command);

        var error = Assert.Single(outcome.Errors);
        Assert.Equal($"StoreLocked,SilverAudit.PowerShell.{cmdlet}", error.FullyQualifiedErrorId);
        Assert.Equal(ErrorCategory.ResourceBusy, error.CategoryInfo.Category);
        Assert.Equal(Store, error.TargetObject);
        AssertNamesHolder(holder, error.Exception.Message);
    }

    [Fact]
    public void A_store_that_becomes_free_in_time_is_written()
    {
        CreateStore();

        var result = RunAndReleaseOnWait(Store, "Invoke-SilverAuditEtl source.db -NoLog -LockTimeoutSec 300 -Verbose");

        Assert.Equal("AllNew", result.Text("Status"));
        Assert.Equal(2, result.Value<long>("DestinationRows"));
    }

    [Fact]
    public void A_store_that_becomes_free_in_time_is_read()
    {
        CreateStore();

        Assert.Equal("EARLIER", RunAndReleaseOnWait(Store, "Get-SilverAuditLoad -LockTimeoutSec 300 -Verbose").Value("LoadId"));
    }

    [Fact]
    public void Only_the_first_source_of_a_pipeline_waits_for_a_store_that_is_held()
    {
        CreateStore();
        var sources = Enumerable.Range(1, 5).Select(number => Staging.Create(_module.File($"batch{number}.db"), $"LOAD_{number}")).ToArray<object>();
        using var holder = FileHolder.HoldForWriting(Store);

        var outcome = _module.Run("$args | Invoke-SilverAuditEtl -NoLog -LockTimeoutSec 1 -Verbose", sources);

        Assert.Equal(Enumerable.Repeat("StoreLocked", 5), outcome.Errors.Select(error => error.FullyQualifiedErrorId.Split(',')[0]));
        Assert.Equal(Enumerable.Repeat("Failed", 5), outcome.Output.Select(result => result.Text("Status")));
        Assert.Single(outcome.Verbose, message => message.StartsWith(Waiting, StringComparison.Ordinal));
    }

    [Fact]
    public void Sources_after_a_store_was_freed_load_and_the_failed_one_is_in_the_history()
    {
        CreateStore();
        var next = Staging.Create(_module.File("next.db"), "LOAD_2");
        using var holder = FileHolder.HoldForWriting(Store);

        var outcome = _module.Run(
            "$free = $args[2]; $args[0..1] | Invoke-SilverAuditEtl -NoLog -LockTimeoutSec 1 | ForEach-Object { $free.Invoke(); $_ }",
            _source, next, new Action(holder.Release));

        Assert.Equal("StoreLocked", outcome.ErrorId);
        Assert.Equal(["Failed", "AllNew"], outcome.Output.Select(result => result.Text("Status")));
        Assert.Equal(
            [["AllNew", null], ["Failed", "StoreLocked"], ["AllNew", null]],
            Database.Query(Store, "SELECT status, error_id FROM silver_audit.etl_run ORDER BY started_at"));
    }

    [Fact]
    public void A_store_whose_engine_was_given_up_by_one_pipeline_is_kept_from_others_while_another_still_has_it()
    {
        var many = Staging.CreateMany(_module.File("many.db"), 20_000);
        _module.Load(many);
        DatabaseFile.DamageColumns(Store, "silver_audit.rescued_data", "rescued");
        Staging.CreateWith(_module.File("first.db"), "CREATE TABLE silver_temp_audit AS SELECT 'FIRST' AS load_id");
        Staging.CreateWith(_module.File("later.db"), "CREATE TABLE silver_temp_audit AS SELECT 'LATER' AS load_id");

        var outcome = _module.Run(
            "Invoke-SilverAuditEtl first.db -NoLog | ForEach-Object { $_; Invoke-SilverAuditEtl many.db, later.db -NoLog -LockTimeoutSec 0 }");

        Assert.Equal(["AllNew", "Failed", "Failed"], outcome.Output.Select(result => result.Text("Status")));
        Assert.Equal(["StoreCorrupt", "StoreLocked"], outcome.Errors.Select(error => error.FullyQualifiedErrorId.Split(',')[0]));
        Assert.Equal("AllNew", _module.Load(_module.File("later.db")).Text("Status"));
    }

    [Fact]
    public void A_store_that_another_pipeline_of_the_process_writes_is_no_source_meanwhile()
    {
        CreateStore();

        var outcome = _module.Run(
            "Invoke-SilverAuditEtl source.db -NoLog | ForEach-Object { Invoke-SilverAuditEtl -LiteralPath silver_metadata.db -SourceTable silver_staging_audit -Destination other.db -NoLog }");

        Assert.Equal("SourceLocked", outcome.ErrorId);
        Assert.Equal("Failed", Assert.Single(outcome.Output).Text("Status"));
    }

    [Fact]
    public async Task A_store_that_another_pipeline_of_the_process_keeps_open_is_locked_until_that_has_ended()
    {
        CreateStore();
        using var other = new Module();
        using var isPlanning = new ManualResetEventSlim();
        using var mayEnd = new ManualResetEventSlim();
        Task? planning = null;

        // The plan looks at the tables of all files while the store is attached, and its transaction then keeps the file open.
        _module.Succeed("$plan = $args[0]; Invoke-SilverAuditEtl source.db -NoLog | ForEach-Object { $plan.Invoke() }", new Action(() =>
        {
            planning = Task.Run(() => Plan(other, isPlanning, mayEnd));
            Assert.True(isPlanning.Wait(TimeSpan.FromMinutes(2)));
        }));
        try
        {
            var message = FailedLoad.Expect(_module, _source, "StoreLocked", ErrorCategory.ResourceBusy, Store, "-LockTimeoutSec 1");
            Assert.Contains("is in use by another pipeline of this process", message, StringComparison.Ordinal);
        }
        finally
        {
            mayEnd.Set();
            await planning!;
        }

        Assert.Equal("AlreadyPresent", _module.Load(_source).Text("Status"));
    }

    private void Plan(Module session, ManualResetEventSlim isPlanning, ManualResetEventSlim mayEnd)
    {
        using var shell = session.NewShell("Invoke-SilverAuditEtl $args[0] -Destination $args[1] -WhatIf -Debug", _source, Store);
        shell.Streams.Debug.DataAdded += (_, e) =>
        {
            if (!shell.Streams.Debug[e.Index].Message.StartsWith("MERGE", StringComparison.Ordinal))
                return;
            isPlanning.Set();
            Assert.True(mayEnd.Wait(TimeSpan.FromMinutes(2)));
        };
        shell.Invoke();
        Assert.Empty(shell.Streams.Error);
    }

    private void CreateStore() => _module.Load(Staging.Create(_module.File("earlier.db"), "EARLIER"));

    /// <summary>Holds a file, runs a script, and lets the file go when the module reports that it waits for it.</summary>
    private PSObject RunAndReleaseOnWait(string file, string script)
    {
        using var holder = FileHolder.HoldForWriting(file);
        using var shell = _module.NewShell(script);
        var waited = false;
        shell.Streams.Verbose.DataAdded += (_, e) =>
        {
            var message = shell.Streams.Verbose[e.Index].Message;
            if (!message.StartsWith(Waiting, StringComparison.Ordinal))
                return;
            Assert.Contains(file, message, StringComparison.Ordinal);
            waited = true;
            holder.Release();
        };

        var output = shell.Invoke();

        Assert.True(waited);
        Assert.Empty(shell.Streams.Error);
        return Assert.Single(output);
    }

    // The system tells who holds a lock on Linux only.
    private static void AssertNamesHolder(FileHolder holder, string message)
    {
        Assert.Contains("-LockTimeoutSec", message, StringComparison.Ordinal);
        if (OperatingSystem.IsLinux())
            Assert.Matches(new Regex($@"is in use by process {holder.ProcessId} \(.*dotnet\)"), message);
    }
}
