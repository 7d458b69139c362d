using System.Management.Automation;

namespace SilverAudit.PowerShell.Tests;

/// <summary>A table that is not as documented is checked as far as it goes; a check that can't be made has failed.</summary>
public sealed class StoreCheckTableTests : IDisposable
{
    private const string WithoutKey = "CREATE TABLE copy AS FROM silver_staging_audit; DROP TABLE silver_staging_audit; ALTER TABLE copy RENAME TO silver_staging_audit";

    private static readonly string[] s_checks =
    [
        "NoDuplicates", "AllFieldsPopulated", "ValidTimestamps", "ValidJson", "ReprocessedFlagConsistent", "HasData", "TableAsDocumented",
        "NoOrphanStagingTables", "NoRejectedRowsWaiting",
    ];

    private readonly Module _module = new();

    private string Store => _module.File("silver_metadata.db");

    public void Dispose() => _module.Dispose();

    [Fact]
    public void A_table_that_lacks_columns_is_checked_as_far_as_it_goes()
    {
        CreateStore();
        Database.Execute(
            Store,
            WithoutKey,
            "ALTER TABLE silver_staging_audit DROP COLUMN data_source", "ALTER TABLE silver_staging_audit DROP COLUMN dq_report",
            "ALTER TABLE silver_staging_audit DROP COLUMN is_reprocessed", "ALTER TABLE silver_staging_audit DROP COLUMN reprocessing_reason",
            "ALTER TABLE silver_staging_audit DROP COLUMN original_processing_timestamp",
            Set("ingest_timestamp = NULL"));

        var results = Failures();

        Assert.Equal(
            new Dictionary<string, string>
            {
                ["AllFieldsPopulated"] = "3 Rows without a value that is required: 1 (ingest_timestamp: 1). The table lacks data_source, original_processing_timestamp.",
                ["ValidTimestamps"] = "1 The table lacks original_processing_timestamp.",
                ["ValidJson"] = "1 The table lacks dq_report.",
                ["ReprocessedFlagConsistent"] = "2 This can't be checked: the table lacks is_reprocessed, reprocessing_reason.",
                ["TableAsDocumented"] = "6 The table is not as documented: column data_source is missing, column dq_report is missing, column is_reprocessed is missing, "
                    + "column original_processing_timestamp is missing, column reprocessing_reason is missing, it has no primary key on load_id.",
            },
            results.ToDictionary(result => result.Key, result => $"{result.Value.Value("FailureCount")} {result.Value.Text("Message")}"));
        Assert.Equal("LOAD_2 data_source original_processing_timestamp", Sample(results["AllFieldsPopulated"]));
    }

    [Fact]
    public void A_table_of_other_types_is_checked_as_far_as_it_goes()
    {
        Database.Execute(
            Store,
            """
            CREATE TABLE silver_staging_audit AS SELECT i AS LOAD_ID, 'scopus' AS Data_Source, '2025-01-15T14:30:00+02:00' AS ingest_timestamp,
                [i] AS query_parameters, {'a': i} AS checksum_report, 'soon' AS checksum_timestamp, 'perhaps' AS is_reprocessed, 12 AS reprocessing_reason,
                TIMESTAMPTZ '2999-01-01 00:00:00+00' AS original_processing_timestamp, i AS dq_report, UNION_VALUE(x := i) AS payload_files
            FROM range(2) AS numbers(i)
            """,
            "INSERT INTO silver_staging_audit (LOAD_ID, Data_Source, is_reprocessed) VALUES (1, 'scopus', 'true')");

        var results = Failures();

        Assert.Equal(
            new Dictionary<string, string>
            {
                ["NoDuplicates"] = "Values of load_id that appear more than once: 1.",
                ["AllFieldsPopulated"] = "Rows without a value that is required: 1 (ingest_timestamp: 1, original_processing_timestamp: 1).",
                ["ValidTimestamps"] = "Rows with a time that is not reasonable: 2 (checksum_timestamp is no time: 2, original_processing_timestamp in the future: 2).",
                ["ValidJson"] = "Rows with text that is not JSON: 2 (checksum_report: 2). The table lacks validation_errors, validation_fails, payload_results.",
                ["ReprocessedFlagConsistent"] = "Rows whose is_reprocessed and reprocessing_reason disagree: 3 (reprocessed without a reason: 1, "
                    + "is_reprocessed is neither true nor false: 2, a reason without being reprocessed: 2).",
            },
            results.Where(result => result.Key != "TableAsDocumented").ToDictionary(result => result.Key, result => result.Value.Text("Message")));
    }

