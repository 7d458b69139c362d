using System.Management.Automation;

namespace SilverAudit.PowerShell.Tests;

/// <summary>
/// With <c>-Isolated</c> the engine has a process of its own. That all else is the same, every other test shows when
/// <see cref="Module.IsolationVariable"/> is set.
/// </summary>
public sealed class IsolatedEngineTests(CrashingSource crashing) : IClassFixture<CrashingSource>, IDisposable
{
    private readonly Module _module = new();

    private string Store => _module.File("silver_metadata.db");

    public void Dispose() => _module.Dispose();

    [Fact]
    public void Isolated_cmdlets_of_one_pipeline_share_the_store()
    {
        foreach (var name in new[] { "1", "2", "3" })
        {
            _module.Load(Staging.Create(_module.File(name + ".db"), "LOAD_" + name));
            Database.Execute(_module.File(name + ".db"), "UPDATE silver_temp_audit SET validation_summary = 'new'");
        }

        var outcome = _module.Run(
            "Compare-SilverAuditSource ?.db -Summary -Isolated | Where-Object Changed | Invoke-SilverAuditEtl -Reprocess -Reason r -NoLog -Isolated -LockTimeoutSec 0");

        Assert.Empty(outcome.Errors);
        Assert.Equal([1L, 1L, 1L], outcome.Output.Select(result => result.Value<long>("UpdatedRows")));
    }

    [Fact]
    public void A_small_file_with_many_rows_is_not_accused_of_anything()
    {
        Database.Execute(_module.File("many.db"), "CREATE TABLE silver_temp_audit AS SELECT i::VARCHAR AS load_id FROM range(3000000) AS numbers(i)");

        Assert.Equal("AllNew", _module.Load(_module.File("many.db"), "-Isolated -Threads 1").Text("Status"));
    }

    [Fact]
    public void A_source_that_makes_the_engine_crash_fails_alone_and_the_session_goes_on()
    {
        var sound = Staging.Create(_module.File("sound.db"), "SOUND");
        var last = Staging.Create(_module.File("last.db"), "LAST");

        var outcome = _module.Run("$args | Invoke-SilverAuditEtl -NoLog -Isolated", sound, crashing.Path, last);

        Assert.Null(outcome.Terminating);
        Assert.Equal(["AllNew", "Failed", "AllNew"], outcome.Output.Select(result => result.Text("Status")));
        Assert.Equal("SourceCorrupt", outcome.ErrorId);
        Assert.Contains($"'{crashing.Path}' {CrashingSource.Message}", outcome.Errors[0].Exception.Message, StringComparison.Ordinal);
        Assert.Equal(crashing.Path, outcome.Errors[0].TargetObject);
        Assert.Equal(["LAST", "SOUND"], StoreContents.LoadIds(Store));
        Assert.Equal(
            [["AllNew", null], ["Failed", "SourceCorrupt"], ["AllNew", null]],
            Database.Query(Store, "SELECT status, error_id FROM silver_audit.etl_run ORDER BY started_at"));
        FileHolder.AssertFree(Store);
    }

