using System.Globalization;
using System.Management.Automation;

namespace SilverAudit.PowerShell.Tests;

public sealed class PipelineTests : IDisposable
{
    private readonly Module _module = new();

    private string Store => _module.File("silver_metadata.db");

    public void Dispose() => _module.Dispose();

    [Fact]
    public void The_pipeline_that_reads_a_store_may_write_it()
    {
        Create("first.db", "LOAD_1", "LOAD_2");
        Create("LOAD_1.db", "NEXT_1");
        Create("LOAD_2.db", "NEXT_2");
        _module.Load(_module.File("first.db"));

        var results = _module.Succeed("Get-SilverAuditLoad | ForEach-Object { Invoke-SilverAuditEtl \"$($_.LoadId).db\" -NoLog }");

        Assert.Equal(["AllNew 3", "AllNew 4"], results.Select(DescribeResult));
        AssertLoads(Store, "LOAD_1", "LOAD_2", "NEXT_1", "NEXT_2");
        FileHolder.AssertFree(Store);
    }

    [Fact]
    public void The_pipeline_that_writes_a_store_may_read_what_it_has_written()
    {
        Create("1.db", "LOAD_1");
        Create("2.db", "LOAD_2");

        var seen = _module.Succeed(
            "'1.db', '2.db' | Invoke-SilverAuditEtl -NoLog | ForEach-Object { (Get-SilverAuditLoad | ForEach-Object LoadId) -join ' ' }");

        Assert.Equal(["LOAD_1", "LOAD_1 LOAD_2"], seen.Select(ids => ids.BaseObject));
    }

    [Fact]
    public void A_load_within_a_load_goes_into_the_same_store()
    {
        Create("1.db", "LOAD_1");
        Create("2.db", "LOAD_2");
        Create("extra.db", "LOAD_EXTRA");

        var results = _module.Succeed(
            "'1.db', '2.db' | Invoke-SilverAuditEtl -NoLog | ForEach-Object { $_; Invoke-SilverAuditEtl extra.db -NoLog }");

        Assert.Equal(["AllNew 1", "AllNew 2", "AllNew 3", "AlreadyPresent 3"], results.Select(DescribeResult));
        AssertLoads(Store, "LOAD_1", "LOAD_2", "LOAD_EXTRA");
        FileHolder.AssertFree(Store);
    }

    [Fact]
    public void A_load_within_a_load_may_name_the_store_by_another_path()
    {
        Directory.CreateDirectory(_module.File("folder"));
        Directory.CreateSymbolicLink(_module.File("linked"), _module.File("folder"));
        Create("1.db", "LOAD_1");
        Create("2.db", "LOAD_2");

        var results = _module.Succeed(
            "Invoke-SilverAuditEtl 1.db -Destination folder/store.db -NoLog | ForEach-Object { $_; Invoke-SilverAuditEtl 2.db -Destination linked/store.db -NoLog }");

        Assert.Equal(["AllNew 1", "AllNew 2"], results.Select(DescribeResult));
        AssertLoads(Path.Combine(_module.File("folder"), "store.db"), "LOAD_1", "LOAD_2");
    }

    [Fact]
    public void Every_command_works_within_the_pipeline_that_writes()
    {
        Create("1.db", "LOAD_1");
        _module.Load(_module.File("1.db"));
        Database.Execute(Store, "CREATE TABLE silver_staging_audit_staging_1 (load_id VARCHAR)");

        var seen = _module.Succeed(
            """
            Invoke-SilverAuditEtl 1.db -NoLog | ForEach-Object {
                Compare-SilverAuditSource 1.db -Quiet
                (Invoke-SilverAuditEtl 1.db -NoLog -WhatIf).Status
                (Remove-OrphanStagingTable).Removed
                (Get-SilverAuditLoad).LoadId
            }
            """);

        Assert.Equal(["True", "Planned", "True", "LOAD_1"], seen.Select(value => value.ToString()));
    }

    [LinuxFact("Elsewhere both names mean one file.")]
    public void Sources_whose_names_differ_by_case_only_are_two_files()
    {
        Create("A.db", "UPPER");
        Create("a.db", "LOWER");

        var results = _module.Succeed("'A.db', 'a.db', 'A.db' | Invoke-SilverAuditEtl -NoLog");

        Assert.Equal(["AllNew 1", "AllNew 2", "AlreadyPresent 2"], results.Select(DescribeResult));
        Assert.Equal([_module.File("A.db"), _module.File("a.db"), _module.File("A.db")], results.Select(result => result.Value("Source")));
        AssertLoads(Store, "LOWER", "UPPER");
    }