    [Fact]
    public void Without_a_load_id_rows_are_named_by_their_number()
    {
        Database.Execute(Store, "CREATE TABLE silver_staging_audit AS SELECT 'x' AS data_source, TIMESTAMP '2999-01-01' AS ingest_timestamp");

        var results = Failures();

        Assert.Equal("This can't be checked: the table lacks load_id.", results["NoDuplicates"].Text("Message"));
        Assert.Equal("row 1 checksum_timestamp original_processing_timestamp", Sample(results["ValidTimestamps"]));
    }

    [Theory]
    [InlineData("CREATE TABLE something (id INTEGER)", "there is no table 'silver_staging_audit'")]
    [InlineData("CREATE VIEW silver_staging_audit AS SELECT 'x' AS load_id", "'silver_staging_audit' is a view, and only a table is read")]
    public void Without_the_table_what_depends_on_it_can_not_be_checked(string statement, string cause)
    {
        Database.Execute(Store, statement);

        var results = Failures();

        Assert.Equal(s_checks[..7], results.Keys);
        Assert.All(results.Values, result => Assert.Equal(
            (1L, $"This can't be checked: {cause}.", "silver_staging_audit"), (result.Value<long>("FailureCount"), result.Text("Message"), Sample(result))));
    }

    [Fact]
    public void A_check_that_the_engine_refuses_has_failed_and_the_others_are_made()
    {
        CreateStore();
        // Where the table was made, a macro went by that name.
        Database.Execute(Store, "CREATE MACRO html_escape(x) AS '[]'", "CREATE TABLE other (load_id VARCHAR PRIMARY KEY, dq_report JSON AS (html_escape(load_id)))");

        var results = _module.Succeed("Test-SilverAuditStore -DestinationTable other").ToDictionary(result => result.Text("Check"));

        Assert.Equal(s_checks, results.Keys);
        Assert.Matches("^This can't be checked: .*html_escape", results["ValidJson"].Text("Message"));
        Assert.Equal((false, 1L), (results["ValidJson"].Value("Passed"), results["ValidJson"].Value("FailureCount")));
        Assert.Equal(true, results["NoOrphanStagingTables"].Value("Passed"));
    }

    [Fact]
    public void Another_table_is_checked_by_its_name()
    {
        CreateStore();
        Database.Execute(Store, Set("data_source = NULL"), "CREATE TABLE \"Other Audit_staging_1\" (id INTEGER)");
        _module.Load(_module.File("source.db"), "-DestinationTable 'Other Audit'");

        var failed = Assert.Single(Failures("-DestinationTable 'OTHER audit'"));

        Assert.Equal(("NoOrphanStagingTables", "Other Audit_staging_1"), (failed.Key, Sample(failed.Value)));
        Assert.Equal(["AllFieldsPopulated"], Failures().Keys);
    }

    /// <summary>A sound store with LOAD_1, LOAD_2 and LOAD_3.</summary>
    private void CreateStore() => _module.Load(Staging.Create(_module.File("source.db"), "LOAD_1", "LOAD_2", "LOAD_3"));

    private Dictionary<string, PSObject> Failures(string parameters = "") =>
        _module.Succeed($"Test-SilverAuditStore {parameters}").Where(result => !result.Value<bool>("Passed")).ToDictionary(result => result.Text("Check"));

    private static string Set(string assignments) => $"UPDATE silver_staging_audit SET {assignments} WHERE load_id = 'LOAD_2'";

    private static string Sample(PSObject result) => string.Join(' ', (IEnumerable<string>)result.Value("Sample")!);
}
