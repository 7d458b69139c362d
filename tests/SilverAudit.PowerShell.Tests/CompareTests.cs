using System.Management.Automation;

namespace SilverAudit.PowerShell.Tests;

public sealed class CompareTests : IDisposable
{
    private readonly Module _module = new();

    private string Store => _module.File("silver_metadata.db");

    private string Source => _module.File("source.db");

    public void Dispose() => _module.Dispose();

    [Fact]
    public void Every_load_is_in_one_of_four_states()
    {
        CreateAllStates();

        var comparisons = _module.Succeed("Compare-SilverAuditSource source.db -IncludeEqual -IncludeDestinationOnly");

        Assert.Equal(["CHANGED Changed", "EQUAL Equal", "GONE DestinationOnly", "NEW SourceOnly"], comparisons.Select(Describe));
        Assert.All(comparisons, comparison => Assert.Equal("SilverAudit.LoadComparison", comparison.TypeNames[0]));
    }

    [Theory]
    [InlineData("", "CHANGED Changed, NEW SourceOnly")]
    [InlineData("-IncludeEqual", "CHANGED Changed, EQUAL Equal, NEW SourceOnly")]
    [InlineData("-IncludeDestinationOnly", "CHANGED Changed, GONE DestinationOnly, NEW SourceOnly")]
    public void Only_what_a_load_would_care_for_is_returned_unless_asked_for(string parameters, string expected)
    {
        CreateAllStates();

        Assert.Equal(expected, string.Join(", ", _module.Succeed($"Compare-SilverAuditSource source.db {parameters}").Select(Describe)));
    }

    [Fact]
    public void Changed_columns_are_named_as_the_store_names_them_and_both_sides_are_there_to_see()
    {
        Load("LOAD_1");
        Database.Execute(
            Source, "UPDATE silver_temp_audit SET checksum_status = 'FAILED', audit_schema_hash_value = 'other', dq_report = NULL, ingestion_time = 4");

        var comparison = Assert.Single(_module.Succeed("Compare-SilverAuditSource source.db"));

        Assert.Equal(["audit_schema_checksum", "checksum_status", "ingestion_time", "dq_report"], comparison.Value<string[]>("ChangedColumns"));
        var (source, destination) = (comparison.Value<PSObject>("SourceLoad"), comparison.Value<PSObject>("DestinationLoad"));
        Assert.Equal(("FAILED", "PASSED"), (source.Value("ChecksumStatus"), destination.Value("ChecksumStatus")));
        Assert.Equal(("other", "hash of LOAD_1"), (source.Value("AuditSchemaChecksum"), destination.Value("AuditSchemaChecksum")));
        Assert.Equal((4.0, 3.25), (source.Value("IngestionTime"), destination.Value("IngestionTime")));
        Assert.Null(source.Value("DqReport"));
        Assert.Equal(97L, destination.Value<PSObject>("DqReport").Value("score"));
        Assert.Equal((Source, Store), (comparison.Value("Source"), comparison.Value("Destination")));
    }

    [Fact]
    public void A_side_that_does_not_have_the_load_is_null()
    {
        CreateAllStates();

        var comparisons = _module.Succeed("Compare-SilverAuditSource source.db -IncludeDestinationOnly").ToDictionary(Describe);

        Assert.Null(comparisons["GONE DestinationOnly"].Value("SourceLoad"));
        Assert.Equal("GONE", comparisons["GONE DestinationOnly"].Value<PSObject>("DestinationLoad").Value("LoadId"));
        Assert.Null(comparisons["NEW SourceOnly"].Value("DestinationLoad"));
        Assert.Equal("NEW", comparisons["NEW SourceOnly"].Value<PSObject>("SourceLoad").Value("LoadId"));
        Assert.Empty(comparisons["NEW SourceOnly"].Value<string[]>("ChangedColumns"));
    }

    [Fact]
    public void A_value_that_came_or_went_is_a_change()
    {
        Load("CAME", "WENT");
        Database.Execute(Store, "UPDATE silver_staging_audit SET validation_summary = NULL WHERE load_id = 'CAME'");
        Database.Execute(Source, "UPDATE silver_temp_audit SET validation_summary = NULL WHERE load_id = 'WENT'");

        Assert.Equal(["CAME Changed", "WENT Changed"], _module.Succeed("Compare-SilverAuditSource source.db").Select(Describe));
    }

    [Fact]
    public void Tracking_columns_are_no_difference()
    {
        Load("LOAD_1");
        Database.Execute(Store, "UPDATE silver_staging_audit SET is_reprocessed = TRUE, reprocessing_reason = 'x', original_processing_timestamp = NULL");

        Assert.Equal(true, Assert.Single(_module.Succeed("Compare-SilverAuditSource source.db -Quiet")).BaseObject);
    }