    [LinuxFact("Elsewhere both names mean one file.")]
    public void Stores_whose_names_differ_by_case_only_are_two_files()
    {
        Create("1.db", "LOAD_1");
        Create("2.db", "LOAD_2");

        _module.Succeed("Invoke-SilverAuditEtl 1.db -Destination A.db -NoLog | ForEach-Object { Invoke-SilverAuditEtl 2.db -Destination a.db -NoLog }");

        AssertLoads(_module.File("A.db"), "LOAD_1");
        AssertLoads(_module.File("a.db"), "LOAD_2");
        Assert.Equal("LOAD_2", Assert.Single(_module.Succeed("Get-SilverAuditLoad -Destination a.db")).Value("LoadId"));
    }

    [LinuxFact("Elsewhere both names mean one file.")]
    public void A_source_and_a_store_whose_names_differ_by_case_only_are_two_files()
    {
        Create("A.db", "LOAD_1");

        Assert.Equal("AllNew 1", DescribeResult(_module.Load(_module.File("A.db"), "-Destination a.db")));

        AssertLoads(_module.File("a.db"), "LOAD_1");
    }

    [Theory]
    [InlineData("'1.db', '2.db' | Invoke-SilverAuditEtl -NoLog | ForEach-Object { throw 'enough' }")]
    [InlineData("foreach ($once in 1) { '1.db', '2.db' | Invoke-SilverAuditEtl -NoLog | ForEach-Object { break } }")]
    [InlineData("'1.db', '2.db' | ForEach-Object { if ($_ -eq '2.db') { throw 'enough' }; $_ } | Invoke-SilverAuditEtl -NoLog")]
    [InlineData("'1.db', 'nowhere.db', '2.db' | Invoke-SilverAuditEtl -NoLog -ErrorAction Stop")]
    public void A_pipeline_that_ends_early_frees_its_files_at_once_and_keeps_what_was_done(string script)
    {
        Create("1.db", "LOAD_1");
        Create("2.db", "LOAD_2");

        _module.Run(script);

        AssertAllFree("1.db", "2.db", "silver_metadata.db");
        AssertLoads(Store, "LOAD_1");
        Assert.Equal(["AlreadyPresent 1", "AllNew 2"], _module.Succeed("'1.db', '2.db' | Invoke-SilverAuditEtl -NoLog").Select(DescribeResult));
    }

    [Theory]
    [InlineData("Get-SilverAuditLoad | ForEach-Object { throw 'enough' }")]
    [InlineData("foreach ($once in 1) { Compare-SilverAuditSource 1.db -IncludeEqual | ForEach-Object { break } }")]
    [InlineData("Invoke-SilverAuditEtl 1.db -WhatIf | ForEach-Object { throw 'enough' }")]
    public void A_reading_pipeline_that_ends_early_frees_its_files_at_once(string script)
    {
        Create("1.db", "LOAD_1", "LOAD_2");
        _module.Load(_module.File("1.db"));

        _module.Run(script);

        AssertAllFree("1.db", "silver_metadata.db");
    }

    [Fact]
    public void A_source_is_free_as_soon_as_its_result_is_out()
    {
        Create("1.db", "LOAD_1");
        Create("2.db", "LOAD_2");

        var results = _module.Succeed(
            "$free = $args[0]; '1.db', '2.db' | Invoke-SilverAuditEtl -NoLog | ForEach-Object { $free.Invoke($_.Source); $_ }",
            new Action<string>(FileHolder.AssertFree));

        Assert.Equal(["AllNew 1", "AllNew 2"], results.Select(DescribeResult));
    }

    [Fact]
    public void The_store_is_held_for_the_whole_pipeline_and_free_afterwards()
    {
        Create("1.db", "LOAD_1");

        var outcome = _module.Run(
            "$hold = $args[0]; Invoke-SilverAuditEtl 1.db -NoLog | ForEach-Object { try { $hold.Invoke($_.Destination) } catch { 'held' } }",
            new Action<string>(FileHolder.AssertFree));

        Assert.Equal("held", Assert.Single(outcome.Output).BaseObject);
        FileHolder.AssertFree(Store);
    }

