using System.Management.Automation;

namespace SilverAudit.PowerShell.Tests;

/// <summary>An undo that is killed, stopped or replayed from the log: all of it happened, or nothing.</summary>
public sealed class UndoInterruptionTests : IDisposable
{
    private readonly Module _module = new();

    private string Store => _module.File("silver_metadata.db");

    public void Dispose() => _module.Dispose();

    [Theory]
    [InlineData("Filing 20000 loads that are taken back")]
    [InlineData("Restoring 10000 former versions")]
    [InlineData("Removing 10000 inserted loads")]
    public void Killed_at_any_step_it_leaves_all_or_nothing_and_can_be_run_again(string step)
    {
        var (run, before, after) = LoadMany();
        using (var session = Runner.Start(
            _module.Folder.Location,
            $"Undo-SilverAuditRun {run.Value("RunId")} -Reason 'why' -Confirm:$false -InformationAction Continue 6>&1 | ForEach-Object {{ [Console]::Out.WriteLine($_) }}"))
        {
            while (session.StandardOutput.ReadLine() is { } line && line != step)
            {
            }

            session.Kill();
            session.WaitForExit();
        }

        if (IsUndone())
        {
            Assert.Equal(before, StoreContents.Bytes(Store));
        }
        else
        {
            Assert.Equal(after, StoreContents.Bytes(Store));
            Assert.Equal(10_000, Database.Scalar<int>(Store, "SELECT count(*) FROM silver_audit.superseded_load"));
            _module.Undo(run);
            Assert.Equal(before, StoreContents.Bytes(Store));
        }
    }

    [Fact]
    public void Stopped_it_leaves_all_or_nothing_and_frees_the_store()
    {
        var (run, before, after) = LoadMany();
        using var shell = _module.NewShell("Undo-SilverAuditRun $args[0] -Reason 'why' -Confirm:$false", run.Value("RunId"));
        using var filing = new ManualResetEventSlim();
        shell.Streams.Information.DataAdded += (_, e) =>
        {
            if (shell.Streams.Information[e.Index].MessageData.ToString()!.StartsWith("Filing ", StringComparison.Ordinal))
                filing.Set();
        };
        var running = shell.BeginInvoke();
        Assert.True(filing.Wait(TimeSpan.FromMinutes(2)), "The moment to stop never came.");

        shell.Stop();

        Assert.Throws<PipelineStoppedException>(() => shell.EndInvoke(running));
        FileHolder.AssertFree(Store);
        Assert.Equal(IsUndone() ? before : after, StoreContents.Bytes(Store));
    }

    [LinuxFact("elsewhere a file that is open for writing can not be copied")]
    public void What_was_committed_is_replayed_from_the_log()
    {
        var source = Staging.Create(_module.File("source.db"), "LOAD_1", "LOAD_2");
        _module.Load(source);
        var before = StoreContents.Bytes(Store);
        Database.Execute(source, "UPDATE silver_temp_audit SET validation_status = 'FAILED', checksum_value = 'second' WHERE load_id = 'LOAD_1'", Staging.Insert("LOAD_3"));
        var run = _module.Load(source, "-Reprocess -Reason 'validated again'");
        Database.Execute(Store, "ALTER TABLE silver_audit.etl_run DROP COLUMN undone_run_id");
        var copy = _module.File("copy.db");

        // While the pipeline runs, what it committed is in the log only.
        _module.Succeed(
            """
            $run, $store, $copy = $args
            Undo-SilverAuditRun $run -Reason 'why' -Confirm:$false | ForEach-Object {
                [System.IO.File]::Copy($store, $copy)
                [System.IO.File]::Copy("$store.wal", "$copy.wal")
            }
            """,
            run.Value("RunId"), Store, copy);

        Assert.Equal(before, StoreContents.Bytes(copy));
        Assert.Equal([[run.Value("RunId")]], Database.Query(copy, "SELECT undone_run_id FROM silver_audit.etl_run WHERE status = 'Undo'"));
        Assert.Equal(before, StoreContents.Bytes(Store));
    }

    [Fact]
    public void Loads_and_undos_of_one_session_take_turns()
    {
        foreach (var number in new[] { 1, 2 })
        {
            Staging.Create(_module.File($"{number}.db"), $"LOAD_{number}");
        }

        // The engine within the session is shared by the pipelines, and what it knows of the store with it.
        var output = _module.Succeed(
            """
            $PSDefaultParameterValues = @{}
            '1.db', '2.db', '1.db' | Invoke-SilverAuditEtl -NoLog | ForEach-Object {
                $_
                if ($_.InsertedRows) { Undo-SilverAuditRun $_.RunId -Reason 'why' -Confirm:$false }
            }
            """);

        Assert.Equal([1L, 0L, 1L, 0L, 1L, 0L], output.Select(result => result.Value<long>("DestinationRows")));
    }

    /// <summary>Loads 10000 loads, then replaces them and inserts as many; returns that run and the loads before and after it.</summary>
    private (PSObject Run, IReadOnlyList<string> Before, IReadOnlyList<string> After) LoadMany()
    {
        _module.Load(Staging.CreateMany(_module.File("first.db"), 10_000));
        var before = StoreContents.Bytes(Store);
        var second = Staging.CreateMany(_module.File("second.db"), 20_000);
        Database.Execute(second, "UPDATE silver_temp_audit SET validation_status = 'FAILED', payload_results = '[]'");
        var run = _module.Load(second, "-Reprocess -Reason 'all of them'");
        Assert.Equal((20_000, 10_000, 10_000, 0, 0, 0), run.Counts());
        return (run, before, StoreContents.Bytes(Store));
    }

    private bool IsUndone() => Database.Scalar<int>(Store, "SELECT count(*) FROM silver_audit.etl_run WHERE status = 'Undo'") == 1;
}
