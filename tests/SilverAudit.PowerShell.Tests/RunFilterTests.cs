using System.Management.Automation;
using static SilverAudit.PowerShell.Tests.HandmadeHistory;

namespace SilverAudit.PowerShell.Tests;

public sealed class RunFilterTests : IDisposable
{
    private readonly Module _module = new();

    private string Store => _module.File("silver_metadata.db");

    public void Dispose() => _module.Dispose();

    [Fact]
    public void Runs_come_oldest_first_and_newest_first_when_the_newest_are_asked_for()
    {
        Create(_module);

        AssertRuns("1 2 3 4", "Get-SilverAuditRun");
        AssertRuns("4 3", "Get-SilverAuditRun -Newest 2");
        AssertRuns("4 3 2 1", "Get-SilverAuditRun -Newest 9");
        AssertRuns("2", "Get-SilverAuditRun -Newest 1 -Status PartialUpdate");
    }

    [Fact]
    public void Runs_that_started_at_the_same_moment_come_in_the_order_in_which_they_were_recorded()
    {
        Create(_module);
        Database.Execute(Store, "UPDATE silver_audit.etl_run SET started_at = TIMESTAMP '2026-01-01'");
        var recorded = StoreContents.Texts(Store, "SELECT source[-4] FROM silver_audit.etl_run ORDER BY rowid");

        AssertRuns(string.Join(' ', recorded), "Get-SilverAuditRun");
        AssertRuns(recorded[^1], "Get-SilverAuditRun -Newest 1");
    }

    [Theory]
    [InlineData("Faild")]
    [InlineData("Failed, Faild")]
    public void A_status_that_no_run_can_have_is_a_mistake_in_the_command(string status)
    {
        var outcome = _module.Run($"Get-SilverAuditRun -Status {status}");

        Assert.Empty(outcome.Output);
        Assert.Equal("StatusUnknown", outcome.ErrorId);
        foreach (var part in new[] { "'Faild'", "AllNew", "Failed", "Undo" })
        {
            Assert.Contains(part, outcome.Errors[0].Exception.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("-Status Failed", "3")]
    [InlineData("-Status failed, allnew", "1 3 4")]
    [InlineData("-Status A*", "1 4")]
    [InlineData("-Status *", "1 2 3 4")]
    [InlineData("-Status Fail*", "3")]
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
        Create(_module);

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
        Create(_module);

        AssertRuns("2 3 4", "Get-SilverAuditRun -Since $args[0]", Utc("2026-01-02 12:00:00"));
        AssertRuns("1 2", "Get-SilverAuditRun -Until $args[0]", Utc("2026-01-02 12:00:00"));
        AssertRuns("2", "Get-SilverAuditRun -Since $args[0] -Until $args[0]", Utc("2026-01-02 12:00:00"));
        AssertRuns("3 4", "Get-SilverAuditRun -Since $args[0]", Utc("2026-01-02 12:00:00.000001"));
        AssertRuns("2", "Get-SilverAuditRun -Since $args[0].ToLocalTime() -Until $args[0].ToLocalTime()", Utc("2026-01-02 12:00:00"));
    }

    [Fact]
    public void Runs_are_found_by_their_identifiers()
    {
        Create(_module);

        AssertRuns("1 3", "Get-SilverAuditRun $args[0]", (object)new[] { Id(3), Id(1), Id(3) });
        AssertRuns("3", "Get-SilverAuditRun -RunId $args[0] -Status Failed", (object)new[] { Id(3), Id(1) });
        AssertRuns("2", "Get-SilverAuditRun $args[0]", Id(2).ToString());
    }

    [Fact]
    public void An_identifier_that_is_not_there_is_an_error_and_the_others_are_returned()
    {
        Create(_module);
        var unknown = Guid.NewGuid();

        var outcome = _module.Run("Get-SilverAuditRun $args", unknown, Id(2));

        Assert.Equal("RunNotFound,SilverAudit.PowerShell.GetSilverAuditRunCommand", Assert.Single(outcome.Errors).FullyQualifiedErrorId);
        Assert.Equal((ErrorCategory.ObjectNotFound, Store), (outcome.Errors[0].CategoryInfo.Category, outcome.Errors[0].TargetObject));
        Assert.Contains($"no run '{unknown}'", outcome.Errors[0].Exception.Message, StringComparison.Ordinal);
        Assert.Equal("2", Describe(outcome.Output));
    }

    [Theory]
    [InlineData("@() | Get-SilverAuditRun")]
    [InlineData("Get-SilverAuditRun -RunId @()")]
    [InlineData("Get-SilverAuditRun -RunId $null")]
    [InlineData("[pscustomobject]@{ RunId = $null } | Get-SilverAuditRun")]
    public void No_identifier_asks_for_no_run(string script)
    {
        Create(_module);

        AssertRuns("", script);
        Assert.Equal(0L, _module.Succeed($"{script} -Summary").Single().Value("TotalRuns"));
    }

    [Fact]
    public void A_filter_that_is_null_lets_every_run_through()
    {
        Create(_module);

        Assert.Equal(
            _module.Succeed("Get-SilverAuditRun").Select(run => run.Text("RunId")),
            _module.Succeed("Get-SilverAuditRun -Source $null -Status $null").Select(run => run.Text("RunId")));
    }

    [Fact]
    public void The_statuses_are_offered_for_completion()
    {
        var offered = _module.Succeed("(TabExpansion2 'Get-SilverAuditRun -Status ' 27).CompletionMatches").Select(match => match.Text("CompletionText"));

        Assert.Equal(["AllNew", "PartialUpdate", "AlreadyPresent", "Empty", "Failed", "Undo"], offered);
    }

    private string CreateSource(string name, params string[] loadIds) => Staging.Create(_module.File(name), loadIds);

    private void AssertRuns(string expected, string script, params object?[] arguments) => Assert.Equal(expected, Describe(_module.Succeed(script, arguments)));

    private static string Describe(IEnumerable<PSObject> runs) => string.Join(' ', runs.Select(run => run.Text("Source")[^4]));
}
