using System.Management.Automation;

namespace SilverAudit.PowerShell.Tests;

public sealed class StoreCheckTests : IDisposable
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

    /// <summary>What is done to a sound store of three loads, the one check that fails then, and what it says.</summary>
    public static TheoryData<string, string, long, string, string> Breakages => new()
    {
        { Set("data_source = NULL"), "AllFieldsPopulated", 1, "Rows without a value that is required: 1 (data_source: 1).", "LOAD_2" },
        { Set("ingest_timestamp = NULL, data_source = NULL"), "AllFieldsPopulated", 1, "Rows without a value that is required: 1 (data_source: 1, ingest_timestamp: 1).", "LOAD_2" },
        { "UPDATE silver_staging_audit SET original_processing_timestamp = NULL", "AllFieldsPopulated", 3, "Rows without a value that is required: 3 (original_processing_timestamp: 3).", "LOAD_1 LOAD_2 LOAD_3" },
        { Set("load_id = E' \\t\u00a0'"), "AllFieldsPopulated", 1, "Rows without a value that is required: 1 (load_id is blank: 1).", " \t\u00a0" },
        { Set("original_processing_timestamp = (now() AT TIME ZONE 'UTC') + INTERVAL 1 HOUR"), "ValidTimestamps", 1, "Rows with a time that is not reasonable: 1 (original_processing_timestamp in the future: 1).", "LOAD_2" },
        { Set("original_processing_timestamp = '2019-12-31 23:59:59'"), "ValidTimestamps", 1, "Rows with a time that is not reasonable: 1 (original_processing_timestamp before 2020-01-01: 1).", "LOAD_2" },
        { Set("original_processing_timestamp = 'infinity'"), "ValidTimestamps", 1, "Rows with a time that is not reasonable: 1 (original_processing_timestamp in the future: 1).", "LOAD_2" },
        { Set("ingest_timestamp = (now() AT TIME ZONE 'UTC') + INTERVAL 15 HOUR"), "ValidTimestamps", 1, "Rows with a time that is not reasonable: 1 (ingest_timestamp in the future: 1).", "LOAD_2" },
        { Set("checksum_timestamp = 'infinity', ingest_timestamp = '1970-01-01'"), "ValidTimestamps", 1, "Rows with a time that is not reasonable: 1 (checksum_timestamp in the future: 1).", "LOAD_2" },
        { Set("is_reprocessed = TRUE"), "ReprocessedFlagConsistent", 1, "Rows whose is_reprocessed and reprocessing_reason disagree: 1 (reprocessed without a reason: 1).", "LOAD_2" },
        { Set("is_reprocessed = TRUE, reprocessing_reason = ' '"), "ReprocessedFlagConsistent", 1, "Rows whose is_reprocessed and reprocessing_reason disagree: 1 (reprocessed without a reason: 1).", "LOAD_2" },
        { Set("reprocessing_reason = 'why'"), "ReprocessedFlagConsistent", 1, "Rows whose is_reprocessed and reprocessing_reason disagree: 1 (a reason without being reprocessed: 1).", "LOAD_2" },
        { "DELETE FROM silver_staging_audit", "HasData", 1, "The table has no rows.", "" },
        { WithoutKey, "TableAsDocumented", 1, "The table is not as documented: it has no primary key on load_id.", "primary key" },
        { "ALTER TABLE silver_staging_audit DROP COLUMN checksum_status", "TableAsDocumented", 1, "The table is not as documented: column checksum_status is missing.", "checksum_status" },
        { "ALTER TABLE silver_staging_audit ALTER COLUMN audit_schema_version TYPE BIGINT", "TableAsDocumented", 1, "The table is not as documented: column audit_schema_version is BIGINT instead of INTEGER.", "audit_schema_version" },
        { "ALTER TABLE silver_staging_audit ALTER COLUMN dq_report TYPE VARCHAR", "TableAsDocumented", 1, "The table is not as documented: column dq_report is VARCHAR instead of JSON.", "dq_report" },
        { "CREATE TABLE silver_staging_audit_staging_1736952600 (id INTEGER); CREATE TABLE silver_staging_audit_staging_x (id INTEGER)", "NoOrphanStagingTables", 1, "Staging tables that were left behind: 1. Remove-OrphanStagingTable drops them.", "silver_staging_audit_staging_1736952600" },
    };

    [Fact]
    public void A_sound_store_passes_every_check()
    {
        CreateStore();
        Database.Execute(_module.File("source.db"), "UPDATE silver_temp_audit SET validation_status = 'FAILED' WHERE load_id = 'LOAD_1'");
        _module.Load(_module.File("source.db"), "-Reprocess -Reason 'a better report' -SchemaEvolution AddNewColumns");

        var results = _module.Succeed("Test-SilverAuditStore");

        Assert.Equal(s_checks, results.Select(result => result.Text("Check")));
        Assert.All(results, result =>
        {
            Assert.Equal("SilverAudit.CheckResult", result.TypeNames[0]);
            Assert.Equal((true, 0L), (result.Value("Passed"), result.Value("FailureCount")));
            Assert.NotEmpty(result.Text("Message"));
            Assert.Empty(SampleOf(result));
        });
        Assert.Equal(true, Quiet());
    }

    [Theory]
    [MemberData(nameof(Breakages))]
    public void What_is_wrong_fails_its_check_and_no_other(string statements, string check, long failures, string message, string sample)
    {
        CreateStore();
        Database.Execute(Store, statements);

        AssertFailsAlone(check, failures, message, sample);
        Assert.Equal(false, Quiet());
    }

    [Fact]
    public void A_load_that_is_there_twice_is_found_although_the_primary_key_rules_that_out()
    {
        _module.Load(Staging.CreateMany(_module.File("source.db"), 40));
        DatabaseFile.Replace(Store, "LOAD_17"u8, "LOAD_16"u8);

        AssertFailsAlone("NoDuplicates", 1, "Values of load_id that appear more than once: 1.", "LOAD_16");
    }

    [Fact]
    public void Loads_that_are_there_twice_are_found_in_a_table_without_a_key()
    {
        CreateStore();
        Database.Execute(Store, WithoutKey, "INSERT INTO silver_staging_audit FROM silver_staging_audit WHERE load_id <> 'LOAD_2'");

        var results = Failures();

        Assert.Equal(["NoDuplicates", "TableAsDocumented"], results.Keys);
        Assert.Equal((2L, "LOAD_1 LOAD_3"), (results["NoDuplicates"].Value<long>("FailureCount"), Sample(results["NoDuplicates"])));
    }

    [Fact]
    public void Rows_without_a_load_id_are_no_duplicates_and_are_named_by_their_number()
    {
        CreateStore();
        Database.Execute(Store, WithoutKey, "UPDATE silver_staging_audit SET load_id = NULL WHERE load_id <> 'LOAD_1'");

        var results = Failures();

        Assert.Equal(["AllFieldsPopulated", "TableAsDocumented"], results.Keys);
        Assert.Equal(
            ("Rows without a value that is required: 2 (load_id: 2).", "row 2 row 3"),
            (results["AllFieldsPopulated"].Text("Message"), Sample(results["AllFieldsPopulated"])));
    }

    [Fact]
    public void Text_in_a_JSON_column_that_is_not_JSON_is_found()
    {
        CreateStore("UPDATE silver_temp_audit SET dq_report = '{\"marker\":12345}' WHERE load_id = 'LOAD_2'");
        DatabaseFile.Replace(Store, "{\"marker\":12345}"u8, "{\"marker\":123x5}"u8);

        AssertFailsAlone("ValidJson", 1, "Rows with text that is not JSON: 1 (dq_report: 1).", "LOAD_2");
    }

    [Fact]
    public void Text_in_any_JSON_column_that_is_of_another_type_is_found()
    {
        string[] columns = ["query_parameters", "checksum_report", "validation_errors", "validation_fails", "dq_report", "payload_files", "payload_results"];
        CreateStore();
        Database.Execute(Store, [.. columns.Select(column => $"ALTER TABLE silver_staging_audit ALTER COLUMN {column} TYPE VARCHAR")]);
        foreach (var column in columns)
        {
            Database.Execute(Store, $"UPDATE silver_staging_audit SET {column} = '{{broken' WHERE load_id = 'LOAD_3'");

            var results = Failures();

            Assert.Equal(["ValidJson", "TableAsDocumented"], results.Keys);
            Assert.Equal(
                ($"Rows with text that is not JSON: 1 ({column}: 1).", "LOAD_3"), (results["ValidJson"].Text("Message"), Sample(results["ValidJson"])));
            Database.Execute(Store, $"UPDATE silver_staging_audit SET {column} = NULL");
        }
    }

    [Fact]
    public void A_JSON_column_that_a_load_has_added_is_checked_too()
    {
        CreateStore();
        Database.Execute(
            _module.File("source.db"), "UPDATE silver_temp_audit SET load_id = 'NEW_' || load_id, schema_validation_report = '{\"marker\":12345}'");
        _module.Load(_module.File("source.db"), "-SchemaEvolution AddNewColumns");
        DatabaseFile.Replace(Store, "{\"marker\":12345}"u8, "{\"marker\":123x5}"u8);

        AssertFailsAlone("ValidJson", 3, "Rows with text that is not JSON: 3 (schema_validation_report: 3).", "NEW_LOAD_1 NEW_LOAD_2 NEW_LOAD_3");
    }

    [Fact]
    public void No_more_than_five_are_named()
    {
        _module.Load(Staging.CreateMany(_module.File("source.db"), 40));
        Database.Execute(Store, "UPDATE silver_staging_audit SET data_source = NULL");

        AssertFailsAlone(
            "AllFieldsPopulated", 40, "Rows without a value that is required: 40 (data_source: 40).", "LOAD_1 LOAD_10 LOAD_11 LOAD_12 LOAD_13");
    }

    [Fact]
    public void A_naive_time_of_a_host_whose_clock_is_ahead_of_UTC_is_reasonable()
    {
        CreateStore();
        Database.Execute(Store, Set("ingest_timestamp = (now() AT TIME ZONE 'UTC') + INTERVAL 13 HOUR"));

        Assert.Equal(true, Quiet());
    }

    [Fact]
    public void The_checks_are_the_same_in_a_process_of_its_own()
    {
        CreateStore();
        Database.Execute(Store, Set("data_source = NULL"));

        Assert.Equal(Describe(_module.Succeed("Test-SilverAuditStore")), Describe(_module.Succeed("Test-SilverAuditStore -Isolated")));
        Assert.Equal(false, Assert.Single(_module.Succeed("Test-SilverAuditStore -Quiet -Isolated")).BaseObject);

        static IEnumerable<string> Describe(IEnumerable<PSObject> results) =>
            results.Select(result => $"{result.Text("Check")} {result.Text("Passed")} {result.Text("FailureCount")} {result.Text("Message")} {Sample(result)}");
    }

    [Fact]
    public void The_checks_see_what_the_pipeline_that_they_stand_in_has_loaded()
    {
        Staging.CreateMany(_module.File("source.db"), 12);

        var results = _module.Succeed("Invoke-SilverAuditEtl source.db -NoLog | ForEach-Object { Test-SilverAuditStore }");

        Assert.All(results, result => Assert.Equal(true, result.Value("Passed")));
        Assert.Equal("Rows in the table: 12.", results[5].Text("Message"));
    }

    [Fact]
    public void The_store_is_only_read_and_free_afterwards()
    {
        CreateStore();
        var bytes = File.ReadAllBytes(Store);

        _module.Succeed("Test-SilverAuditStore");

        Assert.Equal(bytes, File.ReadAllBytes(Store));
        FileHolder.AssertFree(Store);
    }

    /// <summary>A sound store with LOAD_1, LOAD_2 and LOAD_3.</summary>
    private void CreateStore(params string[] changes)
    {
        Staging.Create(_module.File("source.db"), "LOAD_1", "LOAD_2", "LOAD_3");
        Database.Execute(_module.File("source.db"), changes);
        _module.Load(_module.File("source.db"));
    }

    private Dictionary<string, PSObject> Failures(string parameters = "") =>
        _module.Succeed($"Test-SilverAuditStore {parameters}").Where(result => !result.Value<bool>("Passed")).ToDictionary(result => result.Text("Check"));

    private void AssertFailsAlone(string check, long failures, string message, string sample)
    {
        var (name, result) = Assert.Single(Failures());
        Assert.Equal(
            (check, failures, message, sample), (name, result.Value<long>("FailureCount"), result.Text("Message"), Sample(result)));
    }

    private object Quiet() => Assert.Single(_module.Succeed("Test-SilverAuditStore -Quiet")).BaseObject;

    private static string Set(string assignments) => $"UPDATE silver_staging_audit SET {assignments} WHERE load_id = 'LOAD_2'";

    private static IEnumerable<string> SampleOf(PSObject result) => (IEnumerable<string>)result.Value("Sample")!;

    private static string Sample(PSObject result) => string.Join(' ', SampleOf(result));
}
