using System.Management.Automation;

namespace SilverAudit.PowerShell.Tests;

public sealed class StagingTableTests : IDisposable
{
    private const string Merged = "silver_staging_audit_staging_1736952600";
    private const string Unmerged = "silver_staging_audit_staging_1736952601";
    private const string Keyless = "silver_staging_audit_staging_1736952602";

    private static readonly string[] s_others =
    [
        "my_staging_notes", "silver_staging_audit", "silver_staging_audit_staging_", "silver_staging_audit_staging_17369526x0",
        "silver_staging_audit_staging_backup", "xsilver_staging_audit_staging_1736952600",
    ];

    private readonly Module _module = new();

    private string Store => _module.File("silver_metadata.db");

    public void Dispose() => _module.Dispose();

    [Fact]
    public void Only_exact_names_are_taken_for_staging_tables()
    {
        CreateStore();

        var outcome = _module.Run("Remove-OrphanStagingTable -Force");

        Assert.Empty(outcome.Errors);
        Assert.Equal([Merged, Unmerged, Keyless], outcome.Output.Select(table => table.Text("Name")));
        Assert.Equal(s_others, Tables());
        Assert.Equal(["note"], Database.Query(Store, "FROM my_staging_notes")[0]);
        Assert.Equal(2, Database.Scalar<int>(Store, "SELECT count(*) FROM silver_staging_audit"));
    }

    [Fact]
    public void Merged_tables_are_dropped_and_unmerged_ones_are_kept_with_an_error_each()
    {
        CreateStore();

        var outcome = _module.Run("Remove-OrphanStagingTable");

        Assert.Equal(
            [(Merged, 2L, 0L, true), (Unmerged, 3L, 2L, false), (Keyless, 1L, 1L, false)],
            outcome.Output.Select(Describe));
        Assert.Equal(2, outcome.Errors.Count);
        Assert.All(outcome.Errors, error =>
        {
            Assert.Equal("StagingTableHasUnmergedRows,SilverAudit.PowerShell.RemoveOrphanStagingTableCommand", error.FullyQualifiedErrorId);
            Assert.Equal(ErrorCategory.ResourceBusy, error.CategoryInfo.Category);
            Assert.Equal(Store, error.TargetObject);
            Assert.Contains("-Force", error.Exception.Message, StringComparison.Ordinal);
        });
        Assert.Contains($"'{Unmerged}' in '{Store}' holds 2 of 3 rows", outcome.Errors[0].Exception.Message, StringComparison.Ordinal);
        Assert.Contains($"'{Keyless}' in '{Store}' holds 1 of 1 rows", outcome.Errors[1].Exception.Message, StringComparison.Ordinal);
        AssertTables([.. s_others, Unmerged, Keyless]);
        Assert.Equal(3, Database.Scalar<int>(Store, $"SELECT count(*) FROM {Unmerged}"));
    }

    [Fact]
    public void A_table_that_loads_went_to_is_permanent_whatever_it_is_called()
    {
        var source = Staging.Create(_module.File("batch.db"), "LOAD_1");
        _module.Load(source, "-DestinationTable audit");
        Database.Execute(source, "UPDATE silver_temp_audit SET data_source = 'orcid'");
        _module.Load(source, "-DestinationTable audit_staging_2024");

        var outcome = _module.Run("Remove-OrphanStagingTable -DestinationTable audit -Force");

        Assert.Empty(outcome.Output);
        Assert.Equal("orcid", Database.Scalar<string>(Store, "SELECT data_source FROM audit_staging_2024"));
    }

    [Fact]
    public void A_row_whose_load_has_other_content_is_not_merged()
    {
        _module.Load(Staging.Create(_module.File("batch.db"), "LOAD_1", "LOAD_2"));
        Database.Execute(
            Store, $"CREATE TABLE {Merged} AS FROM silver_staging_audit",
            $"UPDATE {Merged} SET data_source = 'orcid' WHERE load_id = 'LOAD_2'",
            $"UPDATE {Merged} SET original_processing_timestamp = NULL");

        var outcome = _module.Run("Remove-OrphanStagingTable");

        Assert.Equal("StagingTableHasUnmergedRows", outcome.ErrorId);
        Assert.Equal((Merged, 2L, 1L, false), Describe(Assert.Single(outcome.Output)));
    }

    [Fact]
    public void Force_drops_unmerged_tables_and_says_what_they_held()
    {
        CreateStore();

        Assert.Equal(
            [(Merged, 2L, 0L, true), (Unmerged, 3L, 2L, true), (Keyless, 1L, 1L, true)],
            _module.Succeed("Remove-OrphanStagingTable -Force").Select(Describe));
    }

    [Fact]
    public void A_staging_table_tells_when_it_was_created_and_where_it_is()
    {
        CreateStore();

        var table = _module.Run("Remove-OrphanStagingTable").Output[0];

        var createdAt = Assert.IsType<DateTime>(table.Value("CreatedAt"));
        Assert.Equal(new DateTime(2025, 1, 15, 14, 50, 0, DateTimeKind.Utc), createdAt);
        Assert.Equal(DateTimeKind.Utc, createdAt.Kind);
        Assert.Equal(Store, table.Value("Destination"));
        Assert.Equal("SilverAudit.StagingTable", table.TypeNames[0]);
    }

