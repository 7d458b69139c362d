using System.Management.Automation;

namespace SilverAudit.PowerShell.Tests;

/// <summary>A rejected row waits until its load was loaded or reprocessed after it was rejected, or its run was taken back.</summary>
public sealed class RejectedRowCheckTests : IDisposable
{
    private const string Sound = "('GOOD', '1', 'first')";
    private const string Broken = "('BAD', 'one', 'first')";

    private readonly Module _module = new();

    private string Store => _module.File("silver_metadata.db");

    public void Dispose() => _module.Dispose();

    [Fact]
    public void A_row_that_was_rejected_waits_and_fails_no_other_check()
    {
        Load(Sound, Broken);

        AssertWaiting(1, "BAD");
        Assert.Equal(
            ["NoRejectedRowsWaiting"],
            _module.Succeed("Test-SilverAuditStore").Where(result => !result.Value<bool>("Passed")).Select(result => result.Text("Check")));
    }

    [Fact]
    public void A_row_without_a_load_id_waits_by_the_name_of_its_source()
    {
        var source = CreateSource(Sound, "(NULL, '1', 'first')", "(' ', '2', 'second')", Broken);

        _module.Load(source, "-InvalidRow Reject");

        AssertWaiting(3, $"(no load_id) in {source}", "BAD");
    }

    [Fact]
    public void A_row_without_a_load_id_waits_until_its_source_was_loaded_without_such_rows()
    {
        var source = CreateSourceAt(_module.File("nameless.db"), Sound, "(NULL, '1', 'first')");
        _module.Load(source, "-InvalidRow Reject");
        _module.Load(CreateSource("('ANOTHER', '1', 'first')"));
        AssertWaiting(1, $"(no load_id) in {source}");

        _module.Load(CreateSourceAt(source, Sound, "('NAMED', '1', 'first')"));

        AssertWaiting(0);
    }

    [Fact]
    public void A_row_that_is_rejected_again_for_the_same_reason_waits_once()
    {
        Load(Sound, Broken);
        Load(Sound, Broken);

        AssertWaiting(1, "BAD");
    }

    [Fact]
    public void A_row_does_not_wait_once_its_load_was_loaded()
    {
        Load(Sound, Broken);
        Load(Sound, "('BAD', '1', 'first')");

        AssertWaiting(0);
    }

    [Fact]
    public void A_row_whose_load_was_there_before_waits()
    {
        Load("('BAD', '1', 'first')");
        Load(Broken);

        AssertWaiting(1, "BAD");
    }

    [Fact]
    public void A_row_whose_load_was_there_before_does_not_wait_once_that_was_reprocessed()
    {
        Load("('BAD', '1', 'first')");
        Load(Broken);
        Load("('BAD', '1', 'second')");
        AssertWaiting(1, "BAD");

        _module.Load(CreateSource("('BAD', '1', 'second')"), "-Reprocess -Reason corrected");

        AssertWaiting(0);
    }

    [Fact]
    public void A_row_that_is_rejected_after_its_load_was_loaded_waits_again()
    {
        Load(Broken);
        Load("('BAD', '1', 'first')");
        Load("('BAD', 'two', 'second')");

        AssertWaiting(1, "BAD");
    }

    [Fact]
    public void A_row_does_not_wait_once_its_run_was_taken_back()
    {
        Load(Sound, Broken);
        TakeBack("rejected_rows > 0");

        AssertWaiting(0);
    }

    [Fact]
    public void A_reprocessing_that_was_taken_back_does_not_count()
    {
        Load("('BAD', '1', 'first')");
        Load(Broken);
        _module.Load(CreateSource("('BAD', '1', 'second')"), "-Reprocess -Reason corrected");
        TakeBack("updated_rows > 0");

        AssertWaiting(1, "BAD");
    }

    [Fact]
    public void Rows_of_another_table_do_not_wait_for_this_one()
    {
        Load(Sound);
        _module.Load(CreateSource(Sound, Broken), "-InvalidRow Reject -DestinationTable other");

        AssertWaiting(0);
        Assert.Equal(false, Assert.Single(_module.Succeed("Test-SilverAuditStore -Quiet -DestinationTable OTHER")).BaseObject);
    }

