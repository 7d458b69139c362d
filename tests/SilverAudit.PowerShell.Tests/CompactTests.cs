using System.Management.Automation;
using System.Runtime.Versioning;

namespace SilverAudit.PowerShell.Tests;

public sealed class CompactTests : IDisposable
{
    private const string HeldReason = "A process is held up, or killed, at a moment that the test chooses; Windows replaces files in another way.";

    private readonly Module _module = new();

    public CompactTests()
    {
        Staging.CreateMany(_module.File("many.db"), 6_000);
        _module.Load(_module.File("many.db"));
        Database.Execute(
            Store, "CREATE TABLE filler AS SELECT hash(i) AS a, hash(i + 1) AS b FROM range(300000) AS numbers(i)", "CHECKPOINT",
            "DELETE FROM silver_staging_audit WHERE hash(load_id) % 2 = 0", "DROP TABLE filler", "CREATE TABLE tail AS SELECT 1 AS id");
        File.Delete(_module.File("many.db"));
    }

    private string Store => _module.File("silver_metadata.db");

    private string Log => Store + ".wal";

    public void Dispose() => _module.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("-Isolated")]
    public void A_store_gets_smaller_and_holds_what_it_held(string how)
    {
        var (size, before) = (new FileInfo(Store).Length, StoreContents.Everything(Store));

        var result = Optimize($"-Compact {how}");

        Assert.Equal(Store, result.Text("Destination"));
        Assert.True(result.Value<bool>("Compacted"));
        Assert.Equal(size, result.Value<long>("SizeBefore"));
        Assert.Equal(new FileInfo(Store).Length, result.Value<long>("SizeAfter"));
        Assert.Equal(size - new FileInfo(Store).Length, result.Value<long>("FreedBytes"));
        Assert.True(new FileInfo(Store).Length < size * 0.7, $"{size} bytes have become {new FileInfo(Store).Length}.");
        Assert.Equal(before, StoreContents.Everything(Store));
        AssertNothingIsLeft();
        FileHolder.AssertFree(Store);
    }

    [Fact]
    public void Without_Compact_the_log_goes_into_the_store_and_the_file_stays_the_same()
    {
        var left = Directory.CreateDirectory(_module.File("left")).FullName;
        Database.WhileOpen(Store, ["INSERT INTO silver_staging_audit (load_id) VALUES ('IN_LOG')"], () =>
        {
            File.Copy(Store, Path.Combine(left, "store.db"));
            File.Copy(Log, Path.Combine(left, "store.db.wal"));
        });
        var log = new FileInfo(Path.Combine(left, "store.db.wal")).Length;

        var result = Optimize("-Destination left/store.db");

        Assert.False(result.Value<bool>("Compacted"));
        Assert.Equal(log, result.Value<long>("WalBefore"));
        Assert.Equal(0, result.Value<long>("WalAfter"));
        Assert.Equal(6, result.Value<int>("Tables"));
        Assert.Equal(DateTimeKind.Utc, result.Value<DateTime>("StartedAt").Kind);
        Assert.Equal(["store.db"], Directory.EnumerateFileSystemEntries(left).Select(Path.GetFileName));
        Assert.Contains("IN_LOG", StoreContents.LoadIds(Path.Combine(left, "store.db")));
    }

    [Fact]
    public void A_store_that_was_compacted_can_be_loaded_into_within_the_same_session()
    {
        Staging.Create(_module.File("more.db"), "MORE");
        _module.Succeed("Optimize-SilverAuditStore -Compact; Invoke-SilverAuditEtl more.db -NoLog; Optimize-SilverAuditStore -Compact");

        Assert.Contains("MORE", StoreContents.LoadIds(Store));
    }

    [UnsupportedOSPlatform("windows")]
    [LinuxFact("File modes and links are those of a Unix.")]
    public void The_file_that_a_link_leads_to_is_replaced_and_keeps_its_mode()
    {
        File.CreateSymbolicLink(_module.File("link.db"), Store);
        File.SetUnixFileMode(Store, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        var size = new FileInfo(Store).Length;

        Optimize("-Compact -Destination link.db");

        Assert.Equal(Store, new FileInfo(_module.File("link.db")).LinkTarget);
        Assert.True(new FileInfo(Store).Length < size);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead, File.GetUnixFileMode(Store));
    }

    [LinuxFact("Hard links are made with a program of Unix.")]
    public void A_store_of_more_than_one_name_is_left_alone()
    {
        ChildProcess.Succeed(ChildProcess.Start(_module.Folder.Location, "ln", Store, "other.db"));
        var before = File.ReadAllBytes(Store);

        var outcome = _module.Run("Optimize-SilverAuditStore -Compact");

        Assert.Equal("StoreNotWritable", outcome.ErrorId);
        Assert.Contains("hard links", outcome.Errors[0].Exception.Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(Store));
    }

    [Fact]
    public void What_can_not_be_copied_is_not_compacted()
    {
        Database.Execute(
            Store,
            "CREATE TABLE tree (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES tree (id))", "INSERT INTO tree VALUES (1, NULL)", "INSERT INTO tree VALUES (2, 1)");
        var before = StoreContents.Everything(Store);

        var outcome = _module.Run("Optimize-SilverAuditStore -Compact");

        Assert.Equal("CopyNotVerified", outcome.ErrorId);
        Assert.Equal(before, StoreContents.Everything(Store));
        AssertNothingIsLeft();
    }

    [Fact]
    public void A_store_that_a_pipeline_is_loading_is_locked_and_the_pipeline_goes_on()
    {
        Staging.CreateSeries(Directory.CreateDirectory(_module.File("series")).FullName, 2, from: 30_001);

        var outcome = _module.Run("'series/30001.db', 'series/30002.db' | Invoke-SilverAuditEtl -NoLog | ForEach-Object { $_.Status; Optimize-SilverAuditStore -Compact }");

        Assert.Equal(["AllNew", "AllNew"], outcome.Output.Select(item => item.ToString()));
        Assert.Equal(["StoreLocked", "StoreLocked"], outcome.Errors.Select(error => error.FullyQualifiedErrorId.Split(',')[0]));
        Assert.Equal(ErrorCategory.ResourceBusy, outcome.Errors[0].CategoryInfo.Category);
    }

    [Fact]
    public void A_store_that_another_process_has_is_locked()
    {
        using var holder = FileHolder.HoldForReading(Store);

        Assert.Equal("StoreLocked", _module.Run("Optimize-SilverAuditStore -Compact -LockTimeoutSec 0").ErrorId);
    }

    [Fact]
    public void A_store_that_is_missing_is_said_to_be_and_not_made()
    {
        Assert.Equal("StoreNotFound", _module.Run("Optimize-SilverAuditStore -Compact -Destination nowhere.db").ErrorId);

        Assert.False(File.Exists(_module.File("nowhere.db")));
    }

    [Fact]
    public void WhatIf_changes_nothing()
    {
        var before = File.ReadAllBytes(Store);

        Assert.Empty(_module.Succeed("Optimize-SilverAuditStore -Compact -WhatIf"));

        Assert.Equal(before, File.ReadAllBytes(Store));
    }

    [LinuxTheory(HeldReason)]
    [InlineData("CHECKPOINT \"store\"", 1)]
    [InlineData("VACUUM ANALYZE", 2)]
    [InlineData("COPY FROM DATABASE", 1)]
    [InlineData("INSERT INTO \"copy_", 3)]
    [InlineData("CHECKPOINT \"copy_", 1)]
    [InlineData("AS \"copy_2\"", 1)]
    [InlineData("DETACH \"copy_2\"", 1)]
    [InlineData("DETACH \"store\"", 1)]
    public void A_process_that_is_killed_at_any_moment_leaves_the_old_store_or_the_new_one(string statement, int occurrence)
    {
        var before = StoreContents.Everything(Store);
        using (var process = HeldCommand.Start(_module.Folder.Location, "Optimize-SilverAuditStore -Compact", statement, occurrence))
        {
            process.Kill();
        }

        Assert.False(File.Exists(Log) && new FileInfo(Log).Length > 0);
        Assert.Equal(before, StoreContents.Everything(Store));
        Optimize("-Compact");
        Assert.Equal(before, StoreContents.Everything(Store));
        AssertNothingIsLeft();
    }

    [LinuxTheory(HeldReason)]
    [InlineData("INSERT INTO \"copy_", 40)]
    [InlineData("CHECKPOINT \"copy_", 15)]
    [InlineData("DETACH \"copy_2\"", 1)]
    [InlineData("DETACH \"copy_2\"", 6)]
    public void A_process_that_is_killed_while_it_works_leaves_the_old_store_or_the_new_one(string statement, int milliseconds)
    {
        var before = StoreContents.Everything(Store);
        using (var process = HeldCommand.Start(_module.Folder.Location, "Optimize-SilverAuditStore -Compact", statement))
        {
            process.ReleaseAndKill(TimeSpan.FromMilliseconds(milliseconds));
        }

        Assert.Equal(before, StoreContents.Everything(Store));
        Optimize("-Compact");
        Assert.Equal(before, StoreContents.Everything(Store));
        AssertNothingIsLeft();
    }

    [LinuxTheory(HeldReason)]
    [InlineData("COPY FROM DATABASE")]
    [InlineData("DETACH \"copy_2\"")]
    public void Nobody_can_write_the_store_from_the_copy_to_the_replacement(string statement)
    {
        using var process = HeldCommand.Start(_module.Folder.Location, "Optimize-SilverAuditStore -Compact", statement);

        var refusal = Assert.Throws<InvalidOperationException>(() => FileHolder.HoldForWriting(Store).Dispose());

        Assert.Contains("Could not set lock on file", refusal.Message, StringComparison.Ordinal);
    }

    [LinuxFact(HeldReason)]
    public void Who_waits_for_the_store_meanwhile_loads_into_the_new_one()
    {
        Staging.Create(_module.File("late.db"), "LATE");
        System.Diagnostics.Process? late = null;

        var lines = OptimizeAndAt("INSERT INTO \"copy_", () =>
        {
            late = Runner.Start(_module.Folder.Location, "$VerbosePreference = 'Continue'; Invoke-SilverAuditEtl late.db -NoLog -LockTimeoutSec 300 4>&1 | ForEach-Object { [Console]::Out.WriteLine($_) }");
            while (late.StandardOutput.ReadLine() is { } line && !line.StartsWith("Waiting up to", StringComparison.Ordinal))
            {
            }
        });

        ChildProcess.Succeed(late!);
        Assert.True(Assert.Single(lines).Value<bool>("Compacted"));
        Assert.Contains("LATE", StoreContents.LoadIds(Store));
    }

    [LinuxFact(HeldReason)]
    public void The_log_that_another_process_has_begun_for_the_new_store_is_left_to_it()
    {
        Staging.Create(_module.File("late.db"), "LATE");

        OptimizeAndAt("DETACH \"store\"", () =>
        {
            using var late = Runner.Start(
                _module.Folder.Location, "Invoke-SilverAuditEtl late.db -NoLog | ForEach-Object { [Console]::Out.WriteLine($_.Status); $null = [Console]::In.ReadLine() }");
            Assert.Equal("AllNew", late.StandardOutput.ReadLine());
            late.Kill();
            late.WaitForExit();
            Assert.True(File.Exists(Log));
        });

        Assert.True(File.Exists(Log));
        Assert.Contains("LATE", StoreContents.LoadIds(Store));
    }

    private PSObject Optimize(string arguments) => Assert.Single(_module.Succeed($"Optimize-SilverAuditStore {arguments}"));

    /// <summary>Compacts the store within this process and does something right before a statement.</summary>
    private IReadOnlyList<PSObject> OptimizeAndAt(string statement, Action work)
    {
        using var shell = _module.NewShell("$DebugPreference = 'Continue'; Optimize-SilverAuditStore -Compact");
        var isDone = false;
        shell.Streams.Debug.DataAdded += (_, e) =>
        {
            if (isDone || !shell.Streams.Debug[e.Index].Message.Contains(statement, StringComparison.Ordinal))
                return;
            isDone = true;
            work();
        };
        IReadOnlyList<PSObject> output = [.. shell.Invoke()];
        Assert.Empty(shell.Streams.Error);
        Assert.True(isDone);
        return output;
    }

    private void AssertNothingIsLeft() =>
        Assert.Equal(["silver_metadata.db"], Directory.EnumerateFileSystemEntries(_module.Folder.Location).Select(Path.GetFileName));
}
