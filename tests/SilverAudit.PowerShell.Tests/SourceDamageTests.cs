using System.Management.Automation;

namespace SilverAudit.PowerShell.Tests;

public sealed class SourceDamageTests : IDisposable
{
    private readonly Module _module = new();

    private string Store => _module.File("silver_metadata.db");

    private string Source => _module.File("source.db");

    public void Dispose() => _module.Dispose();

    [Theory]
    [InlineData(100)]
    [InlineData(4096)]
    [InlineData(6000)]
    [InlineData(12288)]
    [InlineData(12288 + 1000)]
    public void A_database_cut_off_at_its_beginning_is_corrupt(long length)
    {
        CreateLargeSource();
        DatabaseFile.Truncate(Source, length);

        Assert.Contains("Let the pipeline write the file again", Fails("SourceCorrupt", ErrorCategory.InvalidData), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("load_id")]
    [InlineData("payload_results")]
    public void A_database_cut_off_among_its_data_is_corrupt_and_loads_nothing(string column)
    {
        CreateLargeSource();
        DatabaseFile.TruncateWithin(Source, "silver_temp_audit", column);

        Fails("SourceCorrupt", ErrorCategory.InvalidData);
        AssertNothingLoaded();
    }

    [Theory]
    [InlineData("load_id")]
    [InlineData("query_parameters")]
    [InlineData("payload_results")]
    public void Damage_that_only_shows_when_the_data_is_read_is_corruption_and_loads_nothing(string column)
    {
        CreateLargeSource();
        DatabaseFile.DamageColumns(Source, "silver_temp_audit", column);

        Fails("SourceCorrupt", ErrorCategory.InvalidData);
        AssertNothingLoaded();
    }

    [Fact]
    public void Damage_that_only_shows_when_the_data_is_read_costs_that_source_alone()
    {
        CreateLargeSource();
        DatabaseFile.DamageColumns(Source, "silver_temp_audit", "payload_results");
        var first = Staging.Create(_module.File("first.db"), "LOAD_A");
        var last = Staging.Create(_module.File("last.db"), "LOAD_B");

        var outcome = _module.Run("$args | Invoke-SilverAuditEtl -NoLog", first, Source, last);

        Assert.Equal("SourceCorrupt", outcome.ErrorId);
        Assert.Equal(["AllNew", "Failed", "AllNew"], outcome.Output.Select(result => result.Text("Status")));
        Assert.Equal(["LOAD_A", "LOAD_B"], Database.Query(Store, "SELECT load_id FROM silver_staging_audit ORDER BY ALL").Select(row => row[0]));
        Assert.Equal(
            ["AllNew", "AllNew", "Failed"],
            Database.Query(Store, "SELECT status FROM silver_audit.etl_run ORDER BY ALL").Select(row => row[0]));
    }

    [Fact]
    public void A_file_of_a_newer_engine_has_its_own_error()
    {
        Staging.Create(Source, "LOAD_1");
        DatabaseFile.SetVersion(Source, 100);

        var message = Fails("SourceVersionUnsupported", ErrorCategory.NotImplemented);

        Assert.Contains("version number 100", message, StringComparison.Ordinal);
        Assert.Contains("Update the module", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_of_an_engine_too_old_is_not_called_newer()
    {
        Staging.Create(Source, "LOAD_1");
        DatabaseFile.SetVersion(Source, 63);

        Assert.DoesNotContain("newer", Fails("SourceVersionUnsupported", ErrorCategory.NotImplemented), StringComparison.Ordinal);
    }

    private string Fails(string errorId, ErrorCategory category) => FailedLoad.Expect(_module, Source, errorId, category, Source);

    private void CreateLargeSource() => Staging.CreateMany(Source, 20_000);

    private void AssertNothingLoaded()
    {
        if (File.Exists(Store))
            Assert.Equal(0, Database.Scalar<int>(Store, "SELECT count(*) FROM silver_staging_audit"));
    }
}