    [Fact]
    public void Digits_that_are_no_time_are_a_staging_table_without_a_time()
    {
        CreateStore("CREATE TABLE silver_staging_audit_staging_99999999999999999999 (load_id VARCHAR)");

        var table = _module.Run("Remove-OrphanStagingTable").Output[^1];

        Assert.Equal("silver_staging_audit_staging_99999999999999999999", table.Value("Name"));
        Assert.Null(table.Value("CreatedAt"));
        Assert.Equal(true, table.Value("Removed"));
    }

    [Fact]
    public void WhatIf_lists_every_table_and_drops_none()
    {
        CreateStore();
        var before = Tables();
        var bytes = File.ReadAllBytes(Store);

        var tables = _module.Succeed("Remove-OrphanStagingTable -Force -WhatIf");

        Assert.Equal([(Merged, 2L, 0L, false), (Unmerged, 3L, 2L, false), (Keyless, 1L, 1L, false)], tables.Select(Describe));
        Assert.Equal(before, Tables());
        Assert.Equal(bytes, File.ReadAllBytes(Store));
    }

    [Fact]
    public void A_store_without_a_permanent_table_has_only_unmerged_rows()
    {
        Database.Execute(
            Store, $"CREATE TABLE {Merged} (load_id VARCHAR)", $"INSERT INTO {Merged} VALUES ('LOAD_1')", $"CREATE TABLE {Unmerged} (load_id VARCHAR)");

        var outcome = _module.Run("Remove-OrphanStagingTable");

        Assert.Equal("StagingTableHasUnmergedRows", outcome.ErrorId);
        Assert.Equal([(Merged, 1L, 1L, false), (Unmerged, 0L, 0L, true)], outcome.Output.Select(Describe));
        Assert.Equal([Merged], Tables());
    }

    [Fact]
    public void A_store_without_staging_tables_gives_nothing()
    {
        _module.Load(Staging.Create(_module.File("source.db"), "LOAD_1"));

        Assert.Empty(_module.Succeed("Remove-OrphanStagingTable"));
    }

    [Fact]
    public void Staging_tables_belong_to_the_permanent_table_that_is_named()
    {
        CreateStore("CREATE TABLE my_audit_staging_5 (load_id VARCHAR)");

        var table = Assert.Single(_module.Succeed("Remove-OrphanStagingTable -DestinationTable my_audit"));

        Assert.Equal(("my_audit_staging_5", 0L, 0L, true), Describe(table));
        AssertTables([.. s_others, Merged, Unmerged, Keyless]);
    }

    [Fact]
    public void A_name_with_a_percent_sign_or_an_underscore_is_no_pattern()
    {
        CreateStore("CREATE TABLE \"silverXstagingXauditXstagingX1736952600\" (load_id VARCHAR)");

        _module.Succeed("Remove-OrphanStagingTable -Force");
        _module.Succeed("Remove-OrphanStagingTable -Force -DestinationTable '%'");

        AssertTables([.. s_others, "silverXstagingXauditXstagingX1736952600"]);
    }

    [Fact]
    public void Rows_without_a_load_id_are_unmerged()
    {
        CreateStore($"INSERT INTO {Merged} (load_id) VALUES (NULL)");

        Assert.Equal((Merged, 3L, 1L, false), Describe(_module.Run("Remove-OrphanStagingTable").Output[0]));
    }

    [Fact]
    public void A_load_after_the_cleaning_works_as_before()
    {
        CreateStore();

        _module.Run("Remove-OrphanStagingTable -Force");

        Assert.Equal("AlreadyPresent", _module.Load(_module.File("source.db")).Text("Status"));
    }

    [Fact]
    public void The_store_is_free_afterwards()
    {
        CreateStore();

        _module.Run("Remove-OrphanStagingTable");

        FileHolder.AssertFree(Store);
    }

    /// <summary>A store with two loads, and everything whose name looks like a staging table's, or nearly.</summary>
    private void CreateStore(params string[] additional)
    {
        _module.Load(Staging.Create(_module.File("source.db"), "LOAD_1", "LOAD_2"));
        Database.Execute(
            Store,
            [
                "CREATE TABLE my_staging_notes AS SELECT 'note' AS note",
                "CREATE TABLE silver_staging_audit_staging_backup AS FROM silver_staging_audit",
                "CREATE TABLE silver_staging_audit_staging_ AS FROM silver_staging_audit",
                "CREATE TABLE silver_staging_audit_staging_17369526x0 AS FROM silver_staging_audit",
                "CREATE TABLE xsilver_staging_audit_staging_1736952600 AS FROM silver_staging_audit",
                $"CREATE TABLE {Merged} AS FROM silver_staging_audit",
                $"CREATE TABLE {Unmerged} AS FROM silver_staging_audit WHERE load_id = 'LOAD_1'",
                $"INSERT INTO {Unmerged} (load_id) VALUES ('LOAD_3'), ('LOAD_4')",
                $"CREATE TABLE {Keyless} AS SELECT 1 AS id",
                .. additional,
            ]);
    }

    private List<string> Tables() =>
        [.. Database.Query(Store, "SELECT table_name FROM duckdb_tables() WHERE database_name = 'test_file' AND schema_name = 'main' ORDER BY ALL").Select(row => (string)row[0]!)];

    private void AssertTables(string[] expected) => Assert.Equal(expected.Order(StringComparer.Ordinal), Tables());

    private static (string Name, long Rows, long UnmergedRows, bool Removed) Describe(PSObject table) =>
        (table.Text("Name"), table.Value<long>("Rows"), table.Value<long>("UnmergedRows"), table.Value<bool>("Removed"));
}
