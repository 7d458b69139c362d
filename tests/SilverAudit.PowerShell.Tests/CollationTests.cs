namespace SilverAudit.PowerShell.Tests;

public sealed class CollationTests : IDisposable
{
    private readonly Module _module = new();

    private string Store => _module.File("silver_metadata.db");

    public void Dispose() => _module.Dispose();

    [Fact]
    public void Loads_that_differ_by_case_are_different_loads_whatever_the_collation_of_the_source()
    {
        var source = Staging.CreateWith(
            _module.File("source.db"),
            "CREATE TABLE silver_temp_audit (load_id VARCHAR COLLATE NOCASE, data_source VARCHAR)",
            "INSERT INTO silver_temp_audit VALUES ('load_1', 'a'), ('LOAD_1', 'b')");

        Assert.Equal((2, 2, 0, 0, 0, 0), _module.Load(source).Counts());
        Assert.Equal((2, 0, 0, 2, 0, 0), _module.Load(source).Counts());
        Assert.Equal(
            [["LOAD_1", "b"], ["load_1", "a"]],
            Database.Query(Store, "SELECT load_id, data_source FROM silver_staging_audit ORDER BY load_id"));
    }

    [Fact]
    public void A_change_of_case_alone_is_a_change_whatever_the_collation_of_the_source()
    {
        const string CreateTable = "CREATE TABLE silver_temp_audit (load_id VARCHAR PRIMARY KEY, data_source VARCHAR COLLATE NOCASE)";
        _module.Load(Staging.CreateWith(_module.File("first.db"), CreateTable, "INSERT INTO silver_temp_audit VALUES ('LOAD_1', 'scopus')"));

        var result = _module.Load(
            Staging.CreateWith(_module.File("second.db"), CreateTable, "INSERT INTO silver_temp_audit VALUES ('LOAD_1', 'Scopus')"));

        Assert.Equal((1, 0, 0, 1, 1, 0), result.Counts());
    }
}
