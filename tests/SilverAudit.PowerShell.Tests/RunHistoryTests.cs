using System.Globalization;
using System.Management.Automation;
using static SilverAudit.PowerShell.Tests.HandmadeHistory;

namespace SilverAudit.PowerShell.Tests;

public sealed class RunHistoryTests : IDisposable
{
    private static readonly string[] s_columns =
    [
        "run_id", "started_at", "finished_at", "processing_timestamp", "source", "source_table", "destination_table", "status", "message",
        "source_rows", "inserted_rows", "updated_rows", "skipped_rows", "changed_rows", "rejected_rows", "destination_rows", "error_id",
        "error", "reprocessing_reason", "user_name", "host_name", "process_id", "module_version", "undone_run_id",
    ];

    private readonly Module _module = new();

    private string Store => _module.File("silver_metadata.db");

    public void Dispose() => _module.Dispose();

    [Theory]
    [InlineData("infinity")]
    [InlineData("-infinity")]
    public void A_time_that_is_none_in_an_edited_history_keeps_nothing_from_being_loaded_or_read(string time)
    {
        _module.Load(Staging.Create(_module.File("earlier.db"), "EARLIER"));
        Database.Execute(
            _module.File("silver_metadata.db"), $"UPDATE silver_audit.etl_run SET processing_timestamp = TIMESTAMP '{time}', started_at = TIMESTAMP '{time}', finished_at = TIMESTAMP '{time}'");

        Assert.Equal("AllNew", _module.Load(Staging.Create(_module.File("later.db"), "LATER")).Text("Status"));
        Assert.Equal(2, _module.Succeed("Get-SilverAuditRun").Count);
        _module.Succeed("Get-SilverAuditRun -Summary; Get-SilverAuditHealth; Test-SilverAuditStore");
    }

    [Fact]
    public void A_run_has_a_property_for_each_column_of_the_history()
    {
        _module.Load(CreateSource("a.db", "LOAD_1", "LOAD_2"));
        Database.Execute(_module.File("a.db"), "UPDATE silver_temp_audit SET validation_status = 'FAILED' WHERE load_id = 'LOAD_2'");
        _module.Load(_module.File("a.db"), "-Reprocess -Reason 'a better report'");

        var run = _module.Succeed("Get-SilverAuditRun")[1];

        Assert.Equal("SilverAudit.AuditRun", run.TypeNames[0]);
        var stored = Database.Query(Store, $"SELECT {string.Join(", ", s_columns)} FROM silver_audit.etl_run ORDER BY started_at")[1];
        Assert.Equal(stored, s_columns.Select(column => run.Value(PropertyOf(column))));
        Assert.Equal(
            s_columns.Select(PropertyOf).Concat(["Destination", "Duration", "Success", "UndoneBy"]).Order(),
            run.Properties.Select(property => property.Name).Order());
        Assert.Equal(("a better report", 1L, true), (run.Text("ReprocessingReason"), run.Value<long>("UpdatedRows"), run.Value("Success")));
    }

    [Fact]
    public void The_times_of_a_run_are_in_UTC_and_find_its_loads()
    {
        _module.Load(CreateSource("a.db", "LOAD_1"));
        _module.Load(CreateSource("b.db", "LOAD_2"));

        var run = _module.Succeed("Get-SilverAuditRun -Source b.db").Single();

        foreach (var property in new[] { "StartedAt", "FinishedAt", "ProcessingTimestamp" })
        {
            Assert.Equal(DateTimeKind.Utc, Assert.IsType<DateTime>(run.Value(property)).Kind);
        }

        Assert.Equal(run.Value<DateTime>("FinishedAt") - run.Value<DateTime>("StartedAt"), run.Value("Duration"));
        Assert.Equal(
            "LOAD_2",
            _module.Succeed("$run = Get-SilverAuditRun -Source b.db; Get-SilverAuditLoad -Since $run.ProcessingTimestamp -Until $run.ProcessingTimestamp").Single().Text("LoadId"));
    }

    [Fact]
    public void A_failed_run_says_why()
    {
        _module.Load(CreateSource("a.db", "LOAD_1"));
        File.WriteAllText(_module.File("notes.db"), "notes");
        var error = _module.Run("Invoke-SilverAuditEtl notes.db -NoLog").Errors[0];

        var run = _module.Succeed("Get-SilverAuditRun -Status Failed").Single();

        Assert.Equal(
            (_module.File("notes.db"), "SourceNotDatabase", error.Exception.Message, false, 0L),
            (run.Value("Source"), run.Value("ErrorId"), run.Value("Error"), run.Value("Success"), run.Value("InsertedRows")));
        Assert.Null(run.Value("ProcessingTimestamp"));
        Assert.Null(run.Value("DestinationRows"));
    }

