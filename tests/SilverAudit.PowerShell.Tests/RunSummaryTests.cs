using static SilverAudit.PowerShell.Tests.HandmadeHistory;

namespace SilverAudit.PowerShell.Tests;

public sealed class RunSummaryTests : IDisposable
{
    private readonly Module _module = new();

    private string Store => _module.File("silver_metadata.db");

    public void Dispose() => _module.Dispose();

    [Fact]
    public void A_summary_counts_the_runs_and_their_rows()
    {
        Create(_module);

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
        Create(_module);

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
        Create(_module);

        var summary = _module.Succeed($"Get-SilverAuditRun -Summary {parameters}").Single();

        Assert.Equal((runs, inserted), (summary.Value<long>("TotalRuns"), summary.Value<long>("InsertedRows")));
    }

    [Fact]
    public void An_undo_is_no_load_and_is_left_out_of_a_summary()
    {
        var source = Staging.Create(_module.File("source.db"), "LOAD_1");
        _module.Load(source);
        Database.Execute(source, "UPDATE silver_temp_audit SET validation_status = 'FAILED'");
        _module.Undo(_module.Load(source, "-Reprocess -Reason 'validated again'"));

        var summary = _module.Succeed("Get-SilverAuditRun -Summary").Single();

        Assert.Equal(
            (2L, 2L, 0L, 1L, 1L),
            (summary.Value<long>("TotalRuns"), summary.Value<long>("SuccessfulRuns"), summary.Value<long>("FailedRuns"), summary.Value<long>("InsertedRows"), summary.Value<long>("UpdatedRows")));
        Assert.Equal(2, _module.Succeed("(Get-SilverAuditRun -Summary).Days").Sum(day => day.Value<long>("TotalRuns")));
        Assert.Equal(3, _module.Succeed("Get-SilverAuditRun").Count);
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
}
