using System.Management.Automation;

namespace SilverAudit.PowerShell.Tests;

public sealed class CompareSummaryTests : IDisposable
{
    private readonly Module _module = new();

    private string Store => _module.File("silver_metadata.db");

    private string Source => _module.File("source.db");

    public void Dispose() => _module.Dispose();

    [Fact]
    public void A_summary_counts_every_state_and_says_what_was_compared()
    {
        Load("CHANGED", "EQUAL", "GONE");
        Database.Execute(
            Source,
            "UPDATE silver_temp_audit SET validation_summary = 'new' WHERE load_id = 'CHANGED'", "DELETE FROM silver_temp_audit WHERE load_id = 'GONE'", Staging.Insert("NEW"));

        var summary = Summarize();

        Assert.Equal("SilverAudit.SourceComparison", summary.TypeNames[0]);
        Assert.Equal((3, 1, 1, 1, 1), Counts(summary));
        Assert.Equal(
            (Source, "silver_temp_audit", Store, "silver_staging_audit"),
            (summary.Text("Source"), summary.Text("SourceTable"), summary.Text("Destination"), summary.Text("DestinationTable")));
    }

    [Fact]
    public void Checksums_are_equal_when_every_value_is()
    {
        Load("LOAD_1", "LOAD_2");

        var summary = Summarize();

        Assert.Matches("^[0-9a-f]{64}$", summary.Text("SourceChecksum"));
        Assert.Equal(summary.Value("SourceChecksum"), summary.Value("DestinationChecksum"));
        Assert.Equal(true, summary.Value("ChecksumMatch"));
    }

    [Theory]
    [InlineData("validation_summary = 'x'")]
    [InlineData("validation_summary = NULL")]
    [InlineData("ingestion_time = 3.2500000000000004")]
    [InlineData("ingest_timestamp = TIMESTAMP '2025-01-15 14:30:00.123457'")]
    [InlineData("dq_report = '{\"score\": 97}'")]
    [InlineData("load_id = 'LOAD_3'")]
    public void Checksums_differ_when_one_value_does(string change)
    {
        Load("LOAD_1", "LOAD_2");
        var before = Summarize();
        Database.Execute(Source, $"UPDATE silver_temp_audit SET {change} WHERE load_id = 'LOAD_2'");

        var summary = Summarize();

        Assert.NotEqual(before.Value("SourceChecksum"), summary.Value("SourceChecksum"));
        Assert.Equal(false, summary.Value("ChecksumMatch"));
    }

    [Fact]
    public void Checksums_tell_null_from_empty_and_one_column_from_the_next()
    {
        Load("LOAD_1");
        Database.Execute(Source, "UPDATE silver_temp_audit SET validation_status = '', validation_summary = NULL");
        Database.Execute(Store, "UPDATE silver_staging_audit SET validation_status = NULL, validation_summary = ''");

        Assert.Equal(false, Summarize().Value("ChecksumMatch"));
    }

    [Fact]
    public void Checksums_do_not_depend_on_the_order_of_the_rows_nor_on_loads_that_only_the_store_has()
    {
        Load("LOAD_1", "LOAD_2", "LOAD_3");
        File.Delete(Source);
        Staging.Create(Source, "LOAD_3", "LOAD_1");

        var summary = Summarize();

        Assert.Equal((2, 0, 0, 2, 1), Counts(summary));
        Assert.Equal(true, summary.Value("ChecksumMatch"));
    }

    [Fact]
    public void Checksums_are_over_the_columns_that_were_chosen()
    {
        Load("LOAD_1");
        Database.Execute(Source, "UPDATE silver_temp_audit SET validation_summary = 'x'");

        Assert.Equal(true, Summarize("-Column data_source, checksum_status").Value("ChecksumMatch"));
        Assert.Equal(false, Summarize("-Column data_source, validation_summary").Value("ChecksumMatch"));
    }

    [Theory]
    [InlineData("SELECT 1", true)]
    [InlineData("UPDATE silver_temp_audit SET validation_summary = 'x' WHERE load_id = 'LOAD_2'", false)]
    [InlineData("UPDATE silver_temp_audit SET checksum_value = 'x' WHERE load_id = 'LOAD_2'", false)]
    [InlineData("DELETE FROM silver_temp_audit WHERE load_id = 'LOAD_2'", true)]
    [InlineData("DELETE FROM silver_temp_audit", true)]
    [InlineData("INSERT INTO silver_temp_audit (load_id) VALUES ('LOAD_3')", false)]
    public void Quiet_says_whether_everything_is_in_the_store(string change, bool expected)
    {
        Load("LOAD_1", "LOAD_2");
        Database.Execute(Source, change);

        Assert.Equal(expected, Assert.Single(_module.Succeed("Compare-SilverAuditSource source.db -Quiet")).BaseObject);
    }

    [Fact]
    public void Sources_bind_from_the_pipeline_and_a_broken_one_does_not_stop_the_next()
    {
        Load("LOAD_1");

        var outcome = _module.Run(
            "$args | Compare-SilverAuditSource -Summary", new FileInfo(Source), new FileInfo(_module.File("nowhere.db")), new FileInfo(Source));

        Assert.Equal("SourceNotFound", outcome.ErrorId);
        Assert.Equal([(1, 0, 0, 1, 0), (1, 0, 0, 1, 0)], outcome.Output.Select(Counts));
    }

    [Fact]
    public void Without_a_store_every_row_is_in_the_source_only()
    {
        Staging.Create(Source, "LOAD_1", "LOAD_2");

        Assert.Equal((2, 2, 0, 0, 0), Counts(Summarize()));
        Assert.Equal(false, Assert.Single(_module.Succeed("Compare-SilverAuditSource source.db -Quiet")).BaseObject);
        Assert.False(File.Exists(Store));
    }

    [Fact]
    public void A_row_without_an_identifier_counts_as_in_the_source_only()
    {
        _module.Load(Staging.CreateWith(_module.File("first.db"), "CREATE TABLE silver_temp_audit (load_id VARCHAR)", "INSERT INTO silver_temp_audit VALUES ('STORED')"));
        Staging.CreateWith(Source, "CREATE TABLE silver_temp_audit (load_id VARCHAR)", "INSERT INTO silver_temp_audit VALUES (NULL), ('LOAD_1')");

        Assert.Equal((2, 2, 0, 0, 1), Counts(Summarize()));
    }

    private void Load(params string[] loadIds) => _module.Load(Staging.Create(Source, loadIds));

    private PSObject Summarize(string parameters = "") => Assert.Single(_module.Succeed($"Compare-SilverAuditSource source.db -Summary {parameters}"));

    private static (long Rows, long SourceOnly, long Changed, long Equal, long DestinationOnly) Counts(PSObject summary) =>
        (summary.Value<long>("SourceRows"), summary.Value<long>("SourceOnly"), summary.Value<long>("Changed"),
         summary.Value<long>("Equal"), summary.Value<long>("DestinationOnly"));
}