    [Fact]
    public void Results_of_a_load_pipe_into_the_history_that_it_writes()
    {
        File.WriteAllText(_module.File("notes.db"), "notes");
        CreateSource("a.db", "LOAD_1");
        CreateSource("b.db", "LOAD_1", "LOAD_2");

        var outcome = _module.Run("Invoke-SilverAuditEtl a.db, notes.db, b.db -NoLog | Get-SilverAuditRun");

        Assert.Equal("SourceNotDatabase", outcome.ErrorId);
        Assert.Equal(["AllNew", "Failed", "PartialUpdate"], outcome.Output.Select(run => run.Text("Status")));
        var summary = _module.Succeed("Invoke-SilverAuditEtl a.db, b.db -NoLog | Get-SilverAuditRun -Summary").Single();
        Assert.Equal((2L, 3L), (summary.Value<long>("TotalRuns"), summary.Value<long>("SkippedRows")));
    }

    [Fact]
    public void Results_of_a_load_pipe_into_the_history_from_one_process_to_another()
    {
        CreateSource("a.db", "LOAD_1");
        CreateSource("b.db", "LOAD_2");

        var runs = _module.Succeed("Invoke-SilverAuditEtl a.db, b.db -NoLog -Isolated | Get-SilverAuditRun -Isolated -LockTimeoutSec 0");

        Assert.Equal([_module.File("a.db"), _module.File("b.db")], runs.Select(run => run.Text("Source")));
    }

    [Fact]
    public void A_plan_is_not_in_the_history()
    {
        _module.Load(CreateSource("a.db", "LOAD_1"));

        var outcome = _module.Run("Invoke-SilverAuditEtl a.db -WhatIf | Get-SilverAuditRun");

        Assert.Equal("RunNotFound", outcome.ErrorId);
        Assert.Empty(outcome.Output);
    }

    [Fact]
    public void Failed_sources_can_be_run_again()
    {
        _module.Load(CreateSource("a.db", "LOAD_1"));
        File.WriteAllText(_module.File("b.db"), "not yet");
        _module.Run("Invoke-SilverAuditEtl b.db -NoLog");
        File.Delete(_module.File("b.db"));
        CreateSource("b.db", "LOAD_2");

        var result = _module.Succeed("Get-SilverAuditRun -Newest 1 -Status Failed | Invoke-SilverAuditEtl -NoLog").Single();

        Assert.Equal((_module.File("b.db"), "AllNew"), (result.Value("Source"), result.Text("Status")));
    }

    [Fact]
    public void A_run_that_was_taken_back_names_the_run_that_did()
    {
        Create(_module);
        Database.Execute(Store, $"UPDATE silver_audit.etl_run SET status = 'Undo', undone_run_id = '{Id(1)}' WHERE run_id = '{Id(4)}'");

        var runs = _module.Succeed("Get-SilverAuditRun");

        Assert.Equal([Id(4), null, null, null], runs.Select(run => run.Value("UndoneBy")));
        Assert.Equal([null, null, null, Id(1)], runs.Select(run => run.Value("UndoneRunId")));
        Assert.Equal(Id(4), _module.Succeed("Get-SilverAuditRun $args[0]", Id(1)).Single().Value("UndoneBy"));
        AssertRuns("4", "Get-SilverAuditRun -Status Undo");
    }

    [Fact]
    public void The_history_of_a_store_of_an_earlier_version_is_read()
    {
        Create(_module);
        Database.Execute(Store, "ALTER TABLE silver_audit.etl_run DROP COLUMN undone_run_id");

        var runs = _module.Succeed("Get-SilverAuditRun");

        Assert.Equal("1 2 3 4", Describe(runs));
        Assert.All(runs, run => Assert.Null(run.Value("UndoneBy")));
    }