    [Fact]
    public void A_source_that_makes_the_engine_crash_can_be_compared_without_harm()
    {
        var outcome = _module.Run("Compare-SilverAuditSource -LiteralPath $args[0] -Isolated", crashing.Path);

        Assert.Equal("SourceCorrupt", outcome.ErrorId);
        Assert.Contains(CrashingSource.Message, outcome.Errors[0].Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Loads_and_comparisons_arrive_as_they_do_from_the_engine_within_the_session()
    {
        var source = Staging.Create(_module.File("source.db"), "LOAD_1", "LOAD_2");
        Database.Execute(
            source, "ALTER TABLE silver_temp_audit ADD COLUMN bytes BLOB", "ALTER TABLE silver_temp_audit ADD COLUMN id UUID",
            "UPDATE silver_temp_audit SET bytes = '\\x00\\xFF'::BLOB, id = 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', ingestion_time = 'nan' WHERE load_id = 'LOAD_1'",
            "UPDATE silver_temp_audit SET ingest_timestamp = '-infinity', ingestion_time = '-infinity' WHERE load_id = 'LOAD_2'");
        _module.Load(source, "-SchemaEvolution AddNewColumns -Isolated");
        Database.Execute(source, "UPDATE silver_temp_audit SET dq_report = '{\"score\": 1}' WHERE load_id = 'LOAD_1'");

        foreach (var script in new[] { "Get-SilverAuditLoad -Raw", "Get-SilverAuditLoad", "Compare-SilverAuditSource source.db", "Compare-SilverAuditSource source.db -Summary" })
        {
            Assert.Equal(Describe(_module.Succeed(script)), Describe(_module.Succeed(script + " -Isolated")));
        }
    }

    [Fact]
    public void A_stop_rolls_back_frees_the_store_and_leaves_no_process()
    {
        Staging.CreateMany(_module.File("big.db"), 200_000);
        using var shell = _module.NewShell("Invoke-SilverAuditEtl big.db -NoLog -Isolated");
        using var merging = new ManualResetEventSlim();
        shell.Streams.Information.DataAdded += (_, e) =>
        {
            if (shell.Streams.Information[e.Index].MessageData.ToString() == "Executing MERGE operation")
                merging.Set();
        };
        var running = shell.BeginInvoke();
        Assert.True(merging.Wait(TimeSpan.FromMinutes(2)), "The moment to stop never came.");

        shell.Stop();

        Assert.Throws<PipelineStoppedException>(() => shell.EndInvoke(running));
        FileHolder.AssertFree(Store);
        Assert.Empty(StoreContents.LoadIds(Store));
        Assert.Equal([["Failed", "Stopped"]], Database.Query(Store, "SELECT status, error_id FROM silver_audit.etl_run"));
    }

    [Fact]
    public void A_pipeline_that_wants_no_more_ends_what_the_engine_was_sending()
    {
        _module.Load(Staging.CreateMany(_module.File("many.db"), 3_000));

        var first = _module.Succeed("foreach ($load in 1..3) { foreach ($one in Get-SilverAuditLoad -Isolated) { $one.LoadId; break } }");

        Assert.Equal(3, first.Count);
        FileHolder.AssertFree(Store);
    }

    [Fact]
    public void When_the_session_dies_the_process_of_the_engine_ends_and_the_store_is_as_after_a_stop()
    {
        _module.Load(Staging.Create(_module.File("first.db"), "FIRST"));
        Staging.CreateMany(_module.File("big.db"), 200_000);
        using var session = Runner.Start(
            _module.Folder.Location,
            "Invoke-SilverAuditEtl big.db -NoLog -Isolated -InformationAction Continue 6>&1 | ForEach-Object { [Console]::Out.WriteLine($_) }");
        while (session.StandardOutput.ReadLine() is { } line && line != "Executing MERGE operation")
        {
        }

        session.Kill();
        session.WaitForExit();

        Assert.Equal(0, _module.Load(_module.File("first.db")).Value<long>("InsertedRows"));
        Assert.Equal(["FIRST"], StoreContents.LoadIds(Store));
    }

    private static List<string> Describe(IEnumerable<PSObject> items) =>
        [.. items.Select(item => string.Join('\n', item.Properties.Select(property => $"{property.Name} {property.Value?.GetType()} {Describe(property.Value)}")))];

    private static string Describe(object? value) => value switch
    {
        byte[] bytes => Convert.ToHexString(bytes),
        PSObject { BaseObject: PSCustomObject } item => string.Join(", ", item.Properties.Select(property => $"{property.Name}={Describe(property.Value)}")),
        System.Collections.IEnumerable items and not string => string.Join(", ", items.Cast<object?>().Select(Describe)),
        _ => Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture) ?? "",
    };
}
