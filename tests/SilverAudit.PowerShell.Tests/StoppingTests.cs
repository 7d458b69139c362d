using System.Management.Automation;

namespace SilverAudit.PowerShell.Tests;

public sealed class StoppingTests : IDisposable
{
    private const int Rows = 200_000;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly Module _module = new();

    private string Store => _module.File("silver_metadata.db");

    public void Dispose() => _module.Dispose();

    [Fact]
    public void A_stopped_load_is_rolled_back_its_store_is_free_at_once_and_the_same_command_then_finishes()
    {
        _module.Load(Staging.Create(_module.File("first.db"), "FIRST"));
        Staging.CreateMany(_module.File("big.db"), Rows);

        StopWhen(
            "Invoke-SilverAuditEtl big.db -NoLog",
            (shell, stop) => shell.Streams.Information.DataAdded += (_, e) =>
            {
                if (shell.Streams.Information[e.Index].MessageData.ToString() == "Executing MERGE operation")
                    stop();
            });

        FileHolder.AssertFree(Store);
        FileHolder.AssertFree(_module.File("big.db"));
        Assert.Equal(["FIRST"], Database.Query(Store, "SELECT load_id FROM silver_staging_audit").Select(row => row[0]));
        Assert.Equal(0, Database.Scalar<int>(Store, "SELECT count(*) FROM silver_audit.rescued_data WHERE load_id <> 'FIRST'"));
        Assert.Equal(
            [["AllNew", null, 1L], ["Failed", "Stopped", 0L]],
            Database.Query(Store, "SELECT status, error_id, inserted_rows FROM silver_audit.etl_run ORDER BY started_at"));

        var result = Assert.Single(_module.Succeed("Invoke-SilverAuditEtl big.db -NoLog"));
        Assert.Equal("AllNew", result.Text("Status"));
        Assert.Equal((Rows, Rows, 0, 0, 0, 0), result.Counts());
        Assert.Equal(Rows + 1, result.Value<long>("DestinationRows"));
    }

    [Fact]
    public void Sources_that_were_done_before_the_stop_stay_and_later_ones_are_not_begun()
    {
        Staging.Create(_module.File("first.db"), "FIRST");
        Staging.CreateMany(_module.File("big.db"), Rows);
        Staging.Create(_module.File("last.db"), "LAST");
        var merges = 0;

        StopWhen(
            "'first.db', 'big.db', 'last.db' | Invoke-SilverAuditEtl -NoLog",
            (shell, stop) => shell.Streams.Information.DataAdded += (_, e) =>
            {
                if (shell.Streams.Information[e.Index].MessageData.ToString() == "Executing MERGE operation" && ++merges == 2)
                    stop();
            });

        Assert.Equal(["FIRST"], Database.Query(Store, "SELECT load_id FROM silver_staging_audit").Select(row => row[0]));
        Assert.Equal(2, Database.Scalar<int>(Store, "SELECT count(*) FROM silver_audit.etl_run"));
    }

    [Fact]
    public void A_stop_leaves_tidying_up_the_store_to_the_next_load()
    {
        Staging.CreateMany(_module.File("first.db"), 20_000);
        Staging.CreateMany(_module.File("big.db"), Rows, from: 100_000);

        StopWhen(
            "'first.db', 'big.db' | Invoke-SilverAuditEtl -NoLog",
            (shell, stop) => shell.Streams.Information.DataAdded += (_, e) =>
            {
                if (shell.Streams.Information[e.Index].MessageData.ToString()!.EndsWith("big.db", StringComparison.Ordinal))
                    stop();
            });

        Assert.True(File.Exists(Store + ".wal"));
        Assert.Equal(20_000, Database.Scalar<int>(Store, "SELECT count(*) FROM silver_staging_audit"));

        Assert.Equal("AlreadyPresent", _module.Load(_module.File("first.db")).Text("Status"));
        Assert.False(File.Exists(Store + ".wal"));
        Assert.Equal(20_000, Database.Scalar<int>(Store, "SELECT count(*) FROM silver_staging_audit"));
    }