    [Theory]
    [InlineData("CREATE TABLE something (id INTEGER)")]
    [InlineData("CREATE SCHEMA silver_audit; CREATE VIEW silver_audit.etl_run AS SELECT 1 AS run_id")]
    public void A_store_without_a_history_has_no_runs(string statement)
    {
        Database.Execute(Store, statement);

        Assert.Empty(_module.Succeed("Get-SilverAuditRun"));
        Assert.Equal("RunNotFound", _module.Run("Get-SilverAuditRun $args[0]", Guid.NewGuid()).ErrorId);
    }

    [Fact]
    public void A_history_of_other_types_is_read_as_far_as_it_goes()
    {
        Database.Execute(
            Store,
            "CREATE SCHEMA silver_audit",
            "CREATE TABLE silver_audit.etl_run (run_id VARCHAR, started_at VARCHAR, finished_at TIMESTAMP, status INTEGER, source_rows VARCHAR, process_id VARCHAR)",
            $"INSERT INTO silver_audit.etl_run VALUES ('{Id(1)}', '2026-01-01 12:00:00', 'infinity', 7, 'many', '12'), ('none', 'then', NULL, NULL, '3', NULL)");

        var runs = _module.Succeed("Get-SilverAuditRun");

        Assert.Equal([Guid.Empty, Id(1)], runs.Select(run => run.Value("RunId")));
        Assert.Equal([null, Utc("2026-01-01 12:00:00")], runs.Select(run => run.Value("StartedAt")));
        Assert.Equal([null, null], runs.Select(run => run.Value("Duration")));
        Assert.Equal([3L, 0L], runs.Select(run => run.Value("SourceRows")));
        Assert.Equal([null, 12], runs.Select(run => run.Value("ProcessId")));
        Assert.Equal(2L, _module.Succeed("Get-SilverAuditRun -Summary").Single().Value("TotalRuns"));
    }

    [Fact]
    public void A_store_that_is_not_there_is_an_error_and_is_not_created()
    {
        var outcome = _module.Run("Get-SilverAuditRun");

        Assert.Equal("StoreNotFound,SilverAudit.PowerShell.GetSilverAuditRunCommand", Assert.Single(outcome.Errors).FullyQualifiedErrorId);
        Assert.Empty(outcome.Output);
        Assert.False(File.Exists(Store));
    }

    [Fact]
    public void The_history_arrives_the_same_from_an_engine_in_a_process_of_its_own()
    {
        Create(_module);
        Database.Execute(Store, $"UPDATE silver_audit.etl_run SET undone_run_id = '{Id(1)}' WHERE run_id = '{Id(4)}'");

        foreach (var script in new[] { "Get-SilverAuditRun -Newest 3", "Get-SilverAuditRun -Summary", "Get-SilverAuditRun -Summary | ForEach-Object Days" })
        {
            Assert.Equal(DescribeAll(_module.Succeed(script)), DescribeAll(_module.Succeed(script.Replace("SilverAuditRun", "SilverAuditRun -Isolated", StringComparison.Ordinal))));
        }

        Assert.Equal("RunNotFound", _module.Run("Get-SilverAuditRun $args[0] -Isolated", Guid.NewGuid()).ErrorId);
    }

    [Fact]
    public void The_store_is_only_read_and_free_afterwards()
    {
        Create(_module);
        var bytes = File.ReadAllBytes(Store);

        _module.Succeed("Get-SilverAuditRun; Get-SilverAuditRun -Summary");

        Assert.Equal(bytes, File.ReadAllBytes(Store));
        FileHolder.AssertFree(Store);
    }

    private string CreateSource(string name, params string[] loadIds) => Staging.Create(_module.File(name), loadIds);

    private void AssertRuns(string expected, string script, params object?[] arguments) => Assert.Equal(expected, Describe(_module.Succeed(script, arguments)));

    private static string Describe(IEnumerable<PSObject> runs) => string.Join(' ', runs.Select(run => run.Text("Source")[^4]));

    private static string DescribeAll(IEnumerable<PSObject> objects) => string.Join(
        '\n', objects.Select(value => string.Join(' ', value.Properties.Select(property => $"{property.Name}={Formatted(property.Value)}"))));

    private static string Formatted(object? value) => value switch
    {
        DateTime time => time.ToString("O", CultureInfo.InvariantCulture),
        System.Collections.IEnumerable and not string => string.Join(',', LanguagePrimitives.GetEnumerable(value).Cast<object>()),
        _ => value?.ToString() ?? "",
    };

    private static string PropertyOf(string column) => string.Concat(column.Split('_').Select(word => char.ToUpperInvariant(word[0]) + word[1..]));
}
