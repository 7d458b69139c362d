using System.Globalization;
using System.Management.Automation;

namespace SilverAudit.PowerShell.Tests;

/// <summary>Where backups go: into folders, over files, and nowhere.</summary>
public sealed class BackupPlaceTests : IDisposable
{
    private readonly Module _module = new();

    public BackupPlaceTests()
    {
        Staging.CreateMany(_module.File("many.db"), 3_000);
        _module.Load(_module.File("many.db"));
        Directory.CreateDirectory(_module.File("backups"));
    }

    private string Store => _module.File("silver_metadata.db");

    private string Folder => _module.File("backups");

    public void Dispose() => _module.Dispose();

    [Fact]
    public void In_a_folder_a_backup_is_named_after_the_store_and_the_time()
    {
        var from = DateTime.UtcNow.AddSeconds(-1);
        var backup = BackUp("backups");

        var name = Path.GetFileName(backup.Text("Path"));
        Assert.Equal([name], Entries(Folder));
        Assert.Matches(@"^silver_metadata-\d{8}T\d{6}Z\.db$", name);
        var time = DateTime.ParseExact(name[16..31], "yyyyMMdd'T'HHmmss", CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal);
        Assert.InRange(time, from, DateTime.UtcNow);
        Assert.Empty(backup.Value<string[]>("RemovedBackups"));
    }

    [Fact]
    public void Two_backups_within_a_second_have_names_of_their_own()
    {
        _module.Succeed("Backup-SilverAuditStore backups; Backup-SilverAuditStore backups; Backup-SilverAuditStore backups");

        Assert.Equal(3, Entries(Folder).Count);
    }

    [Fact]
    public void Keep_removes_the_oldest_backups_of_that_store_and_nothing_else()
    {
        string[] old = ["silver_metadata-20240101T000000Z.db", "silver_metadata-20250101T000000Z.db", "silver_metadata-20260101T000000Z.db"];
        string[] others =
        [
            "silver_metadata-20240101T000000Z.db.txt", "silver_metadata-20240101.db", "silver_metadata-20241301T000000Z.db", "silver_metadata.db",
            "silver_metadata-before-20240101T000000Z.db", "other-20240101T000000Z.db", "silver_metadata-20240101T000000Z.duckdb",
        ];
        foreach (var name in old.Concat(others))
        {
            File.WriteAllText(Path.Combine(Folder, name), name);
        }

        var backup = BackUp("backups -Keep 2");

        Assert.Equal(old[..2].Select(name => Path.Combine(Folder, name)), backup.Value<string[]>("RemovedBackups"));
        Assert.Equal([.. others.Append(old[2]).Append(Path.GetFileName(backup.Text("Path"))).Order(StringComparer.Ordinal)], Entries(Folder));
    }

    [Fact]
    public void An_old_backup_that_somebody_writes_is_kept()
    {
        var old = Path.Combine(Folder, "silver_metadata-20240101T000000Z.db");
        File.WriteAllText(old, "");
        File.WriteAllText(old + ".wal", "");

        var outcome = _module.Run("Backup-SilverAuditStore backups -Keep 1");

        Assert.Empty(outcome.Errors);
        Assert.Contains(old, Assert.Single(outcome.Warnings), StringComparison.Ordinal);
        Assert.True(File.Exists(old));
    }

    [Fact]
    public void A_backup_that_fails_removes_no_old_one()
    {
        var old = Path.Combine(Folder, "silver_metadata-20240101T000000Z.db");
        File.WriteAllText(old, "");
        DatabaseFile.DamageColumns(Store, "silver_staging_audit", "validation_summary");

        var outcome = _module.Run("Backup-SilverAuditStore backups -Keep 1");

        AssertFailed(outcome, "StoreCorrupt", ErrorCategory.InvalidData);
        Assert.Equal([Path.GetFileName(old)], Entries(Folder));
    }

    [Fact]
    public void Keep_without_a_folder_is_a_mistake_in_the_command()
    {
        var outcome = _module.Run("Backup-SilverAuditStore copy.db -Keep 3");

        Assert.Equal("KeepNeedsFolder", outcome.ErrorId);
        Assert.Equal(ErrorCategory.InvalidArgument, outcome.Errors[0].CategoryInfo.Category);
        Assert.False(File.Exists(_module.File("copy.db")));
    }

    [Fact]
    public void A_file_that_is_there_is_replaced_with_Force_only()
    {
        File.WriteAllText(_module.File("copy.db"), "mine");

        AssertFailed(_module.Run("Backup-SilverAuditStore copy.db"), "TargetExists", ErrorCategory.ResourceExists);

        Assert.Equal("mine", File.ReadAllText(_module.File("copy.db")));
        BackUp("copy.db -Force");
        Assert.Equal(StoreContents.Everything(Store), StoreContents.Everything(_module.File("copy.db")));
    }

    [Fact]
    public void Nothing_is_put_beside_the_log_of_another_database()
    {
        File.WriteAllText(_module.File("copy.db.wal"), "another's");

        AssertFailed(_module.Run("Backup-SilverAuditStore copy.db -Force"), "TargetExists", ErrorCategory.ResourceExists);

        Assert.Equal("another's", File.ReadAllText(_module.File("copy.db.wal")));
        Assert.False(File.Exists(_module.File("copy.db")));
    }

    [Theory]
    [InlineData("silver_metadata.db")]
    [InlineData("backups/../silver_metadata.db")]
    [InlineData("silver_metadata.db.wal")]
    [InlineData("link.db")]
    [InlineData("hard.db")]
    public void The_store_itself_is_no_place_for_its_backup(string target)
    {
        File.CreateSymbolicLink(_module.File("link.db"), Store);
        CreateHardLink(Store, _module.File("hard.db"));
        var before = File.ReadAllBytes(Store);

        AssertFailed(_module.Run($"Backup-SilverAuditStore {target} -Force"), "TargetIsStore", ErrorCategory.InvalidArgument);

        Assert.Equal(before, File.ReadAllBytes(Store));
    }

    [Theory]
    [InlineData("nowhere/copy.db")]
    [InlineData("nowhere/")]
    [InlineData("nowhere/ -Keep 3")]
    public void A_folder_that_is_missing_is_said_to_be(string target) =>
        AssertFailed(_module.Run($"Backup-SilverAuditStore {target}"), "TargetFolderMissing", ErrorCategory.ObjectNotFound);

    private PSObject BackUp(string arguments) => Assert.Single(_module.Succeed($"Backup-SilverAuditStore {arguments}"));

    private static void AssertFailed(ScriptOutcome outcome, string errorId, ErrorCategory category)
    {
        Assert.Null(outcome.Terminating);
        Assert.Empty(outcome.Output);
        Assert.Equal(errorId, outcome.ErrorId);
        Assert.Equal(category, outcome.Errors[0].CategoryInfo.Category);
    }

    private static List<string> Entries(string folder) =>
        [.. Directory.EnumerateFileSystemEntries(folder).Select(entry => Path.GetFileName(entry)).Order(StringComparer.Ordinal)];

    private static void CreateHardLink(string file, string name)
    {
        if (OperatingSystem.IsWindows())
            ChildProcess.Succeed(ChildProcess.Start(Path.GetTempPath(), "cmd", "/c", "mklink", "/H", name, file));
        else
            ChildProcess.Succeed(ChildProcess.Start("/", "ln", file, name));
    }
}
