namespace SilverAudit.PowerShell.Tests;

public sealed class FullDiskTests : IDisposable
{
    private readonly Module _module = new();

    public FullDiskTests()
    {
        Staging.Create(_module.File("first.db"), "FIRST");
        Staging.Create(_module.File("source.db"), "LOAD_1");
        Directory.CreateDirectory(_module.File("disk"));
    }

    public void Dispose() => _module.Dispose();

    [MountFact]
    public void A_disk_that_is_full_when_the_store_is_closed_costs_nothing_and_is_told_as_that()
    {
        Staging.CreateWith(
            _module.File("closing.db"),
            "CREATE TABLE silver_temp_audit AS SELECT 'L' || i AS load_id, hash(i)::VARCHAR || hash(i + 1)::VARCHAR AS data_source FROM range(6000) AS numbers(i)");

        var lines = RunWithDisk(
            "1100k",
            """
            Invoke-SilverAuditEtl closing.db -Destination disk/store.db -NoLog -WarningVariable warnings -WarningAction SilentlyContinue | ForEach-Object { "$($_.Status) $($_.InsertedRows)" }
            $warnings.Count; $warnings[-1].Message
            @(Get-SilverAuditLoad -Destination disk/store.db -WarningAction SilentlyContinue).Count
            """);

        Assert.Equal(["AllNew 6000", "2", "6000"], [lines[0], lines[1], lines[^1]]);
        Assert.Contains("What was loaded is safe in its log", lines[2], StringComparison.Ordinal);
        Assert.DoesNotContain("rolled back", lines[2], StringComparison.Ordinal);
    }

    [MountFact]
    public void A_full_disk_costs_the_source_that_filled_it_and_no_other()
    {
        Staging.CreateMany(_module.File("many.db"), 20_000);

        var lines = RunWithDisk(
            "4m",
            """
            'first.db', 'many.db', 'source.db' | Invoke-SilverAuditEtl -Destination disk/store.db -NoLog -WarningAction SilentlyContinue -ErrorAction SilentlyContinue -ErrorVariable failures |
                ForEach-Object { "$($_.Status) $($_.ErrorId) $($_.InsertedRows)" }
            $failures | ForEach-Object { "$($_.FullyQualifiedErrorId) $($_.CategoryInfo.Category) $($_.TargetObject)"; $_.Exception.Message }
            Get-SilverAuditLoad -Destination disk/store.db | ForEach-Object LoadId
            """);

        Assert.Equal(["AllNew  1", "Failed StorageFull 0", "AllNew  1"], lines[..3]);
        Assert.Equal($"StorageFull,SilverAudit.PowerShell.InvokeSilverAuditEtlCommand WriteError {_module.File("disk")}/store.db", lines[3]);
        Assert.Contains("Make room and run again", lines[4], StringComparison.Ordinal);
        Assert.Equal(["FIRST", "LOAD_1"], lines[5..]);
    }

    [MountFact]
    public void A_large_source_that_does_not_fit_gives_the_disk_back_what_it_took()
    {
        // More rows than the engine keeps in memory until the commit, which then finds the disk full.
        Staging.CreateMany(_module.File("many.db"), 147_000);

        var lines = RunWithDisk(
            "16m",
            """
            'first.db', 'many.db', 'source.db' | Invoke-SilverAuditEtl -Destination disk/store.db -NoLog -WarningAction SilentlyContinue -ErrorAction SilentlyContinue |
                ForEach-Object { "$($_.Status) $($_.ErrorId) $($_.InsertedRows)" }
            [IO.FileInfo]::new("$PWD/disk/store.db").Length -lt 5MB
            Get-SilverAuditLoad -Destination disk/store.db | ForEach-Object LoadId
            """);

        Assert.Equal(["AllNew  1", "Failed StorageFull 0", "AllNew  1", "True", "FIRST", "LOAD_1"], lines);
    }

    [MountFact]
    public void Pipelines_that_share_a_store_share_it_still_when_one_of_them_has_filled_the_disk()
    {
        Staging.CreateMany(_module.File("many.db"), 20_000);
        Staging.Create(_module.File("last.db"), "LAST");

        var lines = RunWithDisk(
            "4m",
            """
            'first.db', 'last.db' | Invoke-SilverAuditEtl -Destination disk/store.db -NoLog -WarningAction SilentlyContinue | ForEach-Object {
                "$($_.Status) $($_.DestinationRows)"
                if ($_.DestinationRows -eq 1) {
                    'many.db', 'source.db' | Invoke-SilverAuditEtl -Destination disk/store.db -NoLog -WarningAction SilentlyContinue -ErrorAction SilentlyContinue |
                        ForEach-Object { "$($_.Status) $($_.ErrorId) $($_.DestinationRows)" }
                }
            }
            Get-SilverAuditLoad -Destination disk/store.db | ForEach-Object LoadId
            """);

        Assert.Equal(["AllNew 1", "Failed StorageFull", "AllNew  2", "AllNew 3", "FIRST", "LOAD_1", "LAST"], lines);
    }

    private string[] RunWithDisk(string size, string script) => Mount.RunWithDisk(_module.Folder.Location, "disk", size, script);
}