    [Fact]
    public void A_stop_while_the_rows_are_checked_leaves_an_empty_store_that_knows_of_it()
    {
        Staging.CreateMany(_module.File("big.db"), Rows);

        StopWhen(
            "Invoke-SilverAuditEtl big.db -NoLog",
            (shell, stop) => shell.Streams.Information.DataAdded += (_, e) =>
            {
                if (shell.Streams.Information[e.Index].MessageData.ToString() == "Destination table 'silver_staging_audit' created/verified")
                    stop();
            });

        FileHolder.AssertFree(Store);
        Assert.Equal(0, Database.Scalar<int>(Store, "SELECT count(*) FROM silver_staging_audit"));
        Assert.Equal([["Failed", "Stopped"]], Database.Query(Store, "SELECT status, error_id FROM silver_audit.etl_run"));
    }

    [Theory]
    [InlineData("Invoke-SilverAuditEtl source.db -NoLog -LockTimeoutSec 3600 -Verbose")]
    [InlineData("Get-SilverAuditLoad -LockTimeoutSec 3600 -Verbose")]
    [InlineData("Compare-SilverAuditSource source.db -LockTimeoutSec 3600 -Verbose")]
    public void A_stop_ends_the_wait_for_a_store_that_is_held(string script)
    {
        _module.Load(Staging.Create(_module.File("source.db"), "LOAD_1"));
        using var holder = FileHolder.HoldForWriting(Store);

        StopWhen(script, StopOnWait);
    }

    [Fact]
    public void A_stop_ends_the_wait_for_a_source_that_is_held()
    {
        var source = Staging.Create(_module.File("source.db"), "LOAD_1");
        using var holder = FileHolder.HoldForWriting(source);

        StopWhen("Invoke-SilverAuditEtl source.db -NoLog -LockTimeoutSec 3600 -Verbose", StopOnWait);

        Assert.False(File.Exists(Store));
    }

    [Fact]
    public void A_stop_while_loads_are_compared_frees_both_files()
    {
        Staging.CreateMany(_module.File("big.db"), Rows);
        _module.Load(_module.File("big.db"));

        StopWhen(
            "Compare-SilverAuditSource big.db -Summary",
            (shell, stop) => shell.Streams.Progress.DataAdded += (_, e) =>
            {
                if (shell.Streams.Progress[e.Index].StatusDescription.StartsWith("big.db: ", StringComparison.Ordinal))
                    stop();
            });

        FileHolder.AssertFree(Store);
        FileHolder.AssertFree(_module.File("big.db"));
    }

    private static void StopOnWait(System.Management.Automation.PowerShell shell, Action stop) =>
        shell.Streams.Verbose.DataAdded += (_, e) =>
        {
            if (shell.Streams.Verbose[e.Index].Message.StartsWith("Waiting up to", StringComparison.Ordinal))
                stop();
        };

    /// <summary>Runs a script and stops it, as Ctrl+C does, at the moment that the observer picks.</summary>
    private void StopWhen(string script, Action<System.Management.Automation.PowerShell, Action> observe)
    {
        using var shell = _module.NewShell(script);
        using var moment = new ManualResetEventSlim();
        observe(shell, moment.Set);
        var running = shell.BeginInvoke();

        Assert.True(moment.Wait(s_patience * 4), "The moment to stop never came.");
        var stopping = shell.BeginStop(null, null);

        Assert.True(stopping.AsyncWaitHandle.WaitOne(s_patience), "The stop was not prompt.");
        shell.EndStop(stopping);
        Assert.Throws<PipelineStoppedException>(() => shell.EndInvoke(running));
        Assert.Equal(PSInvocationState.Stopped, shell.InvocationStateInfo.State);
    }
}
