using System.Management.Automation;
using System.Text;

namespace SilverAudit.PowerShell.Tests;

public sealed class SourceErrorTests : IDisposable
{
    private readonly Module _module = new();

    private string Store => _module.File("silver_metadata.db");

    private string Source => _module.File("source.db");

    public void Dispose() => _module.Dispose();

    [Fact]
    public void A_table_of_another_schema_is_named_and_can_be_read_by_that_name()
    {
        Staging.CreateWith(Source, "CREATE SCHEMA silver", "CREATE TABLE silver.silver_temp_audit AS SELECT 'L' AS load_id", "CREATE TABLE \"silver.silver_temp_audit\" AS SELECT 'DOT' AS load_id", "DROP TABLE \"silver.silver_temp_audit\"");

        Assert.Contains("it has: silver.silver_temp_audit.", Fails("SourceTableMissing", ErrorCategory.ObjectNotFound), StringComparison.Ordinal);
        Assert.Equal("AllNew", _module.Load(Source, "-SourceTable silver.silver_temp_audit").Text("Status"));
        Assert.Equal("Equal", Assert.Single(_module.Succeed("Compare-SilverAuditSource source.db -SourceTable Silver.SILVER_temp_audit -IncludeEqual")).Text("State"));
    }

    [Theory]
    [InlineData("levenshtein(repeat(load_id, 2), repeat('b', 2))", "levenshtein, repeat")]
    [InlineData("length(lpad(load_id, 5, 'x'))", "lpad")]
    public void Generated_columns_that_may_take_without_end_are_refused(string expression, string named)
    {
        Staging.CreateWith(Source, $"CREATE TABLE silver_temp_audit (load_id VARCHAR, costly INTEGER GENERATED ALWAYS AS ({expression}))", "INSERT INTO silver_temp_audit VALUES ('L')");

        Assert.Contains($"computes columns with {named}, ", Fails("SourceNotBaseTable", ErrorCategory.InvalidType), StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_not_found()
    {
        var message = Fails("SourceNotFound", ErrorCategory.ObjectNotFound);

        Assert.Contains("Check the path", message, StringComparison.Ordinal);
        Assert.False(File.Exists(Store));
    }

    [Fact]
    public void A_missing_file_named_by_Path_has_a_result_and_an_error_too()
    {
        var outcome = _module.Run("Invoke-SilverAuditEtl -Path nowhere.db -NoLog");

        Assert.Equal("SourceNotFound", outcome.ErrorId);
        Assert.Equal(_module.File("nowhere.db"), outcome.Errors[0].TargetObject);
        Assert.Equal(_module.File("nowhere.db"), Assert.Single(outcome.Output).Value("Source"));
    }

    [Fact]
    public void A_text_file_is_not_a_database()
    {
        File.WriteAllText(Source, string.Concat(Enumerable.Repeat("load_id,data_source\n", 1000)));

        Assert.Contains("not a DuckDB database", Fails("SourceNotDatabase", ErrorCategory.InvalidType), StringComparison.Ordinal);
    }

    [Fact]
    public void A_short_text_file_is_not_a_database()
    {
        File.WriteAllText(Source, "load_id");

        Assert.Contains("not a DuckDB database", Fails("SourceNotDatabase", ErrorCategory.InvalidType), StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_file_is_not_a_database()
    {
        File.WriteAllBytes(Source, []);

        Fails("SourceNotDatabase", ErrorCategory.InvalidType);

        Assert.Equal(0, new FileInfo(Source).Length);
    }

    [Fact]
    public void A_database_of_another_engine_is_not_a_database()
    {
        File.WriteAllBytes(Source, [.. Encoding.ASCII.GetBytes("SQLite format 3\0"), .. new byte[8176]]);

        Fails("SourceNotDatabase", ErrorCategory.InvalidType);
    }

    [Fact]
    public void A_folder_is_not_a_database_and_the_error_says_how_to_name_the_files_in_it()
    {
        Directory.CreateDirectory(Source);

        Assert.Contains(Path.Combine(Source, "*.db"), Fails("SourceNotDatabase", ErrorCategory.InvalidType), StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_table_is_an_error_that_names_the_tables_that_are_there()
    {
        Staging.CreateWith(Source, "CREATE TABLE silver_stg_scopus (id INTEGER)", "CREATE TABLE other (id INTEGER)");

        var message = Fails("SourceTableMissing", ErrorCategory.ObjectNotFound);

        Assert.Contains("'silver_temp_audit'", message, StringComparison.Ordinal);
        Assert.Contains("it has: other, silver_stg_scopus.", message, StringComparison.Ordinal);
        Assert.Contains("-SourceTable", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_table_in_an_empty_database_is_an_error_that_says_so()
    {
        Staging.CreateWith(Source, "CREATE TABLE gone (id INTEGER)", "DROP TABLE gone");

        Assert.Contains("it has no tables", Fails("SourceTableMissing", ErrorCategory.ObjectNotFound), StringComparison.Ordinal);
    }

    [Fact]
    public void A_view_is_refused_and_nothing_that_it_reads_reaches_the_store()
    {
        _module.Load(Staging.Create(_module.File("good.db"), "LOAD_1"));
        var secret = _module.File("secret.txt");
        File.WriteAllText(secret, "the-secret-of-the-host");
        Staging.CreateWith(Source, $"CREATE VIEW silver_temp_audit AS SELECT content AS load_id FROM read_text('{secret}')");

        var message = Fails("SourceNotBaseTable", ErrorCategory.InvalidType);

        Assert.Contains("is a view", message, StringComparison.Ordinal);
        Assert.DoesNotContain("the-secret-of-the-host", message, StringComparison.Ordinal);
        Assert.Equal(["LOAD_1"], Database.Query(Store, "SELECT load_id FROM silver_staging_audit").Select(row => row[0]));
        Assert.DoesNotContain("the-secret-of-the-host", Encoding.Latin1.GetString(File.ReadAllBytes(Store)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_view_over_the_audit_table_of_the_same_file_is_refused_too()
    {
        Staging.CreateWith(Source, Staging.CreateTable.Replace("silver_temp_audit", "real_table", StringComparison.Ordinal), "CREATE VIEW silver_temp_audit AS FROM real_table");

        Fails("SourceNotBaseTable", ErrorCategory.InvalidType);
    }

    [Fact]
    public void A_table_without_load_id_is_an_error_that_names_the_columns_it_has()
    {
        Staging.CreateWith(Source, "CREATE TABLE silver_temp_audit (id VARCHAR, data_source VARCHAR)");

        Assert.Contains("no column 'load_id'; it has: id, data_source.", Fails("SourceKeyMissing", ErrorCategory.ObjectNotFound), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("silver_metadata.db")]
    [InlineData("./sub/../silver_metadata.db")]
    public void The_store_itself_is_no_source_however_its_path_is_written(string path)
    {
        _module.Load(Staging.Create(_module.File("good.db"), "LOAD_1"));
        Directory.CreateDirectory(_module.File("sub"));

        FailedLoad.Expect(_module, path, "SourceIsDestination", ErrorCategory.InvalidArgument, Store);
        FailedLoad.Expect(_module, Store, "SourceIsDestination", ErrorCategory.InvalidArgument, Store);
    }

    [Fact]
    public void A_symbolic_link_to_the_store_is_no_source()
    {
        _module.Load(Staging.Create(_module.File("good.db"), "LOAD_1"));
        File.CreateSymbolicLink(Source, Store);

        Assert.Contains("is the store itself", Fails("SourceIsDestination", ErrorCategory.InvalidArgument), StringComparison.Ordinal);
    }

    [Fact]
    public void A_source_is_no_store_of_its_own_through_a_linked_folder()
    {
        var source = CreateSourceInLinkedFolder();

        FailedLoad.Expect(_module, source, "SourceIsDestination", ErrorCategory.InvalidArgument, source, "-Destination linked/source.db");
    }

    [Fact]
    public void A_source_that_was_named_as_the_store_too_is_left_as_it_is()
    {
        var source = CreateSourceInLinkedFolder();
        var before = File.ReadAllBytes(source);

        _module.Run("Invoke-SilverAuditEtl -LiteralPath $args[0] -Destination linked/source.db -NoLog", source);

        Assert.Equal(
            ["silver_temp_audit"],
            Database.Query(source, "SELECT table_name FROM duckdb_tables() WHERE database_name = 'test_file'").Select(row => row[0]));
        Assert.Equal(before, File.ReadAllBytes(source));
    }

    [Fact]
    public void Invalid_rows_fail_the_source_with_the_first_offenders_named()
    {
        Staging.CreateWith(Source, "CREATE TABLE silver_temp_audit (load_id VARCHAR)", "INSERT INTO silver_temp_audit VALUES ('LOAD_1'), (NULL)");

        var message = Fails("SourceRowInvalid", ErrorCategory.InvalidData);

        Assert.Contains("1 of 2 rows", message, StringComparison.Ordinal);
        Assert.Contains("row 2: load_id is NULL", message, StringComparison.Ordinal);
        Assert.Contains("-InvalidRow Reject", message, StringComparison.Ordinal);
    }

    [Fact]
    public void New_columns_fail_the_source_where_that_is_asked_for()
    {
        Staging.CreateWith(Source, "CREATE TABLE silver_temp_audit (load_id VARCHAR, novelty VARCHAR)");

        var message = Fails("SourceSchemaChanged", ErrorCategory.InvalidData, "-SchemaEvolution FailOnNewColumns");

        Assert.Contains("novelty", message, StringComparison.Ordinal);
        Assert.Contains("-SchemaEvolution Rescue", message, StringComparison.Ordinal);
    }

    [Fact]
    public void ErrorAction_Stop_ends_the_pipeline_at_the_first_failure()
    {
        var good = Staging.Create(_module.File("good.db"), "LOAD_1");

        var outcome = _module.Run("$args | Invoke-SilverAuditEtl -NoLog -ErrorAction Stop", Source, good);

        Assert.Equal("SourceNotFound,SilverAudit.PowerShell.InvokeSilverAuditEtlCommand", outcome.Terminating?.FullyQualifiedErrorId);
        Assert.Equal(Source, outcome.Terminating?.TargetObject);
        Assert.False(File.Exists(Store));
    }

    private string Fails(string errorId, ErrorCategory category, string parameters = "") =>
        FailedLoad.Expect(_module, Source, errorId, category, Source, parameters);

    private string CreateSourceInLinkedFolder()
    {
        Directory.CreateDirectory(_module.File("folder"));
        Directory.CreateSymbolicLink(_module.File("linked"), _module.File("folder"));
        return Staging.Create(Path.Combine(_module.File("folder"), "source.db"), "LOAD_1");
    }
}