    [Theory]
    [InlineData("checksum_status", "CHECKSUM")]
    [InlineData("ChecksumStatus", "CHECKSUM")]
    [InlineData("CHECKSUM_STATUS", "CHECKSUM")]
    [InlineData("validation_summary", "SUMMARY")]
    [InlineData("checksum_status, ValidationSummary", "CHECKSUM SUMMARY")]
    [InlineData("data_source", "")]
    [InlineData("audit_schema_hash_value", "SCHEMA")]
    [InlineData("AuditSchemaChecksum", "SCHEMA")]
    [InlineData("checksum_value", "RESCUED")]
    [InlineData("ChecksumValue", "RESCUED")]
    [InlineData("load_id", "")]
    public void Columns_can_be_chosen_by_either_spelling(string columns, string expected)
    {
        Load("CHECKSUM", "RESCUED", "SCHEMA", "SUMMARY");
        Database.Execute(
            Source,
            "UPDATE silver_temp_audit SET checksum_status = 'ERROR' WHERE load_id = 'CHECKSUM'",
            "UPDATE silver_temp_audit SET validation_summary = 'new' WHERE load_id = 'SUMMARY'",
            "UPDATE silver_temp_audit SET audit_schema_hash_value = 'new' WHERE load_id = 'SCHEMA'",
            "UPDATE silver_temp_audit SET checksum_value = 'new' WHERE load_id = 'RESCUED'");

        var changed = _module.Succeed($"Compare-SilverAuditSource source.db -Column {columns}");

        Assert.Equal(expected, string.Join(' ', changed.Select(comparison => comparison.Text("LoadId"))));
        Assert.All(changed, comparison => Assert.Single(comparison.Value<string[]>("ChangedColumns")));
    }

    [Fact]
    public void An_unknown_column_is_an_error_that_names_the_columns_there_are()
    {
        Load("LOAD_1");

        var outcome = _module.Run("Compare-SilverAuditSource source.db -Column data_source, typo");

        var error = Assert.Single(outcome.Errors);
        Assert.Equal("ColumnNotFound,SilverAudit.PowerShell.CompareSilverAuditSourceCommand", error.FullyQualifiedErrorId);
        Assert.Equal(ErrorCategory.ObjectNotFound, error.CategoryInfo.Category);
        Assert.Equal(Source, error.TargetObject);
        Assert.Contains("has a column typo. The source has: load_id, data_source,", error.Exception.Message, StringComparison.Ordinal);
        Assert.Empty(outcome.Output);
    }

    [Fact]
    public void Rescued_columns_are_compared_and_named()
    {
        Load("LOAD_1", "LOAD_2");
        Database.Execute(Source, "UPDATE silver_temp_audit SET checksum_value = 'new', schema_validation_status = NULL WHERE load_id = 'LOAD_2'");

        var comparison = Assert.Single(_module.Succeed("Compare-SilverAuditSource source.db"));

        Assert.Equal("LOAD_2", comparison.Value("LoadId"));
        Assert.Equal(["schema_validation_status", "checksum_value"], comparison.Value<string[]>("ChangedColumns"));
        Assert.Equal("new", comparison.Value<PSObject>("SourceLoad").Value("ChecksumValue"));
    }

    [Fact]
    public void Without_a_store_every_load_is_in_the_source_only_and_no_store_is_created()
    {
        Staging.Create(Source, "LOAD_1", "LOAD_2");

        Assert.Equal(["LOAD_1 SourceOnly", "LOAD_2 SourceOnly"], _module.Succeed("Compare-SilverAuditSource source.db").Select(Describe));
        Assert.Equal(["source.db"], Directory.EnumerateFileSystemEntries(_module.Folder.Location).Select(Path.GetFileName));
    }

    [Fact]
    public void A_store_without_the_permanent_table_has_none_of_the_loads()
    {
        Staging.Create(Source, "LOAD_1");
        Database.Execute(Store, "CREATE TABLE other (id INTEGER)");

        Assert.Equal("LOAD_1 SourceOnly", Describe(Assert.Single(_module.Succeed("Compare-SilverAuditSource source.db"))));
    }

    [Fact]
    public void A_row_without_an_identifier_is_in_the_source_only()
    {
        _module.Load(Staging.CreateWith(_module.File("first.db"), "CREATE TABLE silver_temp_audit (load_id VARCHAR)", "INSERT INTO silver_temp_audit VALUES ('STORED')"));
        Staging.CreateWith(Source, "CREATE TABLE silver_temp_audit (load_id VARCHAR)", "INSERT INTO silver_temp_audit VALUES (NULL), ('LOAD_1')");

        var comparisons = _module.Succeed("Compare-SilverAuditSource source.db -IncludeDestinationOnly");

        Assert.Equal([" SourceOnly", "LOAD_1 SourceOnly", "STORED DestinationOnly"], comparisons.Select(Describe));
        Assert.Null(comparisons[0].Value("LoadId"));
    }

    [Fact]
    public void Comparing_leaves_the_store_as_it_is_and_free()
    {
        CreateAllStates();
        var before = File.ReadAllBytes(Store);

        var free = new Action<string>(FileHolder.AssertFree);
        _module.Succeed("$free = $args[0]; $store = $args[1]; Compare-SilverAuditSource source.db | ForEach-Object { $free.Invoke($store) }", free, Store);

        Assert.Equal(before, File.ReadAllBytes(Store));
    }

    private void Load(params string[] loadIds) => _module.Load(Staging.Create(Source, loadIds));

    private void CreateAllStates()
    {
        Load("CHANGED", "EQUAL", "GONE");
        Database.Execute(
            Source,
            "UPDATE silver_temp_audit SET validation_summary = 'new' WHERE load_id = 'CHANGED'", "DELETE FROM silver_temp_audit WHERE load_id = 'GONE'", Staging.Insert("NEW"));
    }

    private static string Describe(PSObject comparison) => $"{comparison.Value("LoadId")} {comparison.Value("State")}";
}