    [Fact]
    public void A_row_that_is_rejected_again_after_its_run_was_taken_back_waits()
    {
        _module.Undo(Load(Sound, Broken));
        AssertWaiting(0);

        Load(Sound, Broken);

        AssertWaiting(1, "BAD");
    }

    [Fact]
    public void A_row_that_is_rejected_for_two_tables_waits_for_each()
    {
        var source = CreateSource(Sound, Broken);
        _module.Load(source, "-InvalidRow Reject -DestinationTable other");
        _module.Load(source, "-InvalidRow Reject");
        _module.Load(source, "-InvalidRow Reject -DestinationTable Other");

        AssertWaiting(1, "BAD");
        Assert.Equal(2, Database.Scalar<int>(Store, "SELECT count(*) FROM silver_audit.rejected_row"));
    }

    [Fact]
    public void A_reprocessing_in_another_table_does_not_count()
    {
        Load("('BAD', '1', 'first')");
        _module.Load(CreateSource("('BAD', '1', 'first')"), "-DestinationTable other");
        Load(Broken);
        _module.Load(CreateSource("('BAD', '1', 'second')"), "-DestinationTable other -Reprocess -Reason corrected");

        AssertWaiting(1, "BAD");
    }

    [Fact]
    public void A_source_with_rejected_rows_is_archived_once_they_are_filed_again()
    {
        var source = CreateSource(Sound, Broken);
        _module.Undo(_module.Load(source, "-InvalidRow Reject"));
        Directory.CreateDirectory(_module.File("archive"));

        _module.Load(source, "-InvalidRow Reject -ArchivePath archive");

        Assert.False(File.Exists(source));
        AssertWaiting(1, "BAD");
    }

    [Fact]
    public void In_a_store_of_an_earlier_version_rows_wait_as_well()
    {
        Load(Sound, Broken);
        Database.Execute(Store, "ALTER TABLE silver_audit.etl_run DROP COLUMN undone_run_id");

        AssertWaiting(1, "BAD");
    }

    [Fact]
    public void Without_the_table_every_row_waits()
    {
        Load(Sound, Broken);
        Database.Execute(Store, "DROP TABLE silver_staging_audit");

        AssertWaiting(1, "BAD");
    }

    private PSObject Load(params string[] rows) => _module.Load(CreateSource(rows), "-InvalidRow Reject");

    private string CreateSource(params string[] rows) => CreateSourceAt(_module.File($"{Guid.NewGuid():N}.db"), rows);

    private static string CreateSourceAt(string path, params string[] rows)
    {
        File.Delete(path);
        return Staging.CreateWith(
            path,
            """
            CREATE TABLE silver_temp_audit AS SELECT load_id, 'scopus' AS data_source, TIMESTAMP '2025-01-15 14:30:00' AS ingest_timestamp,
                version AS audit_schema_version, summary AS validation_summary
            """
            + $" FROM (VALUES {string.Join(", ", rows)}) AS v(load_id, version, summary)");
    }

    /// <summary>Records in the history that a run was taken back, as an undo does.</summary>
    private void TakeBack(string run) => Database.Execute(
        Store, $"INSERT INTO silver_audit.etl_run (run_id, status, undone_run_id) SELECT uuid(), 'Undo', run_id FROM silver_audit.etl_run WHERE {run}");

    private void AssertWaiting(long count, params string[] sample)
    {
        var result = _module.Succeed("Test-SilverAuditStore").Single(result => result.Text("Check") == "NoRejectedRowsWaiting");
        Assert.Equal((count, count == 0), (result.Value<long>("FailureCount"), result.Value("Passed")));
        Assert.Equal(sample, (IEnumerable<string>)result.Value("Sample")!);
        Assert.Equal(
            count == 0 ? "No rejected row waits to be corrected." : $"Rows in silver_audit.rejected_row whose load was not loaded since: {count}.",
            result.Text("Message"));
    }
}
