namespace SilverAudit.PowerShell.Tests;

/// <summary>The engine tells names of tables apart by everything but the case of ASCII letters, and so does the module.</summary>
public sealed class TableNameCaseTests : IDisposable
{
    private const string Kelvin = "\u212Aelvin";
    private const string Umlaut = "prüfung";

    private readonly Module _module = new();

    private string Store => _module.File("silver_metadata.db");

    public void Dispose() => _module.Dispose();

    [Theory]
    [InlineData("kelvin", Kelvin)]
    [InlineData(Kelvin, "kelvin")]
    [InlineData(Umlaut, "PRÜFUNG")]
    public void A_staging_table_of_a_name_that_only_looks_the_same_is_left_alone(string table, string other)
    {
        _module.Load(Staging.Create(_module.File("source.db"), "LOAD_1"), $"-DestinationTable {table}");
        Database.Execute(
            Store, $"CREATE TABLE \"{table}_staging_1\" AS FROM \"{table}\"", $"CREATE TABLE \"{other}_staging_2\" AS FROM \"{table}\"");

        var removed = Assert.Single(_module.Succeed("Remove-OrphanStagingTable -DestinationTable $args[0]", table));

        Assert.Equal($"{table}_staging_1", removed.Text("Name"));
        Assert.Equal(0, removed.Value<long>("UnmergedRows"));
        Assert.Equal(1, Database.Scalar<int>(Store, $"SELECT count(*) FROM \"{other}_staging_2\""));
    }

    [Theory]
    [InlineData("kelvin", Kelvin)]
    [InlineData(Umlaut, "PRÜFUNG")]
    public void Rows_are_not_taken_for_merged_because_a_table_of_a_similar_name_has_them(string table, string other)
    {
        _module.Load(Staging.Create(_module.File("source.db"), "LOAD_1"), $"-DestinationTable {other}");
        Database.Execute(Store, $"CREATE TABLE \"{table}_staging_1\" AS FROM \"{other}\"");

        var outcome = _module.Run("Remove-OrphanStagingTable -DestinationTable $args[0]", table);

        Assert.Equal("StagingTableHasUnmergedRows", outcome.ErrorId);
    }

    [Theory]
    [InlineData("kelvin", Kelvin)]
    [InlineData(Umlaut, "PRÜFUNG")]
    public void A_view_of_a_similar_name_does_not_stand_in_the_way_of_the_permanent_table(string table, string view)
    {
        Database.Execute(Store, $"CREATE VIEW \"{view}\" AS SELECT 1 AS one");

        var result = _module.Load(Staging.Create(_module.File("source.db"), "LOAD_1"), $"-DestinationTable {table}");

        Assert.Equal("AllNew", result.Text("Status"));
    }

    [Theory]
    [InlineData("kelvin", Kelvin)]
    [InlineData(Umlaut, "PRÜFUNG")]
    public void A_source_that_has_only_a_view_of_a_similar_name_lacks_the_table(string table, string view)
    {
        Database.Execute(_module.File("source.db"), $"CREATE VIEW \"{view}\" AS SELECT 1 AS load_id");

        var outcome = _module.Run("Invoke-SilverAuditEtl source.db -NoLog -SourceTable $args[0]", table);

        Assert.Equal("SourceTableMissing", outcome.ErrorId);
    }

    [Fact]
    public void Two_permanent_tables_whose_names_only_look_the_same_are_two_also_within_one_process()
    {
        Staging.CreateSeries(_module.Folder.Location, 2);

        // The inner pipeline shares the store with the outer one, and what is known of it.
        var statuses = _module.Succeed(
            """
            param($first, $second)
            Invoke-SilverAuditEtl 1.db -NoLog -DestinationTable $first | ForEach-Object { $_; Invoke-SilverAuditEtl 2.db -NoLog -DestinationTable $second }
            """,
            Umlaut, "PRÜFUNG").Select(result => result.Text("Status"));

        Assert.Equal(["AllNew", "AllNew"], statuses);
        Assert.Equal(["LOAD_1"], StoreContents.LoadIds(Store, Umlaut));
        Assert.Equal(["LOAD_2"], StoreContents.LoadIds(Store, "PRÜFUNG"));
    }

    [Fact]
    public void The_case_of_ASCII_letters_does_not_matter()
    {
        _module.Load(Staging.Create(_module.File("source.db"), "LOAD_1"), "-DestinationTable kelvin");
        Database.Execute(Store, "CREATE TABLE Kelvin_Staging_1 AS FROM kelvin");

        var removed = Assert.Single(_module.Succeed("Remove-OrphanStagingTable -DestinationTable KELVIN"));

        Assert.Equal(("Kelvin_Staging_1", 0L), (removed.Text("Name"), removed.Value<long>("UnmergedRows")));
    }
}