    [Fact]
    public void A_thousand_sources_in_one_pipeline_leave_no_handle_behind()
    {
        const int Count = 1000;
        var sources = Staging.CreateSeries(Directory.CreateDirectory(_module.File("sources")).FullName, Count);

        var results = _module.Succeed("$args | Invoke-SilverAuditEtl -NoLog", [.. sources.Select(path => new FileInfo(path))]);

        Assert.Equal(Count, results.Count(result => result.Text("Status") == "AllNew"));
        Assert.Equal(Count, results[^1].Value<long>("DestinationRows"));
        AssertNoOpenHandles();
    }

    [Fact]
    public void A_hundred_calls_with_their_logs_leave_no_handle_behind()
    {
        const int Count = 100;
        Staging.CreateSeries(Directory.CreateDirectory(_module.File("sources")).FullName, Count);

        var rows = _module.Succeed(
            $$"""
            foreach ($number in 1..{{Count}}) {
                $result = Invoke-SilverAuditEtl "sources/$number.db"
                if ($number % 50 -eq 0) { $result.DestinationRows; (Get-SilverAuditLoad -Newest 1).LoadId; Compare-SilverAuditSource "sources/$number.db" -Quiet }
            }
            """);

        Assert.Equal([50L, "LOAD_50", true, 100L, "LOAD_100", true], rows.Select(row => row.BaseObject));
        AssertNoOpenHandles();
    }

    [Fact]
    public void Two_sessions_of_one_process_load_into_the_same_store_at_the_same_time()
    {
        using var other = new Module();
        using var together = new Barrier(2);
        var mine = Staging.CreateSeries(Directory.CreateDirectory(_module.File("mine")).FullName, 20);
        var theirs = Staging.CreateSeries(Directory.CreateDirectory(_module.File("theirs")).FullName, 20, from: 15);

        ScriptOutcome LoadAll(Module module, string[] sources) => module.Run(
            "$together = $args[0]; $args[2] | Invoke-SilverAuditEtl -Destination $args[1] -NoLog | ForEach-Object { $together.Invoke(); $_ }",
            Once(() => Assert.True(together.SignalAndWait(TimeSpan.FromMinutes(2)))), Store, sources);

        var outcomes = Concurrently.Run(() => LoadAll(_module, mine), () => LoadAll(other, theirs));

        Assert.All(outcomes, outcome => Assert.Empty(outcome.Errors));
        Assert.All(outcomes, outcome => Assert.Equal(20, outcome.Output.Count));
        Assert.Equal(34, outcomes.Sum(outcome => outcome.Output.Sum(result => result.Value<long>("InsertedRows"))));
        Assert.Equal(6, outcomes.Sum(outcome => outcome.Output.Sum(result => result.Value<long>("SkippedRows"))));
        AssertLoads(Store, [.. Enumerable.Range(1, 34).Select(number => $"LOAD_{number}")]);
        FileHolder.AssertFree(Store);
    }

    private static Action Once(Action action)
    {
        var done = false;
        return () =>
        {
            if (done)
                return;
            done = true;
            action();
        };
    }

    private void Create(string name, params string[] loadIds) => Staging.Create(_module.File(name), loadIds);

    private void AssertAllFree(params string[] names)
    {
        foreach (var name in names)
        {
            FileHolder.AssertFree(_module.File(name));
        }
    }

    // Other systems don't list the open files of a process; there a folder that can be deleted has to do (see Module.Dispose).
    private void AssertNoOpenHandles()
    {
        if (!OperatingSystem.IsLinux())
            return;
        var open = new DirectoryInfo("/proc/self/fd").EnumerateFileSystemInfos().Select(link => link.LinkTarget ?? "");
        Assert.DoesNotContain(open, target => target.StartsWith(_module.Folder.Location, StringComparison.Ordinal));
    }

    private static void AssertLoads(string store, params string[] expected) => Assert.Equal(
        expected.Order(StringComparer.Ordinal),
        Database.Query(store, "SELECT load_id FROM silver_staging_audit ORDER BY ALL").Select(row => (string)row[0]!).Order(StringComparer.Ordinal));

    private static string DescribeResult(PSObject result) =>
        string.Create(CultureInfo.InvariantCulture, $"{result.Value("Status")} {result.Value("DestinationRows")}");
}
