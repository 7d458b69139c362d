namespace SilverAudit.PowerShell.Tests;

/// <summary>Backups, exports and compact copies for which the disk has no room, or which nobody may write.</summary>
public sealed class UpkeepDiskTests : IDisposable
{
    private readonly Module _module = new();

    public UpkeepDiskTests()
    {
        _module.Load(Staging.CreateMany(_module.File("many.db"), 20_000));
        Staging.Create(_module.File("last.db"), "LAST");
        Directory.CreateDirectory(_module.File("disk"));
    }

    private string Store => _module.File("silver_metadata.db");

    public void Dispose() => _module.Dispose();

    [MountFact]
    public void A_backup_for_which_there_is_no_room_fails_and_leaves_nothing_behind()
    {
        var lines = RunWithDisk(
            "2m",
            """
            Backup-SilverAuditStore disk -ErrorAction SilentlyContinue -ErrorVariable failures
            $failures | ForEach-Object { "$($_.FullyQualifiedErrorId) $($_.CategoryInfo.Category) $($_.TargetObject)"; $_.Exception.Message }
            [IO.Directory]::GetFileSystemEntries("$PWD/disk").Count
            """);

        Assert.Matches($"^StorageFull,SilverAudit.PowerShell.BackupSilverAuditStoreCommand WriteError {_module.File("disk")}/silver_metadata-[0-9a-f]{{8}}-[0-9TZ]+.db$", lines[0]);
        Assert.Contains("Make room and run again", lines[1], StringComparison.Ordinal);
        Assert.DoesNotContain(".silver-audit", lines[1], StringComparison.Ordinal);
        Assert.Equal(["0"], lines[2..]);
        Assert.Equal(20_000, StoreContents.LoadIds(Store).Count);
    }

    [MountFact]
    public void A_pipeline_goes_on_when_a_backup_of_its_store_has_filled_a_disk()
    {
        Staging.Create(_module.File("first.db"), "FIRST");

        var lines = RunWithDisk(
            "2m",
            """
            'first.db', 'last.db' | Invoke-SilverAuditEtl -NoLog | ForEach-Object {
                "$($_.Status) $($_.DestinationRows)"
                Backup-SilverAuditStore disk -ErrorAction SilentlyContinue -ErrorVariable failures
                $failures | ForEach-Object FullyQualifiedErrorId
            }
            """);

        const string Full = "StorageFull,SilverAudit.PowerShell.BackupSilverAuditStoreCommand";
        Assert.Equal(["AllNew 20001", Full, "AllNew 20002", Full], lines);
    }

    [MountFact]
    public void An_export_for_which_there_is_no_room_fails_and_leaves_nothing_behind()
    {
        foreach (var extension in new[] { "parquet", "csv", "json" })
        {
            var lines = RunWithDisk(
                "200k",
                $$"""
                [IO.File]::WriteAllText("$PWD/disk/out.{{extension}}", 'mine')
                Export-SilverAuditLoad disk/out.{{extension}} -Force -ErrorAction SilentlyContinue -ErrorVariable failures
                $failures | ForEach-Object { "$($_.FullyQualifiedErrorId) $($_.TargetObject)" }
                [IO.Directory]::GetFileSystemEntries("$PWD/disk").Count
                [IO.File]::ReadAllText("$PWD/disk/out.{{extension}}")
                """);

            Assert.Equal([$"StorageFull,SilverAudit.PowerShell.ExportSilverAuditLoadCommand {_module.File("disk")}/out.{extension}", "1", "mine"], lines);
        }
    }

    [MountFact]
    public void A_store_whose_disk_has_no_room_for_a_copy_is_not_compacted_and_can_be_loaded_into()
    {
        var lines = RunWithDisk(
            "16m",
            """
            Backup-SilverAuditStore disk/store.db -Destination silver_metadata.db | ForEach-Object Rows
            [IO.File]::WriteAllBytes("$PWD/disk/filler", [byte[]]::new([IO.DriveInfo]::new("$PWD/disk").AvailableFreeSpace - 1MB))
            Optimize-SilverAuditStore -Compact -Destination disk/store.db -ErrorAction SilentlyContinue -ErrorVariable failures
            $failures | ForEach-Object { "$($_.FullyQualifiedErrorId) $($_.TargetObject)" }
            [IO.Directory]::GetFileSystemEntries("$PWD/disk").Count
            [IO.File]::Delete("$PWD/disk/filler")
            Invoke-SilverAuditEtl last.db -Destination disk/store.db -NoLog | ForEach-Object { "$($_.Status) $($_.DestinationRows)" }
            """);

        Assert.Equal(
            ["40001", $"StorageFull,SilverAudit.PowerShell.OptimizeSilverAuditStoreCommand {_module.File("disk")}/store.db", "2", "AllNew 20001"], lines);
    }

    [MountFact]
    public void A_folder_that_nobody_may_write_is_said_to_be_so()
    {
        ChildProcess.Succeed(ChildProcess.Start(_module.Folder.Location, "chmod", "a-w", "disk"));
        File.WriteAllText(
            _module.File("script.ps1"),
            """
            Backup-SilverAuditStore disk -ErrorAction SilentlyContinue -ErrorVariable failures
            Export-SilverAuditLoad disk/out.csv -ErrorAction SilentlyContinue -ErrorVariable +failures
            $failures | ForEach-Object { "$($_.FullyQualifiedErrorId.Split(',')[0]) $($_.CategoryInfo.Category)" }
            """);

        var lines = ChildProcess.Succeed(ChildProcess.Start(
            _module.Folder.Location, Mount.Prefix[0], [.. Mount.Prefix.Skip(1), "dotnet", TestMetadata.Value("RunnerPath"), "-NonInteractive", "-File", "script.ps1"]));

        Assert.Equal(["TargetNotWritable PermissionDenied", "TargetNotWritable PermissionDenied"], lines);
    }

    [MountFact]
    public void A_backup_is_made_although_nobody_may_look_for_old_ones()
    {
        ChildProcess.Succeed(ChildProcess.Start(_module.Folder.Location, "chmod", "a-r", "disk"));
        File.WriteAllText(
            _module.File("script.ps1"),
            """
            Backup-SilverAuditStore disk -Keep 1 -WarningAction SilentlyContinue -WarningVariable warnings | ForEach-Object { "$($_.Verified) $($_.RemovedBackups.Count)" }
            $warnings.Count
            "$warnings"
            """);

        var lines = ChildProcess.Succeed(ChildProcess.Start(
            _module.Folder.Location, Mount.Prefix[0], [.. Mount.Prefix.Skip(1), "dotnet", TestMetadata.Value("RunnerPath"), "-NonInteractive", "-File", "script.ps1"]));

        ChildProcess.Succeed(ChildProcess.Start(_module.Folder.Location, "chmod", "a+r", "disk"));
        Assert.Equal(["True 0", "1"], lines[..2]);
        Assert.Contains("could not be looked for", lines[2], StringComparison.Ordinal);
        Assert.Single(Directory.EnumerateFileSystemEntries(_module.File("disk")));
    }

    private string[] RunWithDisk(string size, string script) => Mount.RunWithDisk(_module.Folder.Location, "disk", size, script);
}
