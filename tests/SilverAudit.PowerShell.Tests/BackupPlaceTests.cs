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

    /// <summary>What the names of the backups of the store begin with.</summary>
    private string Prefix => Path.GetFileName(BackUp(Directory.CreateDirectory(_module.File("probe")).Name).Text("Path"))[..25];

    public void Dispose() => _module.Dispose();

    [Fact]
    public void Backups_of_the_same_second_get_names_of_their_own()
    {
        using var other = new Module();

        var outcomes = Concurrently.Run(
            [.. new[] { _module, other }.Select(module => (Func<ScriptOutcome>)(() =>
                module.Run("$folder, $store = $args; 1..4 | ForEach-Object { Backup-SilverAuditStore $folder -Destination $store }", Folder, Store)))]);

        Assert.All(outcomes, outcome => Assert.Empty(outcome.Errors));
        Assert.Equal(8, outcomes.SelectMany(outcome => outcome.Output).Select(backup => backup.Text("Path")).Distinct().Count());
        Assert.Equal(8, Entries(Folder).Count);
    }

    [Fact]
    public void In_a_folder_a_backup_is_named_after_the_store_and_the_time()
    {
        var from = DateTime.UtcNow.AddSeconds(-1);
        var backup = BackUp("backups");

        var name = Path.GetFileName(backup.Text("Path"));
        Assert.Equal([name], Entries(Folder));
        Assert.Matches(@"^silver_metadata-[0-9a-f]{8}-\d{8}T\d{6}Z\.db$", name);
        var time = DateTime.ParseExact(name[25..40], "yyyyMMdd'T'HHmmss", CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal);
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
        var prefix = Prefix;
        string[] old = [CreateOld(prefix, 2024), CreateOld(prefix, 2025), CreateOld(prefix, 2026)];
        string[] others =
        [
            $"{prefix}20240101T000000Z.db.txt", $"{prefix}20240101.db", $"{prefix}20241301T000000Z.db", "silver_metadata.db",
            $"{prefix}before-20240101T000000Z.db", $"{prefix}20240101T000000Z.duckdb", "silver_metadata-20240101T000000Z.db",
            "other" + prefix[15..] + "20240101T000000Z.db", "silver_metadata-00000000-20240101T000000Z.db",
        ];
        foreach (var name in others)
        {
            Write(name, 2024);
        }

        var backup = BackUp("backups -Keep 2");

        Assert.Equal(old[..2], backup.Value<string[]>("RemovedBackups"));
        Assert.Equal(
            [.. others.Append(Path.GetFileName(old[2])).Append(Path.GetFileName(backup.Text("Path"))).Order(StringComparer.Ordinal)], Entries(Folder));
    }

    [Fact]
    public void Stores_of_the_same_name_keep_their_backups_in_one_folder()
    {
        foreach (var folder in new[] { "a", "b" })
        {
            Directory.CreateDirectory(_module.File(folder));
            File.Copy(Store, _module.File($"{folder}/silver_metadata.db"));
        }

        var first = BackUp("backups -Keep 1 -Destination a/silver_metadata.db").Text("Path");
        BackUp("backups -Keep 1 -Destination b/silver_metadata.db");
        var last = BackUp("backups -Keep 1 -Destination b/../b/silver_metadata.db");

        Assert.True(File.Exists(first));
        Assert.Single(last.Value<string[]>("RemovedBackups"));
        Assert.Equal(2, Entries(Folder).Count);
    }

    [Fact]
    public void An_old_backup_that_somebody_writes_is_kept()
    {
        var old = CreateOld(Prefix, 2024);
        File.WriteAllText(old + ".wal", "");

        AssertKept(old, "Backup-SilverAuditStore backups -Keep 1");
    }

    [Fact]
    public void An_old_backup_that_was_loaded_into_is_a_store_and_is_kept_and_does_not_count()
    {
        var prefix = Prefix;
        var sound = CreateOld(prefix, 2024);
        var store = Path.Combine(Folder, $"{prefix}20250101T000000Z.db");
        File.Copy(Store, store);
        Staging.Create(_module.File("more.db"), "MORE");
        _module.Load(_module.File("more.db"), $"-Destination '{store}'");

        Assert.Empty(BackUp("backups -Keep 2").Value<string[]>("RemovedBackups"));
        Assert.True(File.Exists(sound));
        AssertKept(store, "Backup-SilverAuditStore backups -Keep 1");
        Assert.False(File.Exists(sound));
    }

    [Fact]
    public void An_old_backup_that_a_pipeline_reads_is_kept()
    {
        var old = Path.Combine(Folder, $"{Prefix}20240101T000000Z.db");
        File.Copy(Store, old);
        File.SetLastWriteTimeUtc(old, new DateTime(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc));

        AssertKept(old, $"$PSDefaultParameterValues = @{{}}; Get-SilverAuditLoad -LoadId LOAD_1 -Destination '{old}' | ForEach-Object {{ Backup-SilverAuditStore backups -Keep 1 }}");
    }

    [Fact]
    public void A_backup_that_fails_removes_no_old_one()
    {
        var old = CreateOld(Prefix, 2024);
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
    public void A_backup_that_is_there_is_replaced_with_Force_only()
    {
        BackUp("copy.db");
        var before = File.ReadAllBytes(_module.File("copy.db"));
        _module.Load(Staging.Create(_module.File("later.db"), "LATER"));

        AssertFailed(_module.Run("Backup-SilverAuditStore copy.db"), "TargetExists", ErrorCategory.ResourceExists);

        Assert.Equal(before, File.ReadAllBytes(_module.File("copy.db")));
        BackUp("copy.db -Force");
        Assert.Equal(StoreContents.Everything(Store), StoreContents.Everything(_module.File("copy.db")));
    }

    [Fact]
    public void Nothing_but_a_backup_gives_way_to_one_whatever_is_forced()
    {
        Staging.Create(_module.File("batch.db"), "NOT_LOADED");
        Database.Execute(_module.File("theirs.db"), "CREATE TABLE accounts (id INTEGER)");
        File.WriteAllText(_module.File("notes.txt"), "mine");
        File.WriteAllText(_module.File("empty.db"), "");
        foreach (var name in new[] { "batch.db", "theirs.db", "notes.txt" })
        {
            var before = File.ReadAllBytes(_module.File(name));

            AssertFailed(_module.Run($"Backup-SilverAuditStore {name} -Force"), "TargetExists", ErrorCategory.ResourceExists);

            Assert.Equal(before, File.ReadAllBytes(_module.File(name)));
        }

        BackUp("empty.db -Force");
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

    private string CreateOld(string prefix, int year) => Write($"{prefix}{year}0101T000000Z.db", year);

    /// <summary>Writes a file that was last written when a year began.</summary>
    private string Write(string name, int year)
    {
        var path = Path.Combine(Folder, name);
        File.WriteAllText(path, name);
        File.SetLastWriteTimeUtc(path, new DateTime(year, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        return path;
    }

    private void AssertKept(string old, string script)
    {
        var outcome = _module.Run(script);

        Assert.Empty(outcome.Errors);
        Assert.Contains(old, Assert.Single(outcome.Warnings), StringComparison.Ordinal);
        Assert.True(File.Exists(old));
    }

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
