using System.Globalization;
using System.Management.Automation;

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
            s_columns.Select(PropertyOf).Concat(["Duration", "Success", "UndoneBy"]).Order(),
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
    public void Runs_come_oldest_first_and_newest_first_when_the_newest_are_asked_for()
    {
        CreateHistory();

        AssertRuns("1 2 3 4", "Get-SilverAuditRun");
        AssertRuns("4 3", "Get-SilverAuditRun -Newest 2");
        AssertRuns("4 3 2 1", "Get-SilverAuditRun -Newest 9");
        AssertRuns("2", "Get-SilverAuditRun -Newest 1 -Status PartialUpdate");
    }

    [Fact]
    public void Runs_that_started_at_the_same_moment_come_in_the_order_in_which_they_were_recorded()
    {
        CreateHistory();
        Database.Execute(Store, "UPDATE silver_audit.etl_run SET started_at = TIMESTAMP '2026-01-01'");
        var recorded = StoreContents.Texts(Store, "SELECT source[-4] FROM silver_audit.etl_run ORDER BY rowid");

        AssertRuns(string.Join(' ', recorded), "Get-SilverAuditRun");
        AssertRuns(recorded[^1], "Get-SilverAuditRun -Newest 1");
    }

    [Theory]
    [InlineData("-Status Failed", "3")]
    [InlineData("-Status failed, allnew", "1 3 4")]
    [InlineData("-Status A*", "1 4")]
    [InlineData("-Status *", "1 2 3 4")]
    [InlineData("-Status Fail", "")]
    [InlineData("-Source 2.db", "2")]
    [InlineData("-Source 2.DB, 3.db", "2 3")]
    [InlineData("-Source [12].db", "1 2")]
    [InlineData("-Source ?.db", "1 2 3 4")]
    [InlineData("-Source /data/*", "1 2")]
    [InlineData("-Source /DATA/1.db", "1")]
    [InlineData("-Source data", "")]
    [InlineData("-Source .db", "")]
    [InlineData("-Source '*/more/*'", "3")]
    [InlineData("-Source '*\\4.db'", "4")]
    [InlineData("-Source 4.db", "4")]
    [InlineData("-Source 'nodrive:/4.db', '::x/y', '/'", "")]
    [InlineData("-Source ?.db -Status Failed", "3")]
    [InlineData("-DestinationTable Other_Audit", "4")]
    [InlineData("-DestinationTable silver_staging_audit", "1 2 3")]
    [InlineData("-DestinationTable nothing", "")]
    public void Statuses_sources_and_tables_filter(string parameters, string expected)
    {
        CreateHistory();

        AssertRuns(expected, $"Get-SilverAuditRun {parameters}");
    }

    [Fact]
    public void A_source_can_be_named_by_a_path_from_the_current_location()
    {
        Directory.CreateDirectory(_module.File("in [x]"));
        _module.Load(CreateSource("in [x]/a.db", "LOAD_1"));
        _module.Load(CreateSource("b.db", "LOAD_2"));

        Assert.Equal("LOAD_1", Loaded("'in [x]/a.db'"));
        Assert.Equal("LOAD_2", Loaded("./b.db"));
        Assert.Equal("LOAD_2", Loaded("$pwd/b*"));

        string Loaded(string source) => _module.Succeed(
            $"Get-SilverAuditRun -Source {source} | ForEach-Object {{ Get-SilverAuditLoad -Since $_.ProcessingTimestamp -Until $_.ProcessingTimestamp }}").Single().Text("LoadId");
    }

    [Fact]
    public void Since_and_until_take_in_their_own_moment()
    {
        CreateHistory();

        AssertRuns("2 3 4", "Get-SilverAuditRun -Since $args[0]", Utc("2026-01-02 12:00:00"));
        AssertRuns("1 2", "Get-SilverAuditRun -Until $args[0]", Utc("2026-01-02 12:00:00"));
        AssertRuns("2", "Get-SilverAuditRun -Since $args[0] -Until $args[0]", Utc("2026-01-02 12:00:00"));
        AssertRuns("3 4", "Get-SilverAuditRun -Since $args[0]", Utc("2026-01-02 12:00:00.000001"));
        AssertRuns("2", "Get-SilverAuditRun -Since $args[0].ToLocalTime() -Until $args[0].ToLocalTime()", Utc("2026-01-02 12:00:00"));
    }

    [Fact]
    public void Runs_are_found_by_their_identifiers()
    {
        CreateHistory();

        AssertRuns("1 3", "Get-SilverAuditRun $args[0]", (object)new[] { Id(3), Id(1), Id(3) });
        AssertRuns("3", "Get-SilverAuditRun -RunId $args[0] -Status Failed", (object)new[] { Id(3), Id(1) });
        AssertRuns("2", "Get-SilverAuditRun $args[0]", Id(2).ToString());
    }

    [Fact]
    public void An_identifier_that_is_not_there_is_an_error_and_the_others_are_returned()
    {
        CreateHistory();
        var unknown = Guid.NewGuid();

        var outcome = _module.Run("Get-SilverAuditRun $args", unknown, Id(2));

        Assert.Equal("RunNotFound,SilverAudit.PowerShell.GetSilverAuditRunCommand", Assert.Single(outcome.Errors).FullyQualifiedErrorId);
        Assert.Equal((ErrorCategory.ObjectNotFound, Store), (outcome.Errors[0].CategoryInfo.Category, outcome.Errors[0].TargetObject));
        Assert.Contains($"no run '{unknown}'", outcome.Errors[0].Exception.Message, StringComparison.Ordinal);
        Assert.Equal("2", Describe(outcome.Output));
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
    public void A_plan_is_not_in_the_history()
    {
        _module.Load(CreateSource("a.db", "LOAD_1"));

        var outcome = _module.Run("Invoke-SilverAuditEtl a.db -WhatIf | Get-SilverAuditRun");

        Assert.Equal("RunNotFound", outcome.ErrorId);
        Assert.Empty(outcome.Output);
    }

    [Theory]
    [InlineData("@() | Get-SilverAuditRun")]
    [InlineData("Get-SilverAuditRun -RunId @()")]
    [InlineData("Get-SilverAuditRun -RunId $null")]
    [InlineData("[pscustomobject]@{ RunId = $null } | Get-SilverAuditRun")]
    public void No_identifier_asks_for_no_run(string script)
    {
        CreateHistory();

        AssertRuns("", script);
        Assert.Equal(0L, _module.Succeed($"{script} -Summary").Single().Value("TotalRuns"));
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
        CreateHistory();
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
        CreateHistory();
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
        CreateHistory();
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
        CreateHistory();
        var bytes = File.ReadAllBytes(Store);

        _module.Succeed("Get-SilverAuditRun; Get-SilverAuditRun -Summary");

        Assert.Equal(bytes, File.ReadAllBytes(Store));
        FileHolder.AssertFree(Store);
    }

    [Fact]
    public void A_summary_counts_the_runs_and_their_rows()
    {
        CreateHistory();

        var summary = _module.Succeed("Get-SilverAuditRun -Summary").Single();

        Assert.Equal("SilverAudit.RunSummary", summary.TypeNames[0]);
        Assert.Equal(
            (4L, 3L, 1L), (summary.Value<long>("TotalRuns"), summary.Value<long>("SuccessfulRuns"), summary.Value<long>("FailedRuns")));
        Assert.Equal(
            (111L, 20L, 3L, 4L),
            (summary.Value<long>("InsertedRows"), summary.Value<long>("UpdatedRows"), summary.Value<long>("SkippedRows"), summary.Value<long>("RejectedRows")));
        Assert.Equal(TimeSpan.FromSeconds(2.5), summary.Value("AverageDuration"));
        Assert.Equal((Utc("2026-01-01 23:59:59"), Utc("2026-01-03 01:00:00")), (summary.Value("First"), summary.Value("Last")));
    }

    [Fact]
    public void A_summary_has_the_figures_of_each_day()
    {
        CreateHistory();

        Assert.Equal(
            [
                (Utc("2026-01-01"), 1L, 1L, 0L, 1L, TimeSpan.FromSeconds(1)),
                (Utc("2026-01-02"), 1L, 1L, 0L, 10L, TimeSpan.FromSeconds(2)),
                (Utc("2026-01-03"), 2L, 1L, 1L, 100L, TimeSpan.FromSeconds(3.5)),
            ],
            _module.Succeed("(Get-SilverAuditRun -Summary).Days").Select(day => (
                day.Value<DateTime>("Date"), day.Value<long>("TotalRuns"), day.Value<long>("SuccessfulRuns"), day.Value<long>("FailedRuns"),
                day.Value<long>("InsertedRows"), day.Value<TimeSpan>("AverageDuration"))));
    }

    [Theory]
    [InlineData("-Status Failed", 1, 0)]
    [InlineData("-Newest 2", 2, 100)]
    [InlineData("-Source 1.db, 2.db", 2, 11)]
    [InlineData("-Source nothing", 0, 0)]
    public void A_summary_is_of_the_runs_that_were_selected(string parameters, long runs, long inserted)
    {
        CreateHistory();

        var summary = _module.Succeed($"Get-SilverAuditRun -Summary {parameters}").Single();

        Assert.Equal((runs, inserted), (summary.Value<long>("TotalRuns"), summary.Value<long>("InsertedRows")));
    }

    [Fact]
    public void A_summary_of_no_run_is_zeros()
    {
        Database.Execute(Store, "CREATE TABLE something (id INTEGER)");

        var summary = _module.Succeed("Get-SilverAuditRun -Summary").Single();

        foreach (var property in new[] { "TotalRuns", "SuccessfulRuns", "FailedRuns", "InsertedRows", "UpdatedRows", "SkippedRows", "RejectedRows" })
        {
            Assert.Equal(0L, summary.Value(property));
        }

        Assert.Equal(TimeSpan.Zero, summary.Value("AverageDuration"));
        Assert.Null(summary.Value("First"));
        Assert.Null(summary.Value("Last"));
        Assert.Empty(_module.Succeed("(Get-SilverAuditRun -Summary).Days"));
    }

    [Fact]
    public void The_statuses_are_offered_for_completion()
    {
        var offered = _module.Succeed("(TabExpansion2 'Get-SilverAuditRun -Status ' 27).CompletionMatches").Select(match => match.Text("CompletionText"));

        Assert.Equal(["AllNew", "PartialUpdate", "AlreadyPresent", "Empty", "Failed", "Undo"], offered);
    }

    private string CreateSource(string name, params string[] loadIds) => Staging.Create(_module.File(name), loadIds);

    /// <summary>A history of four runs, of which the third failed and the fourth went to another table. They are not recorded in their order.</summary>
    private void CreateHistory()
    {
        _module.Load(CreateSource("a.db", "LOAD_1"));
        Database.Execute(
            Store,
            "DELETE FROM silver_audit.etl_run",
            $$"""
            INSERT INTO silver_audit.etl_run (run_id, started_at, finished_at, source, destination_table, status, inserted_rows, updated_rows, skipped_rows, rejected_rows) VALUES
                ('{{Id(4)}}', '2026-01-03 01:00:00', '2026-01-03 01:00:04', 'C:\more\4.db', 'other_audit', 'AllNew', 100, 0, 0, 4),
                ('{{Id(2)}}', '2026-01-02 12:00:00', '2026-01-02 12:00:02', '/data/2.db', 'silver_staging_audit', 'PartialUpdate', 10, 20, 3, 0),
                ('{{Id(1)}}', '2026-01-01 23:59:59', '2026-01-02 00:00:00', '/data/1.db', 'silver_staging_audit', 'AllNew', 1, 0, 0, 0),
                ('{{Id(3)}}', '2026-01-03 00:00:00', '2026-01-03 00:00:03', '/more/3.db', 'silver_staging_audit', 'Failed', 0, 0, 0, 0)
            """);
    }

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

    private static Guid Id(int number) => new(number, 0, 0, new byte[8]);

    private static string PropertyOf(string column) => string.Concat(column.Split('_').Select(word => char.ToUpperInvariant(word[0]) + word[1..]));

    private static DateTime Utc(string time) =>
        DateTime.Parse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);
}
