namespace SilverAudit.PowerShell.Tests;

/// <summary>A source that a typo or a variable names as the store is never written to.</summary>
public sealed class StoreIsSourceTests : IDisposable
{
    private readonly Module _module = new();

    public void Dispose() => _module.Dispose();

    [Theory]
    [InlineData("Invoke-SilverAuditEtl batch1.db")]
    [InlineData("Invoke-SilverAuditEtl batch1.db -WhatIf")]
    [InlineData("Invoke-SilverAuditEtl batch1.db -DestinationTable another_audit")]
    [InlineData("Compare-SilverAuditSource batch1.db")]
    [InlineData("Optimize-SilverAuditStore")]
    [InlineData("Optimize-SilverAuditStore -Compact")]
    [InlineData("Remove-OrphanStagingTable")]
    [InlineData("Get-SilverAuditLoad")]
    [InlineData("Get-SilverAuditRun")]
    [InlineData("Backup-SilverAuditStore copy.db")]
    [InlineData("Undo-SilverAuditRun 7b6d2f3a-0000-0000-0000-000000000000 -Reason 'wrong' -Confirm:$false")]
    public void No_cmdlet_takes_a_source_for_a_store(string command)
    {
        Staging.Create(_module.File("batch1.db"), "LOAD_1");
        var source = Staging.Create(_module.File("batch2.db"), "LOAD_2");
        var before = File.ReadAllBytes(source);

        var outcome = _module.Run($"{command} -Destination batch2.db");

        Assert.Equal("StoreIsSource", outcome.ErrorId);
        Assert.Contains("has the source table 'silver_temp_audit'", outcome.Errors[0].ToString(), StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(source));
        Assert.False(File.Exists(source + ".wal"));
    }

    [Fact]
    public void A_source_with_rows_in_its_log_is_left_as_it_is_with_its_log()
    {
        Staging.Create(_module.File("batch1.db"), "LOAD_1");
        var source = _module.File("batch2.db");
        var workshop = Staging.Create(_module.File("workshop.db"), "LOAD_2");
        Database.WhileOpen(workshop, [Staging.Insert("LOAD_3")], () =>
        {
            File.Copy(workshop, source);
            File.Copy(workshop + ".wal", source + ".wal");
        });
        byte[][] before = [File.ReadAllBytes(source), File.ReadAllBytes(source + ".wal")];

        Assert.Equal("StoreIsSource", _module.Run("Invoke-SilverAuditEtl batch1.db -Destination batch2.db -NoLog").ErrorId);
        Assert.Equal(before, [File.ReadAllBytes(source), File.ReadAllBytes(source + ".wal")]);
    }

    [Fact]
    public void The_table_that_the_command_reads_tells_a_source()
    {
        foreach (var name in new[] { "batch1.db", "batch2.db" })
        {
            Database.Execute(_module.File(name), $"CREATE TABLE raw_audit AS SELECT '{name}' AS load_id");
        }

        Assert.Equal("StoreIsSource", _module.Run("Invoke-SilverAuditEtl batch1.db -SourceTable RAW_audit -Destination batch2.db -NoLog").ErrorId);
        Assert.Single(Database.Query(_module.File("batch2.db"), "SELECT * FROM duckdb_tables()"));
    }

    [Fact]
    public void A_store_may_hold_a_table_of_the_name_of_the_source_s()
    {
        var source = Staging.Create(_module.File("batch1.db"), "LOAD_1");
        _module.Load(source);
        Database.Execute(_module.File("silver_metadata.db"), "CREATE TABLE silver_temp_audit (load_id VARCHAR)");

        Assert.Equal((1, 0, 0, 1, 0, 0), _module.Load(source).Counts());
        Assert.Equal((1, 1, 0, 0, 0, 0), _module.Load(source, "-DestinationTable another_audit").Counts());
    }
}
