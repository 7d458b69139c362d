using System.Management.Automation;

namespace SilverAudit.PowerShell.Tests;

public sealed class StoreErrorTests : IDisposable
{
    private const string PermanentColumns =
        """
        data_source VARCHAR, ingest_timestamp TIMESTAMP, query_parameters JSON, audit_schema_version INTEGER, audit_schema_checksum VARCHAR,
        checksum_status VARCHAR, checksum_timestamp TIMESTAMP, checksum_report JSON, ingestion_time DOUBLE, validation_status VARCHAR,
        validation_errors JSON, validation_fails JSON, validation_summary VARCHAR, dq_report JSON, payload_files JSON, payload_results JSON,
        is_reprocessed BOOLEAN DEFAULT FALSE, original_processing_timestamp TIMESTAMP, reprocessing_reason VARCHAR
        """;

    private readonly Module _module = new();
    private readonly string _source;

    public StoreErrorTests() => _source = Staging.Create(_module.File("source.db"), "LOAD_1");

    private string Store => _module.File("silver_metadata.db");

    public void Dispose() => _module.Dispose();

    [Fact]
    public void A_store_in_a_folder_that_is_not_there_is_not_found()
    {
        var store = Path.Combine(_module.File("nowhere"), "store.db");

        var message = Fails("StoreNotFound", ErrorCategory.ObjectNotFound, store, "-Destination nowhere/store.db");

        Assert.Contains("create the folder", message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_module.File("nowhere")));
    }

    [Fact]
    public void A_plan_for_a_store_in_a_folder_that_is_not_there_fails_as_the_run_would() =>
        Fails("StoreNotFound", ErrorCategory.ObjectNotFound, Path.Combine(_module.File("nowhere"), "store.db"), "-Destination nowhere/store.db -WhatIf");

    [Fact]
    public void Loads_of_a_store_that_is_not_there_can_not_be_read()
    {
        var outcome = _module.Run("Get-SilverAuditLoad");

        AssertError(outcome, "StoreNotFound,SilverAudit.PowerShell.GetSilverAuditLoadCommand", ErrorCategory.ObjectNotFound, "load a source first");
        Assert.False(File.Exists(Store));
    }

    [Fact]
    public void Staging_tables_of_a_store_that_is_not_there_can_not_be_removed()
    {
        var outcome = _module.Run("Remove-OrphanStagingTable");

        AssertError(outcome, "StoreNotFound,SilverAudit.PowerShell.RemoveOrphanStagingTableCommand", ErrorCategory.ObjectNotFound, "Check -Destination");
        Assert.False(File.Exists(Store));
    }

    [Theory]
    [InlineData("Invoke-SilverAuditEtl source.db -NoLog", "InvokeSilverAuditEtlCommand")]
    [InlineData("Get-SilverAuditLoad", "GetSilverAuditLoadCommand")]
    [InlineData("Compare-SilverAuditSource source.db", "CompareSilverAuditSourceCommand")]
    [InlineData("Remove-OrphanStagingTable", "RemoveOrphanStagingTableCommand")]
    public void A_text_file_is_no_store_and_is_left_as_it_is(string command, string cmdlet)
    {
        File.WriteAllText(Store, "precious notes");

        var outcome = _module.Run(command);

        AssertError(outcome, $"StoreNotDatabase,SilverAudit.PowerShell.{cmdlet}", ErrorCategory.InvalidType, "with -Destination");
        Assert.Equal("precious notes", File.ReadAllText(Store));
    }

    [Fact]
    public void A_long_text_file_is_no_store_and_is_left_as_it_is()
    {
        var text = string.Concat(Enumerable.Repeat("precious notes\n", 2000));
        File.WriteAllText(Store, text);

        Fails("StoreNotDatabase", ErrorCategory.InvalidType, Store);

        Assert.Equal(text, File.ReadAllText(Store));
    }

    [Theory]
    [InlineData("Invoke-SilverAuditEtl source.db -NoLog", "InvokeSilverAuditEtlCommand")]
    [InlineData("Invoke-SilverAuditEtl source.db -NoLog -WhatIf", "InvokeSilverAuditEtlCommand")]
    [InlineData("Get-SilverAuditLoad", "GetSilverAuditLoadCommand")]
    [InlineData("Compare-SilverAuditSource source.db", "CompareSilverAuditSourceCommand")]
    [InlineData("Remove-OrphanStagingTable", "RemoveOrphanStagingTableCommand")]
    public void A_folder_is_no_store(string command, string cmdlet)
    {
        Directory.CreateDirectory(Store);

        var outcome = _module.Run(command);

        AssertError(outcome, $"StoreNotDatabase,SilverAudit.PowerShell.{cmdlet}", ErrorCategory.InvalidType, "is a folder. Name a file in it");
    }

    [Fact]
    public void A_permanent_table_with_other_columns_is_refused_with_every_difference_named()
    {
        CreateStore("CREATE TABLE silver_staging_audit (load_id VARCHAR PRIMARY KEY, data_source INTEGER, notes VARCHAR)");

        var message = Fails("StoreSchemaMismatch", ErrorCategory.InvalidData, Store);

        Assert.Contains("column data_source is INTEGER instead of VARCHAR", message, StringComparison.Ordinal);
        foreach (var missing in PermanentColumns.Split(',').Select(column => column.Trim().Split(' ')[0]).Where(column => column != "data_source"))
        {
            Assert.Contains($"column {missing} is missing", message, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("load_id", message, StringComparison.Ordinal);
        Assert.Contains("-DestinationTable", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_permanent_table_with_a_wrong_type_is_refused()
    {
        CreateStore($"CREATE TABLE silver_staging_audit (load_id VARCHAR PRIMARY KEY, {PermanentColumns.Replace("ingestion_time DOUBLE", "ingestion_time VARCHAR", StringComparison.Ordinal)})");

        Assert.Contains(
            "is not the documented audit table: column ingestion_time is VARCHAR instead of DOUBLE.",
            Fails("StoreSchemaMismatch", ErrorCategory.InvalidData, Store), StringComparison.Ordinal);
    }

    [Fact]
    public void A_permanent_table_without_a_primary_key_is_refused()
    {
        CreateStore($"CREATE TABLE silver_staging_audit (load_id VARCHAR, {PermanentColumns})");

        Assert.Contains(
            "is not the documented audit table: it has no primary key on load_id.",
            Fails("StoreSchemaMismatch", ErrorCategory.InvalidData, Store), StringComparison.Ordinal);
    }

    [Fact]
    public void A_permanent_table_with_another_primary_key_is_refused()
    {
        CreateStore($"CREATE TABLE silver_staging_audit (load_id VARCHAR, {PermanentColumns}, PRIMARY KEY (data_source, load_id))");

        Assert.Contains(
            "its primary key is (data_source,load_id) instead of (load_id)",
            Fails("StoreSchemaMismatch", ErrorCategory.InvalidData, Store), StringComparison.Ordinal);
    }

    [Fact]
    public void A_permanent_table_in_another_order_with_a_column_of_its_own_is_taken_as_it_is()
    {
        CreateStore($"CREATE TABLE silver_staging_audit (note VARCHAR DEFAULT 'none', {PermanentColumns}, load_id VARCHAR PRIMARY KEY)");

        Assert.Equal("AllNew", _module.Load(_source).Text("Status"));
        Assert.Equal(["none", "LOAD_1", "scopus"], Database.Query(Store, "SELECT note, load_id, data_source FROM silver_staging_audit")[0]);
    }

    [Fact]
    public void A_view_in_place_of_the_permanent_table_is_refused_and_not_read()
    {
        var secret = _module.File("secret.txt");
        File.WriteAllText(secret, "the-secret-of-the-host");
        CreateStore($"CREATE VIEW silver_staging_audit AS SELECT content AS load_id FROM read_text('{secret}')");

        var message = Fails("StoreSchemaMismatch", ErrorCategory.InvalidData, Store);
        var reading = _module.Run("Get-SilverAuditLoad");
        var comparing = _module.Run("Compare-SilverAuditSource source.db -IncludeDestinationOnly");

        Assert.DoesNotContain("the-secret-of-the-host", message, StringComparison.Ordinal);
        Assert.Equal(("StoreSchemaMismatch", "StoreSchemaMismatch"), (reading.ErrorId, comparing.ErrorId));
        Assert.Empty(reading.Output);
        Assert.Empty(comparing.Output);
    }

    [Fact]
    public void Reading_a_table_that_the_store_does_not_have_says_which()
    {
        _module.Load(_source);

        var outcome = _module.Run("Get-SilverAuditLoad -DestinationTable silver_typo");

        AssertError(outcome, "StoreSchemaMismatch,SilverAudit.PowerShell.GetSilverAuditLoadCommand", ErrorCategory.InvalidData, "has no table 'silver_typo'");
    }

    [Fact]
    public void A_failed_source_leaves_the_table_that_was_refused_untouched()
    {
        CreateStore("CREATE TABLE silver_staging_audit (load_id VARCHAR PRIMARY KEY)", "INSERT INTO silver_staging_audit VALUES ('OLD')");

        Fails("StoreSchemaMismatch", ErrorCategory.InvalidData, Store);

        Assert.Equal(["OLD"], Assert.Single(Database.Query(Store, "FROM silver_staging_audit")));
    }

    [LinuxFact("Only /sys refuses a new file to everybody, administrators included.")]
    public void A_store_in_a_place_that_can_not_be_written_is_an_error()
    {
        var message = Fails("StoreNotWritable", ErrorCategory.PermissionDenied, "/sys/silver-audit-test.db", "-Destination /sys/silver-audit-test.db");

        Assert.Contains("write access", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_store_of_a_newer_engine_has_its_own_error()
    {
        _module.Load(_source);
        DatabaseFile.SetVersion(Store, 100);

        var message = Fails("StoreVersionUnsupported", ErrorCategory.NotImplemented, Store);

        Assert.Contains("version number 100", message, StringComparison.Ordinal);
        Assert.Contains("Update the module", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_store_is_not_blamed_on_the_source()
    {
        _module.Load(Staging.CreateMany(_module.File("many.db"), 20_000));
        DatabaseFile.DamageColumns(Store, "silver_staging_audit", "load_id", "payload_results");

        var message = Fails("StoreCorrupt", ErrorCategory.InvalidData, Store);

        Assert.Contains("restore the store from a backup", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Loads_of_a_damaged_store_can_not_be_read()
    {
        _module.Load(Staging.CreateMany(_module.File("many.db"), 20_000));
        DatabaseFile.DamageColumns(Store, "silver_staging_audit", "payload_results");

        var outcome = _module.Run("Get-SilverAuditLoad");

        AssertError(outcome, "StoreCorrupt,SilverAudit.PowerShell.GetSilverAuditLoadCommand", ErrorCategory.InvalidData, "restore the store from a backup");
    }

    [Fact]
    public void A_truncated_store_is_an_error_and_is_left_as_it_is()
    {
        _module.Load(Staging.CreateMany(_module.File("many.db"), 20_000));
        DatabaseFile.Truncate(Store, 5000);
        var before = File.ReadAllBytes(Store);

        Fails("StoreCorrupt", ErrorCategory.InvalidData, Store);

        Assert.Equal(before, File.ReadAllBytes(Store));
    }

    [Fact]
    public void A_memory_limit_is_a_number_of_bytes_too()
    {
        Assert.Equal("AllNew", _module.Load(Staging.Create(_module.File("small.db"), "SMALL"), "-MemoryLimit (256MB)").Text("Status"));
        Assert.Equal("MemoryLimitInvalid", _module.Run("Invoke-SilverAuditEtl small.db -NoLog -MemoryLimit '512'").ErrorId);
    }

    [Fact]
    public void Too_little_memory_is_an_error_that_says_how_to_give_more()
    {
        var many = Staging.CreateMany(_module.File("many.db"), 20_000);

        var outcome = _module.Run("Invoke-SilverAuditEtl $args[0] -NoLog -MemoryLimit 100KB", many);

        Assert.Equal("MemoryLimitExceeded", outcome.ErrorId);
        Assert.Equal("MemoryLimitExceeded", Assert.Single(outcome.Output).Value("ErrorId"));
        Assert.Equal(ErrorCategory.ResourceUnavailable, outcome.Errors[0].CategoryInfo.Category);
        Assert.Equal(many, outcome.Errors[0].TargetObject);
        Assert.Contains("Raise -MemoryLimit", outcome.Errors[0].Exception.Message, StringComparison.Ordinal);
    }

    private string Fails(string errorId, ErrorCategory category, string target, string parameters = "") =>
        FailedLoad.Expect(_module, _source, errorId, category, target, parameters);

    private void CreateStore(params string[] statements) => Database.Execute(Store, statements);

    private void AssertError(ScriptOutcome outcome, string id, ErrorCategory category, string advice)
    {
        var error = Assert.Single(outcome.Errors);
        Assert.Equal(id, error.FullyQualifiedErrorId);
        Assert.Equal(category, error.CategoryInfo.Category);
        Assert.Equal(Store, error.TargetObject);
        Assert.Contains(advice, error.Exception.Message, StringComparison.Ordinal);
    }
}
