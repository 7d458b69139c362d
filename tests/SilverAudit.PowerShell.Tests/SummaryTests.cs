namespace SilverAudit.PowerShell.Tests;

public sealed class SummaryTests : IDisposable
{
    private readonly Module _module = new();

    public void Dispose() => _module.Dispose();

    [Fact]
    public void A_batch_ends_with_its_sums_and_the_sources_that_failed()
    {
        Staging.Create(_module.File("1.db"), "LOAD_1", "LOAD_2");
        Staging.Create(_module.File("2.db"), "LOAD_2", "LOAD_3");

        var outcome = _module.Run("Invoke-SilverAuditEtl 1.db, nowhere.db, 2.db -Summary -NoLog");

        Assert.Equal(
            ["SilverAudit.EtlResult", "SilverAudit.EtlResult", "SilverAudit.EtlResult", "SilverAudit.EtlSummary"], outcome.Output.Select(result => result.TypeNames[0]));
        var summary = outcome.Output[^1];
        Assert.Equal((3, 2, 1, false), (summary.Value("TotalSources"), summary.Value("SuccessfulSources"), summary.Value("FailedSources"), summary.Value("Success")));
        Assert.Equal((4, 3, 0, 1, 0, 0), summary.Counts());
        Assert.Equal(_module.File("silver_metadata.db"), summary.Value("Destination"));
        var failure = System.Management.Automation.PSObject.AsPSObject(Assert.Single((System.Collections.IEnumerable)summary.Value("Failures")!));
        Assert.Equal((_module.File("nowhere.db"), "SourceNotFound", outcome.Errors[0].ToString()), (failure.Value("Source"), failure.Value("ErrorId"), failure.Value("Error")));
        Assert.Equal(outcome.Output[0].Value("StartedAt"), summary.Value("StartedAt"));
        Assert.Equal(
            outcome.Output[2].Value<DateTime>("StartedAt") + outcome.Output[2].Value<TimeSpan>("Duration") - summary.Value<DateTime>("StartedAt"),
            summary.Value("Duration"));
    }

    [Fact]
    public void A_batch_of_nothing_has_a_summary_of_nothing()
    {
        var summary = Assert.Single(_module.Succeed("@() | Invoke-SilverAuditEtl -Summary -NoLog"));

        Assert.Equal((0, true, TimeSpan.Zero), (summary.Value("TotalSources"), summary.Value("Success"), summary.Value("Duration")));
        Assert.False(File.Exists(_module.File("silver_metadata.db")));
    }

    [Fact]
    public void Archived_sources_are_counted_and_those_that_should_have_been_are_named()
    {
        Staging.CreateSeries(_module.Folder.Location, 3);
        Directory.CreateDirectory(_module.File("archive/2.db"));

        var outcome = _module.Run("Invoke-SilverAuditEtl ?.db -Summary -ArchivePath archive -NoLog");

        var summary = outcome.Output[^1];
        Assert.Equal((3, 0, 2, false), (summary.Value("TotalSources"), summary.Value("FailedSources"), summary.Value("ArchivedSources"), summary.Value("Success")));
        Assert.Equal($"Not archived: {_module.File("2.db")}: TargetExists", Assert.Single((IEnumerable<string>)summary.Value("Problems")!));
    }

    [Fact]
    public void The_log_has_the_summary_in_the_words_that_operators_know()
    {
        Staging.Create(_module.File("1.db"), "LOAD_1");

        _module.Run("Invoke-SilverAuditEtl 1.db, nowhere.db -Summary");

        var lines = File.ReadAllLines(_module.File("silver_audit_etl.log")).Select(line => line.Split(" - INFO - ")[^1]).ToList();
        var start = lines.IndexOf("BATCH PROCESSING SUMMARY");
        Assert.Equal(
            ["BATCH PROCESSING SUMMARY", "Total databases: 2", "Successful: 1", "Failed: 1", "Failed databases:"], lines[start..(start + 5)]);
        Assert.StartsWith($"  - {_module.File("nowhere.db")}: SourceNotFound: ", lines[start + 5], StringComparison.Ordinal);
    }

    [Fact]
    public void Without_the_switch_there_is_none()
    {
        Staging.Create(_module.File("1.db"), "LOAD_1");

        Assert.Equal("SilverAudit.EtlResult", Assert.Single(_module.Succeed("Invoke-SilverAuditEtl 1.db -NoLog")).TypeNames[0]);
    }
}
