namespace SilverAudit.PowerShell.Tests;

public sealed class RepeatedLoadTests : IDisposable
{
    private const string Table =
        "CREATE TABLE silver_temp_audit (load_id VARCHAR, data_source VARCHAR, audit_schema_version VARCHAR, checksum_value VARCHAR)";

    private readonly Module _module = new();

    private string Store => _module.File("silver_metadata.db");

    public void Dispose() => _module.Dispose();

    [Theory]
    [InlineData("Fail")]
    [InlineData("Reject")]
    public void Exact_copies_of_a_row_are_skipped(string policy)
    {
        var source = CreateSource(
            """
            ('TWICE', 'scopus', '3', 'sum'), ('ONCE', 'scopus', '3', NULL), ('TWICE', 'scopus', '3', 'sum'),
            ('THRICE', NULL, NULL, NULL), ('THRICE', NULL, NULL, NULL), ('THRICE', NULL, NULL, NULL)
            """);

        var outcome = _module.Run($"Invoke-SilverAuditEtl -LiteralPath $args[0] -NoLog -InvalidRow {policy}", source);

        Assert.Empty(outcome.Errors);
        Assert.EndsWith("so it was created.", Assert.Single(outcome.Warnings), StringComparison.Ordinal);
        var result = Assert.Single(outcome.Output);
        Assert.Equal((6, 3, 0, 3, 0, 0), result.Counts());
        Assert.Equal(("AllNew", "All source data was new"), (result.Text("Status"), result.Text("Message")));
        Assert.Equal(
            [["ONCE", 3], ["THRICE", null], ["TWICE", 3]],
            Database.Query(Store, "SELECT load_id, audit_schema_version FROM silver_staging_audit ORDER BY load_id"));
        Assert.Equal(
            [["TWICE", """{"checksum_value":"sum"}"""]], Database.Query(Store, "SELECT load_id, rescued FROM silver_audit.rescued_data"));
        Assert.Empty(StoreContents.Rows(Store, "rejected_row", "silver_audit"));
    }

    [Theory]
    [InlineData("Fail")]
    [InlineData("Reject")]
    public void A_re_run_of_exact_copies_finds_all_present(string policy)
    {
        var source = CreateSource("('TWICE', 'scopus', '3', 'sum'), ('TWICE', 'scopus', '3', 'sum')");
        _module.Load(source, $"-InvalidRow {policy}");

        var result = _module.Load(source, $"-InvalidRow {policy}");

        Assert.Equal((2, 0, 0, 2, 0, 0), result.Counts());
        Assert.Equal("AlreadyPresent", result.Text("Status"));
    }

    [Fact]
    public void Copies_of_a_changed_load_are_one_change()
    {
        _module.Load(CreateSource("('TWICE', 'scopus', '3', 'sum')"));
        var source = CreateSource("('TWICE', 'orcid', '3', 'sum'), ('TWICE', 'orcid', '3', 'sum')");

        Assert.Equal((2, 0, 0, 2, 1, 0), _module.Load(source).Counts());
        Assert.Equal((2, 0, 1, 1, 0, 0), _module.Load(source, "-Reprocess -Reason 'again'").Counts());
        Assert.Equal("orcid", Database.Scalar<string>(Store, "SELECT data_source FROM silver_staging_audit"));
    }

    [Theory]
    [InlineData("('TWICE', 'scopus', '3', 'sum'), ('TWICE', 'orcid', '3', 'sum')", 2)]
    [InlineData("('TWICE', 'scopus', '3', 'sum'), ('TWICE', 'scopus', '3', 'other')", 2)]
    [InlineData("('TWICE', 'scopus', '3', 'sum'), ('TWICE', 'scopus', '3', NULL)", 2)]
    [InlineData("('TWICE', 'scopus', '3', 'sum'), ('TWICE', 'scopus', '3', 'sum'), ('TWICE', 'orcid', '3', 'sum')", 3)]
    public void A_load_with_different_contents_fails_its_source(string rows, int count)
    {
        var source = CreateSource($"('ONCE', 'scopus', '3', NULL), {rows}");

        var outcome = _module.Run("Invoke-SilverAuditEtl -LiteralPath $args[0] -NoLog", source);

        Assert.Equal("SourceRowInvalid", outcome.ErrorId);
        Assert.StartsWith(
            $"{count} of {count + 1} rows in '{source}' are invalid, so nothing of it was loaded: "
            + $"row 2 (TWICE): load_id appears {count} times with different content; row 3 (TWICE): ",
            outcome.Errors[0].ToString(), StringComparison.Ordinal);
        Assert.Equal("Failed", Assert.Single(outcome.Output).Text("Status"));
        Assert.DoesNotContain("ONCE", string.Join('\n', StoreContents.AllButHistory(Store)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("('TWICE', 'scopus', '3', 'sum'), ('TWICE', 'orcid', '3', 'sum')", 2)]
    [InlineData("('TWICE', 'scopus', '3', 'sum'), ('TWICE', 'scopus', '3', 'other')", 2)]
    [InlineData("('TWICE', 'scopus', '3', 'sum'), ('TWICE', 'scopus', '3', NULL)", 2)]
    [InlineData("('TWICE', 'scopus', '3', 'sum'), ('TWICE', 'scopus', '3', 'sum'), ('TWICE', 'orcid', '3', 'sum')", 3)]
    public void All_rows_of_a_load_with_different_contents_are_rejected(string rows, int count)
    {
        var result = _module.Load(CreateSource($"('ONCE', 'scopus', '3', NULL), {rows}"), "-InvalidRow Reject");

        Assert.Equal((count + 1, 1, 0, 0, 0, count), result.Counts());
        Assert.Equal(["ONCE"], StoreContents.LoadIds(Store));
        Assert.Equal(
            [["TWICE", $"load_id appears {count} times with different content"]],
            Database.Query(Store, "SELECT DISTINCT load_id, reason FROM silver_audit.rejected_row"));
        Assert.Equal(count, Database.Scalar<int>(Store, "SELECT count(*) FROM silver_audit.rejected_row"));
    }

    [Fact]
    public void A_load_with_different_contents_is_rejected_whole_when_one_of_its_rows_is_bad_anyway()
    {
        var result = _module.Load(
            CreateSource("('ONCE', 'scopus', '3', NULL), ('TWICE', 'scopus', '3', NULL), ('TWICE', 'scopus', 'abc', NULL)"),
            "-InvalidRow Reject");

        Assert.Equal((3, 1, 0, 0, 0, 2), result.Counts());
        Assert.Equal(["ONCE"], StoreContents.LoadIds(Store));
    }

    [Fact]
    public void Load_ids_that_differ_by_case_or_blanks_are_different_loads()
    {
        var result = _module.Load(CreateSource("('load', 'a', '1', NULL), ('LOAD', 'b', '1', NULL), ('load ', 'c', '1', NULL)"));

        Assert.Equal((3, 3, 0, 0, 0, 0), result.Counts());
        Assert.Equal(
            [["LOAD", "b"], ["load", "a"], ["load ", "c"]],
            Database.Query(Store, "SELECT load_id, data_source FROM silver_staging_audit ORDER BY load_id"));
    }

    private string CreateSource(string rows)
    {
        var path = _module.File("source.db");
        File.Delete(path);
        return Staging.CreateWith(path, Table, $"INSERT INTO silver_temp_audit VALUES {rows}");
    }
}
