namespace SilverAudit.PowerShell.Tests;

/// <summary>Several permanent tables in one store share the side tables, and never see what is filed for another.</summary>
public sealed class SeveralTablesTests : IDisposable
{
    private readonly Module _module = new();
    private readonly string _source;

    public SeveralTablesTests() => _source = Staging.Create(_module.File("source.db"), "LOAD_1", "LOAD_2");

    private string Store => _module.File("silver_metadata.db");

    public void Dispose() => _module.Dispose();

    [Fact]
    public void A_source_is_loaded_into_each_of_them_over_and_over()
    {
        foreach (var expected in new[] { (2, 2, 0, 0, 0, 0), (2, 0, 0, 2, 0, 0) })
        {
            foreach (var table in new[] { "t1", "t2", "T1" })
            {
                var counts = _module.Load(_source, $"-DestinationTable {table}").Counts();
                Assert.Equal(table == "T1" ? (2, 0, 0, 2, 0, 0) : expected, counts);
            }
        }

        Assert.Equal(4, Database.Scalar<int>(Store, "SELECT count(*) FROM silver_audit.rescued_data"));
    }

    [Fact]
    public void Two_pipelines_into_two_of_them_at_the_same_time_agree()
    {
        // The second one starts within the first, which has looked at the store by then and holds it.
        _module.Load(_source, "-DestinationTable t1");
        var results = _module.Succeed(
            """
            $source = $args[0]
            $source, $source | Invoke-SilverAuditEtl -NoLog -DestinationTable t1 | ForEach-Object {
                $_
                Invoke-SilverAuditEtl -LiteralPath $source -NoLog -DestinationTable t2
            }
            """,
            _source);

        Assert.Equal([(2, 0, 0, 2, 0, 0), (2, 2, 0, 0, 0, 0), (2, 0, 0, 2, 0, 0), (2, 0, 0, 2, 0, 0)], results.Select(result => result.Counts()));
    }

    [Theory]
    [InlineData("None")]
    [InlineData("Rescue")]
    public void Reprocessing_in_one_leaves_the_rescued_values_of_the_other(string policy)
    {
        _module.Load(_source, "-DestinationTable t1");
        _module.Load(_source, $"-DestinationTable t2 -SchemaEvolution {policy}");
        var before = RescuedOf("t1");
        Database.Execute(_source, "UPDATE silver_temp_audit SET validation_status = 'FAILED', checksum_value = 'second'");

        var run = _module.Load(_source, $"-DestinationTable t2 -SchemaEvolution {policy} -Reprocess -Reason 'there only'");

        Assert.Equal(2, run.Value<long>("UpdatedRows"));
        Assert.Equal(2, before.Count);
        Assert.Equal(before, RescuedOf("t1"));
        Assert.Equal(policy == "None" ? [] : ["LOAD_1 second", "LOAD_2 second"], RescuedOf("t2"));
        Assert.Equal(
            policy == "None" ? 0 : 2,
            Database.Scalar<int>(Store, "SELECT count(*) FROM silver_audit.superseded_load WHERE previous_rescued IS NOT NULL"));
    }

    [Fact]
    public void A_source_whose_values_are_rescued_for_the_other_only_is_not_archived()
    {
        _module.Load(_source, "-DestinationTable t1");
        Directory.CreateDirectory(_module.File("archive"));

        var outcome = _module.Run(
            "Invoke-SilverAuditEtl -LiteralPath $args[0] -NoLog -DestinationTable t2 -SchemaEvolution None -ArchivePath archive", _source);

        Assert.True(File.Exists(_source));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_module.File("archive")));
        Assert.NotEmpty(outcome.Errors);
    }

    [Fact]
    public void A_comparison_sees_the_rescued_values_of_its_table()
    {
        _module.Load(_source, "-DestinationTable t1");
        _module.Load(_source, "-DestinationTable t2 -SchemaEvolution None");

        Assert.Empty(_module.Succeed("Compare-SilverAuditSource $args[0] -DestinationTable t1", _source));
        Assert.Equal(["Changed", "Changed"], _module.Succeed("Compare-SilverAuditSource $args[0] -DestinationTable t2", _source).Select(load => load.Text("State")));
    }

    [Fact]
    public void A_plan_sees_the_rescued_values_of_its_table()
    {
        _module.Load(_source, "-DestinationTable t1");
        _module.Load(_source, "-DestinationTable t2");

        Assert.Equal((2, 0, 0, 2, 0, 0), _module.Load(_source, "-DestinationTable t1 -WhatIf").Counts());
        Assert.Equal((2, 0, 0, 2, 0, 0), _module.Load(_source, "-DestinationTable t2 -WhatIf").Counts());
    }

    [Fact]
    public void Rescued_values_of_a_run_that_the_history_does_not_have_are_those_of_whatever_table_is_asked_for()
    {
        _module.Load(_source, "-DestinationTable t1");
        _module.Load(Staging.Create(_module.File("other.db"), "OTHER"), "-DestinationTable t2");
        Database.Execute(Store, "DELETE FROM silver_audit.etl_run WHERE destination_table = 't1'");

        Assert.Equal((2, 0, 0, 2, 0, 0), _module.Load(_source, "-DestinationTable t1").Counts());
    }

    private IReadOnlyList<string> RescuedOf(string table) => StoreContents.Texts(
        Store,
        $"SELECT load_id || ' ' || (rescued->>'checksum_value') FROM silver_audit.rescued_data JOIN silver_audit.etl_run USING (run_id) WHERE destination_table = '{table}' ORDER BY ALL");
}
