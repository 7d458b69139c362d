using System.Runtime.Versioning;

namespace SilverAudit.PowerShell.Tests;

/// <summary>Who may read what is made of a store, and what lies beside it meanwhile.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class UpkeepModeTests : IDisposable
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const string Reason = "File modes are those of a Unix, and a process is held up at a moment that the test chooses.";

    private readonly Module _module = new();

    public UpkeepModeTests() => _module.Load(Staging.CreateMany(_module.File("many.db"), 3_000));

    private string Store => _module.File("silver_metadata.db");

    public void Dispose() => _module.Dispose();

    [LinuxFact(Reason)]
    public void The_log_of_a_store_is_no_more_open_than_the_store()
    {
        File.SetUnixFileMode(Store, Owner);
        Staging.Create(_module.File("new.db"), "NEW");

        using var process = HeldCommand.Start(_module.Folder.Location, "Invoke-SilverAuditEtl new.db -NoLog", "DETACH \"store\"");

        Assert.NotEqual(0, new FileInfo(Store + ".wal").Length);
        Assert.Equal(Owner, File.GetUnixFileMode(Store + ".wal"));
    }

    [LinuxFact(Reason)]
    public void An_export_and_a_proof_are_no_more_open_than_what_they_are_of()
    {
        File.SetUnixFileMode(Store, Owner);
        File.SetUnixFileMode(Staging.Create(_module.File("new.db"), "NEW"), Owner);

        _module.Succeed("Export-SilverAuditLoad loads.csv; Invoke-SilverAuditEtl new.db -NoLog -ArchivePath archive");

        Assert.Equal(Owner, File.GetUnixFileMode(_module.File("loads.csv")));
        Assert.Equal(Owner, File.GetUnixFileMode(Path.Combine(_module.File("archive"), "new.db.proof.json")));
        Assert.False(File.Exists(Store + ".wal"));
    }

    [LinuxFact(Reason)]
    public void A_log_that_was_not_needed_is_not_left()
    {
        _module.Load(_module.File("many.db"));

        Assert.False(File.Exists(Store + ".wal"));
    }

    [LinuxTheory(Reason)]
    [InlineData("Optimize-SilverAuditStore -Compact", "CHECKPOINT \"copy_")]
    [InlineData("Backup-SilverAuditStore copy.db", "CHECKPOINT \"copy_")]
    [InlineData("Invoke-SilverAuditEtl many.db -NoLog -Destination new.db", "DETACH \"new_store")]
    [InlineData("Invoke-SilverAuditEtl many.db -NoLog", "MERGE INTO")]
    public void Nobody_else_can_look_into_the_folders_beside_a_store(string command, string statement)
    {
        File.SetUnixFileMode(Store, Owner);
        Database.Execute(_module.File("many.db"), "UPDATE silver_temp_audit SET load_id = 'NEW' WHERE load_id = 'LOAD_1'");

        using var process = HeldCommand.Start(_module.Folder.Location, command, statement);

        var folders = Directory.GetDirectories(_module.Folder.Location, "*.tmp");
        Assert.NotEmpty(folders);
        Assert.All(folders, folder => Assert.Equal(Owner | UnixFileMode.UserExecute, File.GetUnixFileMode(folder)));
    }

    [LinuxFact(Reason)]
    public void A_new_store_has_the_mode_of_any_file_that_the_engine_makes()
    {
        Database.Execute(_module.File("any.db"), "CREATE TABLE t (i INTEGER)");

        Assert.Equal(File.GetUnixFileMode(_module.File("any.db")), File.GetUnixFileMode(Store));
    }

    [TracerFact]
    public void A_backup_is_made_on_a_disk_that_takes_no_modes_unless_others_could_read_more_than_the_store()
    {
        File.SetUnixFileMode(Store, Owner | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        Assert.Equal(["True"], BackUpWithoutModes("1.db"));
        Assert.Equal(StoreContents.Everything(Store), StoreContents.Everything(_module.File("1.db")));

        File.SetUnixFileMode(Store, Owner);
        var refused = BackUpWithoutModes("2.db");

        Assert.Equal("TargetNotWritable", refused[0]);
        Assert.Contains("does not take its file mode", refused[1], StringComparison.Ordinal);
        Assert.False(File.Exists(_module.File("2.db")));
        Assert.Empty(Directory.GetDirectories(_module.Folder.Location));
    }

    /// <summary>Makes a backup in a process that may not change the mode of any file.</summary>
    private string[] BackUpWithoutModes(string path)
    {
        File.WriteAllText(
            _module.File("script.ps1"),
            $$"""
            Backup-SilverAuditStore {{path}} -ErrorAction SilentlyContinue -ErrorVariable failures | ForEach-Object Verified
            $failures | ForEach-Object { $_.FullyQualifiedErrorId.Split(',')[0]; $_.Exception.Message }
            """);
        return ChildProcess.Succeed(ChildProcess.Start(
            _module.Folder.Location, "strace",
            "-f", "-qq", "-o", "/dev/null", "-e", "inject=?chmod,?fchmod,?fchmodat,?fchmodat2:error=EPERM",
            "dotnet", TestMetadata.Value("RunnerPath"), "-NonInteractive", "-File", "script.ps1"));
    }
}
