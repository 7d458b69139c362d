using System.Management.Automation;

namespace SilverAudit.PowerShell.Tests;

/// <summary>
/// Somebody removes or replaces the store while a pipeline writes it. The engine would go on writing to the file that has lost its
/// place, and say that all is well.
/// </summary>
public sealed class StoreReplacedTests : IDisposable
{
    private const string Reason = "Windows lets nobody remove or replace a file that is open.";

    private readonly Module _module = new();

    public StoreReplacedTests() => Staging.CreateSeries(Directory.CreateDirectory(_module.File("sources")).FullName, 4);

    private string Store => _module.File("silver_metadata.db");

    private string Log => Store + ".wal";

    public void Dispose() => _module.Dispose();

    [LinuxFact(Reason)]
    public void A_store_that_is_removed_between_two_sources_fails_the_next_one_and_is_made_anew_for_the_others()
    {
        var outcome = LoadAndAfterFirst("[IO.File]::Delete($args[0])");

        AssertReplaced(outcome);
        Assert.Equal(["LOAD_3", "LOAD_4"], StoreContents.LoadIds(Store));
        Assert.Equal(
            ["Failed", "AllNew", "AllNew"],
            StoreContents.Texts(Store, "SELECT status FROM silver_audit.etl_run ORDER BY started_at"));
    }

    [LinuxFact(Reason)]
    public void A_store_that_is_moved_away_takes_with_it_whatever_was_loaded_before()
    {
        var outcome = LoadAndAfterFirst("[IO.File]::Move($args[0], $args[0] + '.moved')");

        AssertReplaced(outcome);
        Assert.Equal(["LOAD_1"], StoreContents.LoadIds(Store + ".moved"));
        Assert.Equal(["LOAD_3", "LOAD_4"], StoreContents.LoadIds(Store));
        Assert.False(File.Exists(Log));
    }

    [LinuxFact(Reason)]
    public void A_store_that_is_replaced_by_another_one_gets_what_comes_after_and_loses_nothing()
    {
        var (other, otherLog) = CreateStoreWithLog();

        var outcome = LoadAndAfterFirst(
            "[IO.File]::Move($args[1], $args[0], $true); [IO.File]::Move($args[2], $args[0] + '.wal', $true)", other, otherLog);

        AssertReplaced(outcome);
        Assert.Equal(["IN_FILE", "IN_LOG", "LOAD_3", "LOAD_4"], StoreContents.LoadIds(Store));
    }

    [LinuxFact(Reason)]
    public void A_link_that_is_led_elsewhere_is_a_store_that_was_replaced()
    {
        var outcome = _module.Run(
            """
            $null = [IO.File]::CreateSymbolicLink("$pwd/link.db", "$pwd/first.db")
            1..4 | ForEach-Object { "sources/$_.db" } | Invoke-SilverAuditEtl -Destination link.db -NoLog | ForEach-Object {
                $_
                if ($_.Source -like '*1.db') { [IO.File]::Delete("$pwd/link.db"); $null = [IO.File]::CreateSymbolicLink("$pwd/link.db", "$pwd/second.db") }
            }
            """);

        Assert.Equal("StoreReplaced", outcome.ErrorId);
        Assert.Equal(["LOAD_1"], StoreContents.LoadIds(_module.File("first.db")));
        Assert.Equal(["LOAD_3", "LOAD_4"], StoreContents.LoadIds(_module.File("second.db")));
    }

    [LinuxFact(Reason)]
    public void A_store_that_is_gone_is_not_made_anew_beside_a_log_that_may_hold_loads()
    {
        var (other, otherLog) = CreateStoreWithLog();
        File.Move(otherLog, Log);
        var before = File.ReadAllBytes(Log);

        var message = FailedLoad.Expect(_module, _module.File("sources/1.db"), "StoreNotFound", ErrorCategory.ObjectNotFound, Store);

        Assert.Contains("move the log away", message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(Log));
        File.Move(other, Store);
        _module.Load(_module.File("sources/1.db"));
        Assert.Equal(["IN_FILE", "IN_LOG", "LOAD_1"], StoreContents.LoadIds(Store));
    }

    [LinuxFact(Reason)]
    public void A_source_during_whose_load_the_store_is_removed_is_never_a_success()
    {
        // The message comes within the transaction; the commit that follows goes to a file without a name.
        var outcome = _module.Run(
            """
            $store = $args[0]
            1..4 | ForEach-Object { "sources/$_.db" } | Invoke-SilverAuditEtl -NoLog -InformationAction Continue 6>&1 | ForEach-Object {
                if ($_ -isnot [Management.Automation.InformationRecord]) { $_ }
                elseif ("$_" -eq 'Executing MERGE operation' -and ++$merges -eq 2) { [IO.File]::Delete($store) }
            }
            """, Store);

        AssertReplaced(outcome);
        Assert.Equal(["LOAD_3", "LOAD_4"], StoreContents.LoadIds(Store));
    }

    [LinuxFact(Reason)]
    public void Who_reads_a_store_while_it_is_replaced_is_told_so_once()
    {
        var outcome = _module.Run(
            """
            $store = $args[0]
            $null = Invoke-SilverAuditEtl sources/1.db -NoLog | ForEach-Object {
                [IO.File]::Move($store, "$store.moved")
                Get-SilverAuditLoad
                Get-SilverAuditLoad -Destination "$store.moved" -LockTimeoutSec 0
            }
            Get-SilverAuditLoad -Destination "$store.moved" | ForEach-Object LoadId
            """, Store);

        Assert.Equal(["StoreReplaced", "StoreLocked"], outcome.Errors.Select(error => error.FullyQualifiedErrorId.Split(',')[0]));
        Assert.Equal(["LOAD_1"], outcome.Output.Select(item => item.ToString()));
    }

    private static void AssertReplaced(ScriptOutcome outcome)
    {
        Assert.Equal(["AllNew", "Failed", "AllNew", "AllNew"], outcome.Output.Select(result => result.Text("Status")));
        Assert.Equal("StoreReplaced", outcome.ErrorId);
        Assert.Equal(ErrorCategory.ResourceUnavailable, outcome.Errors[0].CategoryInfo.Category);
        Assert.Contains("run all sources again", outcome.Errors[0].Exception.Message, StringComparison.Ordinal);
    }

    /// <summary>Loads the four sources in one pipeline and does something when the first one is done.</summary>
    private ScriptOutcome LoadAndAfterFirst(string action, params string[] arguments) => _module.Run(
        $$"""
        $arguments = $args
        1..4 | ForEach-Object { "sources/$_.db" } | Invoke-SilverAuditEtl -NoLog | ForEach-Object {
            $_
            if ($_.Source -like '*1.db') { & { {{action}} } @arguments }
        }
        """, [Store, .. arguments]);

    /// <summary>A store as a killed process leaves it: one load in the file, one in its log.</summary>
    private (string Store, string Log) CreateStoreWithLog()
    {
        var original = _module.File("original.db");
        _module.Load(Staging.CreateWith(_module.File("in-file.db"), "CREATE TABLE silver_temp_audit AS SELECT 'IN_FILE' AS load_id"), "-Destination original.db");
        var copy = _module.File("copy.db");
        Database.WhileOpen(original, ["INSERT INTO silver_staging_audit (load_id) VALUES ('IN_LOG')"], () =>
        {
            File.Copy(original, copy);
            File.Copy(original + ".wal", copy + ".wal");
        });
        return (copy, copy + ".wal");
    }
}
