using System.Globalization;

namespace SilverAudit.PowerShell.Tests;

public sealed class LoadFilterTests : IDisposable
{
    private const string Columns = "load_id VARCHAR, data_source VARCHAR, validation_status VARCHAR, checksum_status VARCHAR";

    private readonly Module _module = new();

    private string Store => _module.File("silver_metadata.db");

    public void Dispose() => _module.Dispose();

    [Theory]
    [InlineData("LOAD_1", "LOAD_1")]
    [InlineData("load_1", "")]
    [InlineData("LOAD_*", "LOAD_1 LOAD_10 LOAD_2")]
    [InlineData("load_*", "LOAD_1 LOAD_10 LOAD_2")]
    [InlineData("LOAD_?", "LOAD_1 LOAD_2")]
    [InlineData("LOAD_[2-3]", "LOAD_2")]
    [InlineData("*_1", "LOAD_1 OTHER_1")]
    [InlineData("LOAD", "")]
    [InlineData("OTHER.1", "OTHER.1")]
    [InlineData("OTHER?1", "OTHER.1 OTHER_1")]
    [InlineData("nothing*", "")]
    public void An_identifier_is_exact_and_wildcards_are_not(string loadId, string expected)
    {
        Load("LOAD_1", "LOAD_10", "LOAD_2", "OTHER.1", "OTHER_1");

        AssertLoads(expected, "Get-SilverAuditLoad -LoadId $args[0]", loadId);
    }

    [Fact]
    public void Several_identifiers_are_any_of_them_and_no_load_comes_twice()
    {
        Load("LOAD_1", "LOAD_2", "LOAD_3");

        AssertLoads("LOAD_1 LOAD_3", "Get-SilverAuditLoad LOAD_3, LOAD_1, LOAD_3, 'LOAD_[1]'");
    }

    [Theory]
    [InlineData("A[1]", "A1 A[1]")]
    [InlineData("A`[1`]", "A[1]")]
    [InlineData("A[[]1]", "A[1]")]
    [InlineData("A`*", "A*")]
    [InlineData("A[", "A[")]
    [InlineData("A'; DROP TABLE x; --", "A'; DROP TABLE x; --")]
    [InlineData(@"A\d", @"A\d")]
    [InlineData(@"A\*", @"A\d")]
    [InlineData("A(?)", "A(b)")]
    public void Special_characters_of_identifiers_can_be_asked_for(string loadId, string expected)
    {
        string[] loadIds = ["A(b)", "A*", "A1", "A[", "A[1]", @"A\d", "A'; DROP TABLE x; --"];
        Load(loadIds);

        var found = _module.Succeed("Get-SilverAuditLoad -LoadId $args[0]", loadId).Select(load => load.Text("LoadId"));

        Assert.Equal(loadIds.Where(id => id == expected || expected.Split(' ').Contains(id)).Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Identifiers_bind_from_the_pipeline_by_name()
    {
        Load("LOAD_1", "LOAD_2", "LOAD_3");

        AssertLoads("LOAD_3 LOAD_1", "[pscustomobject]@{ LoadId = 'LOAD_3' }, [pscustomobject]@{ LoadId = 'LOAD_1' } | Get-SilverAuditLoad");
        AssertLoads("LOAD_2", "Get-SilverAuditLoad LOAD_2 | Get-SilverAuditLoad");
        AssertLoads("LOAD_1 LOAD_2 LOAD_3", "Compare-SilverAuditSource source.db -IncludeEqual | Get-SilverAuditLoad");
    }

    [Theory]
    [InlineData("$null")]
    [InlineData("''")]
    [InlineData("@()")]
    public void An_object_without_an_identifier_asks_for_no_load(string loadId)
    {
        Load("LOAD_1");

        AssertLoads("LOAD_1", $"[pscustomobject]@{{ LoadId = {loadId} }}, [pscustomobject]@{{ LoadId = 'LOAD_1' }} | Get-SilverAuditLoad");
    }

    [Theory]
    [InlineData("-DataSource $null", "1 2 3 4")]
    [InlineData("-DataSource @()", "1 2 3 4")]
    [InlineData("-ValidationStatus $null -ChecksumStatus $null", "1 2 3 4")]
    [InlineData("-DataSource scopus", "1 3")]
    [InlineData("-DataSource SCOPUS", "1 3")]
    [InlineData("-DataSource sco*", "1 3")]
    [InlineData("-DataSource scopus, wos", "1 2 3")]
    [InlineData("-DataSource scop", "")]
    [InlineData("-ValidationStatus PASSED", "1 2")]
    [InlineData("-ValidationStatus failed", "3")]
    [InlineData("-ValidationStatus *", "1 2 3")]
    [InlineData("-ChecksumStatus ERROR", "2")]
    [InlineData("-ChecksumStatus PASSED, FAILED", "1 3")]
    [InlineData("-DataSource scopus -ValidationStatus PASSED", "1")]
    [InlineData("-DataSource scopus -ChecksumStatus ERROR", "")]
    [InlineData("-LoadId 1, 4 -ValidationStatus PASSED", "1")]
    public void Sources_and_statuses_filter(string parameters, string expected)
    {
        LoadRows("('1', 'scopus', 'PASSED', 'PASSED')", "('2', 'wos', 'PASSED', 'ERROR')", "('3', 'scopus', 'FAILED', 'FAILED')", "('4', NULL, NULL, NULL)");

        AssertLoads(expected, $"Get-SilverAuditLoad {parameters}");
    }

    [Fact]
    public void Reprocessed_loads_can_be_told_from_the_others()
    {
        LoadRows("('1', 'scopus', 'PASSED', NULL)", "('2', 'scopus', 'PASSED', NULL)");
        Database.Execute(_module.File("source.db"), "UPDATE silver_temp_audit SET validation_status = 'FAILED' WHERE load_id = '2'");
        _module.Load(_module.File("source.db"), "-Reprocess -Reason test");

        AssertLoads("2", "Get-SilverAuditLoad -Reprocessed");
        AssertLoads("1", "Get-SilverAuditLoad -Reprocessed:$false");
        AssertLoads("1 2", "Get-SilverAuditLoad");
    }

    [Fact]
    public void Since_and_until_take_in_their_own_moment()
    {
        LoadAt("2025-01-01 12:00:00.000001", "2025-01-02 12:00:00", "2025-01-03 12:00:00.123456");

        AssertLoads("2 3", "Get-SilverAuditLoad -Since $args[0]", Utc("2025-01-02 12:00:00"));
        AssertLoads("1 2", "Get-SilverAuditLoad -Until $args[0]", Utc("2025-01-02 12:00:00"));
        AssertLoads("2", "Get-SilverAuditLoad -Since $args[0] -Until $args[0]", Utc("2025-01-02 12:00:00"));
        AssertLoads("3", "Get-SilverAuditLoad -Since $args[0]", Utc("2025-01-02 12:00:00.000001"));
        AssertLoads("1", "Get-SilverAuditLoad -Since $args[0] -Until $args[0]", Utc("2025-01-01 12:00:00.000001"));
        AssertLoads("", "Get-SilverAuditLoad -Since $args[0]", Utc("2025-01-04"));
    }

    [Fact]
    public void The_time_of_a_load_finds_that_load_again()
    {
        Load("LOAD_1");

        AssertLoads("LOAD_1", "$time = (Get-SilverAuditLoad).OriginalProcessingTimestamp; Get-SilverAuditLoad -Since $time -Until $time");
        AssertLoads("LOAD_1", "$time = (Get-SilverAuditLoad).OriginalProcessingTimestamp.ToLocalTime(); Get-SilverAuditLoad -Since $time -Until $time");
    }

    [LinuxFact("Only there a process takes its time zone from TZ.")]
    public void Times_are_local_unless_they_say_otherwise()
    {
        LoadAt("2025-01-02 06:29:59", "2025-01-02 06:30:00", "2025-01-02 12:00:00");

        var lines = ChildProcess.Succeed(Runner.Start(
            _module.Folder.Location, new Dictionary<string, string?> { ["TZ"] = "Asia/Kolkata" },
            """
            (Get-SilverAuditLoad -Since '2025-01-02 12:00:00').LoadId -join ' '
            (Get-SilverAuditLoad -Until ([datetime]::new(2025, 1, 2, 12, 0, 0, [System.DateTimeKind]::Local))).LoadId -join ' '
            (Get-SilverAuditLoad -Since ([datetime]::new(2025, 1, 2, 12, 0, 0, [System.DateTimeKind]::Utc))).LoadId -join ' '
            """));

        Assert.Equal(["2 3", "1 2", "3"], lines);
    }

    [Fact]
    public void Loads_come_oldest_first_and_newest_first_when_the_newest_are_asked_for()
    {
        LoadAt("2025-01-02 00:00:00", "2025-01-03 00:00:00", "2025-01-01 00:00:00", "2025-01-02 00:00:00");

        AssertLoads("3 1 4 2", "Get-SilverAuditLoad");
        AssertLoads("2 4", "Get-SilverAuditLoad -Newest 2");
        AssertLoads("2 4 1 3", "Get-SilverAuditLoad -Newest 100");
        AssertLoads("1", "Get-SilverAuditLoad -Newest 1 -LoadId 1, 3");
    }

    [Fact]
    public void Newest_must_be_a_positive_number()
    {
        Load("LOAD_1");

        var outcome = _module.Run("Get-SilverAuditLoad -Newest 0");

        Assert.Equal("ParameterArgumentValidationError", outcome.ErrorId);
        Assert.Empty(outcome.Output);
    }

    private void Load(params string[] loadIds) => LoadRows([.. loadIds.Select(id => $"('{id.Replace("'", "''", StringComparison.Ordinal)}', NULL, NULL, NULL)")]);

    private void LoadRows(params string[] rows) => _module.Load(Staging.CreateWith(
        _module.File("source.db"), $"CREATE TABLE silver_temp_audit ({Columns})", $"INSERT INTO silver_temp_audit VALUES {string.Join(", ", rows)}"));

    /// <summary>Loads 1, 2, 3… and sets the times at which they were processed.</summary>
    private void LoadAt(params string[] times)
    {
        Load([.. Enumerable.Range(1, times.Length).Select(number => number.ToString(CultureInfo.InvariantCulture))]);
        Database.Execute(
            Store, [.. times.Select((time, index) => $"UPDATE silver_staging_audit SET original_processing_timestamp = TIMESTAMP '{time}' WHERE load_id = '{index + 1}'")]);
    }

    private void AssertLoads(string expected, string script, params object?[] arguments) =>
        Assert.Equal(expected, string.Join(' ', _module.Succeed(script, arguments).Select(load => load.Text("LoadId"))));

    private static DateTime Utc(string time) =>
        DateTime.Parse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);
}
