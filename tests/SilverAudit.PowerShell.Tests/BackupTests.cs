using System.Management.Automation;
using System.Runtime.Versioning;

namespace SilverAudit.PowerShell.Tests;

public sealed class BackupTests : IDisposable
{
    private readonly Module _module = new();

    public BackupTests()
    {
        Staging.CreateMany(_module.File("many.db"), 3_000);
        _module.Load(_module.File("many.db"));
        Directory.CreateDirectory(_module.File("backups"));
    }

    private string Store => _module.File("silver_metadata.db");

    private string Folder => _module.File("backups");

    public void Dispose() => _module.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("-Isolated")]
    public void A_backup_holds_what_the_store_holds_and_says_what_it_is(string how)
    {
        var backup = BackUp($"copy.db {how}");

        var copy = _module.File("copy.db");
        Assert.Equal(copy, backup.Text("Path"));
        Assert.Equal(Store, backup.Text("Destination"));
        Assert.Equal(new FileInfo(copy).Length, backup.Value<long>("SizeBytes"));
        Assert.Equal(5, backup.Value<int>("Tables"));
        Assert.Equal(6_001, backup.Value<long>("Rows"));
        Assert.True(backup.Value<bool>("Verified"));
        Assert.Equal(DateTimeKind.Utc, backup.Value<DateTime>("StartedAt").Kind);
        Assert.Matches("^[0-9a-f]{64}$", backup.Text("Checksum"));
        Assert.Equal(StoreContents.Everything(Store), StoreContents.Everything(copy));
        Assert.Equal(["backups", "copy.db", "many.db", "silver_metadata.db"], Entries(_module.Folder.Location));
    }

    [Fact]
    public void A_backup_can_be_loaded_into_like_the_store()
    {
        BackUp("copy.db");
        Staging.Create(_module.File("more.db"), "MORE");

        Assert.Equal((1, 1, 0, 0, 0, 0), _module.Load(_module.File("more.db"), "-Destination copy.db").Counts());
        Assert.Equal(0, _module.Load(_module.File("many.db"), "-Destination copy.db").Value<long>("InsertedRows"));
    }

    [Fact]
    public void The_checksum_is_the_same_for_the_same_rows_and_another_for_others()
    {
        var first = BackUp("1.db").Text("Checksum");
        var second = BackUp("2.db").Text("Checksum");
        Database.Execute(Store, "UPDATE silver_staging_audit SET data_source = 'wos' WHERE load_id = 'LOAD_7'");

        Assert.Equal(first, second);
        Assert.NotEqual(first, BackUp("3.db").Text("Checksum"));
    }

    [Fact]
    public void What_is_in_the_log_only_is_in_the_backup_and_the_store_stays_as_it_is()
    {
        var left = Directory.CreateDirectory(_module.File("left")).FullName;
        Database.WhileOpen(Store, ["INSERT INTO silver_staging_audit (load_id) VALUES ('IN_LOG')"], () =>
        {
            File.Copy(Store, Path.Combine(left, "store.db"));
            File.Copy(Store + ".wal", Path.Combine(left, "store.db.wal"));
        });
        var before = FolderSnapshot.Of(left);

        BackUp("copy.db -Destination left/store.db");

        Assert.Contains("IN_LOG", StoreContents.LoadIds(_module.File("copy.db")));
        Assert.Equal(before, FolderSnapshot.Of(left));
    }

    [Fact]
    public void Other_peoples_objects_are_in_the_backup_as_they_are()
    {
        Database.Execute(
            Store,
            "CREATE SCHEMA \"other's\"",
            "CREATE SEQUENCE numbers START 5 INCREMENT 3",
            "SELECT nextval('numbers') FROM range(10)",
            "CREATE TYPE mood AS ENUM ('calm', 'cross')",
            "CREATE TABLE \"other's\".\"a \"\"table\"\".\" (id INTEGER PRIMARY KEY, \"it's\" VARCHAR NOT NULL DEFAULT 'none', m mood, CHECK (id > 0))",
            "CREATE TABLE child (number BIGINT DEFAULT nextval('numbers'), parent INTEGER, twice INTEGER GENERATED ALWAYS AS (parent * 2), text VARCHAR COLLATE NOCASE)",
            "CREATE TABLE parents (id INTEGER PRIMARY KEY)",
            "CREATE TABLE a_child_of_parents (id INTEGER REFERENCES parents (id))",
            "CREATE TABLE exact (d DOUBLE, h HUGEINT, i INTERVAL, t TIMESTAMP_NS, u UNION (a INTEGER, b VARCHAR), s STRUCT (a INTEGER, b VARCHAR[]), b BIT)",
            "INSERT INTO \"other's\".\"a \"\"table\"\".\" VALUES (1, 'x', 'calm'), (2, 'y', NULL)",
            "INSERT INTO child (parent, text) VALUES (1, 'A'), (2, 'a')",
            "INSERT INTO parents VALUES (1), (2)",
            "INSERT INTO a_child_of_parents VALUES (2), (2)",
            "INSERT INTO exact VALUES ('nan', 170141183460469231731687303715884105727, INTERVAL 1 MONTH, TIMESTAMP_NS '2025-01-01 00:00:00.123456789', 'b', {'a': 1, 'b': ['x', NULL]}, '101'), (NULL, NULL, NULL, NULL, NULL, NULL, NULL)",
            "CREATE INDEX by_text ON child (text)",
            "CREATE UNIQUE INDEX by_parent ON child (parent)",
            "CREATE VIEW first_loads AS SELECT load_id FROM silver_staging_audit LIMIT 1",
            "CREATE MACRO plus(x, y := 3) AS x + y",
            "COMMENT ON TABLE child IS 'a comment'",
            "COMMENT ON COLUMN child.text IS 'another'");

        BackUp("copy.db");

        var copy = _module.File("copy.db");
        Assert.Equal(Definitions(Store), Definitions(copy));
        Assert.Equal(StoreContents.Everything(Store), StoreContents.Everything(copy));
        Assert.Equal(4L, Database.Scalar<long>(copy, "SELECT plus(1)"));
        Assert.Equal(2L, Database.Scalar<long>(copy, "SELECT parent FROM child WHERE parent > 1"));
        Database.Execute(copy, "INSERT INTO child (parent) VALUES (3)");
        Assert.Equal(41L, Database.Scalar<long>(copy, "SELECT number FROM child WHERE parent = 3"));
        Assert.Throws<DuckDB.NET.Data.DuckDBException>(() => Database.Execute(copy, "INSERT INTO child (parent) VALUES (3)"));
    }

    [Theory]
    [InlineData("STORAGE_VERSION 'v1.0.0'", "v1.0.0+", 262_144)]
    [InlineData("STORAGE_VERSION 'v1.2.0', BLOCK_SIZE 16384", "v1.2.0+", 16_384)]
    [InlineData("STORAGE_VERSION 'v1.5.0'", "v1.5.0+", 262_144)]
    public void A_backup_has_the_storage_version_and_the_block_size_of_the_store(string options, string version, long blockSize)
    {
        Database.Execute(
            _module.File("workshop.db"), $"ATTACH '{_module.File("special.db")}' AS special ({options})", "CREATE TABLE special.t AS SELECT 42 AS answer", "DETACH special");

        BackUp("copy.db -Destination special.db");

        Assert.Equal([version, blockSize], Layout(_module.File("copy.db")));
    }

    [Fact]
    public void What_the_engine_can_not_copy_is_refused_by_name_and_nothing_is_left_behind()
    {
        Database.Execute(
            Store,
            "CREATE TABLE tree (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES tree (id))", "INSERT INTO tree VALUES (1, NULL)", "INSERT INTO tree VALUES (2, 1)");
        var before = File.ReadAllBytes(Store);

        var outcome = _module.Run("Backup-SilverAuditStore backups");

        AssertFailed(outcome, "CopyNotVerified", ErrorCategory.InvalidData);
        Assert.Contains("foreign key", outcome.Errors[0].Exception.Message, StringComparison.Ordinal);
        Assert.Empty(Entries(Folder));
        Assert.Equal(before, File.ReadAllBytes(Store));
    }

    [TracerFact]
    public void Views_and_macros_of_a_store_are_copied_and_never_run()
    {
        var bait = _module.File("bait-of-the-test.csv");
        File.WriteAllText(bait, "load_id\nLOAD_1\n");
        Database.Execute(
            Store,
            [
                .. HostileSource.Impostors.Where(statement => !statement.Contains("silver", StringComparison.Ordinal)),
                $"CREATE VIEW hostile AS SELECT * FROM read_csv('{bait}')",
                "CREATE MACRO sum(x) AS 1",
                $"CREATE MACRO hostile_macro() AS TABLE SELECT * FROM read_csv('{bait}')",
            ]);

        var calls = Tracer.Run(_module.Folder.Location, [], "Backup-SilverAuditStore copy.db; Optimize-SilverAuditStore -Compact");

        Assert.DoesNotContain(calls, call => call.Contains("bait-of-the-test", StringComparison.Ordinal));
        Assert.Equal(Definitions(Store), Definitions(_module.File("copy.db")));
        Assert.Equal(3_000, StoreContents.LoadIds(_module.File("copy.db")).Count);
    }

    [Fact]
    public void A_store_that_is_missing_is_said_to_be_and_not_made()
    {
        AssertFailed(_module.Run("Backup-SilverAuditStore copy.db -Destination nowhere.db"), "StoreNotFound", ErrorCategory.ObjectNotFound);

        Assert.False(File.Exists(_module.File("nowhere.db")));
        Assert.False(File.Exists(_module.File("copy.db")));
    }

    [Fact]
    public void A_store_that_another_process_writes_is_locked()
    {
        using var holder = FileHolder.HoldForWriting(Store);

        AssertFailed(_module.Run("Backup-SilverAuditStore backups -LockTimeoutSec 0"), "StoreLocked", ErrorCategory.ResourceBusy);

        Assert.Empty(Entries(Folder));
    }

    [Fact]
    public void A_store_can_be_backed_up_between_two_sources_of_a_pipeline()
    {
        Staging.CreateSeries(Directory.CreateDirectory(_module.File("series")).FullName, 2, from: 5_001);

        var results = _module.Succeed(
            "'series/5001.db', 'series/5002.db' | Invoke-SilverAuditEtl -NoLog | ForEach-Object { (Backup-SilverAuditStore \"copy-$($_.DestinationRows).db\").Rows }");

        Assert.Equal([6_003L, 6_005L], results.Select(result => result.BaseObject));
        Assert.Equal(3_001, StoreContents.LoadIds(_module.File("copy-3001.db")).Count);
    }

    [Fact]
    public void WhatIf_writes_nothing()
    {
        Assert.Empty(_module.Succeed("Backup-SilverAuditStore backups -WhatIf"));

        Assert.Empty(Entries(Folder));
    }

    [UnsupportedOSPlatform("windows")]
    [LinuxFact("File modes are those of a Unix.")]
    public void Nobody_can_read_a_backup_who_can_not_read_the_store()
    {
        File.SetUnixFileMode(Store, UnixFileMode.UserRead | UnixFileMode.UserWrite);

        BackUp("copy.db");

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_module.File("copy.db")));
    }

    [Theory]
    [InlineData("COPY FROM DATABASE")]
    [InlineData("INSERT INTO \"copy_")]
    [InlineData("CHECKPOINT \"copy_")]
    public async Task A_backup_that_is_stopped_leaves_nothing_behind_or_a_whole_one(string statement)
    {
        using var shell = _module.NewShell("$DebugPreference = 'Continue'; Backup-SilverAuditStore backups");
        Task? stopping = null;
        shell.Streams.Debug.DataAdded += (_, e) =>
        {
            if (stopping is not null || !shell.Streams.Debug[e.Index].Message.Contains(statement, StringComparison.Ordinal))
                return;
            stopping = Task.Run(shell.Stop);
            Assert.True(SpinWait.SpinUntil(() => shell.InvocationStateInfo.State is not PSInvocationState.Running, TimeSpan.FromMinutes(2)));
        };

        Assert.Throws<PipelineStoppedException>(() => shell.EndInvoke(shell.BeginInvoke()));

        await stopping!;
        foreach (var name in Entries(Folder))
        {
            Assert.Matches(@"^silver_metadata-[0-9a-f]{8}-\d{8}T\d{6}Z\.db$", name);
            Assert.Equal(StoreContents.Everything(Store), StoreContents.Everything(Path.Combine(Folder, name)));
        }

        FileHolder.AssertFree(Store);
    }

    [LinuxFact("A process is killed at a moment that the test chooses.")]
    public void What_a_killed_backup_leaves_behind_goes_with_the_next_one()
    {
        using var process = HeldCommand.Start(_module.Folder.Location, "Backup-SilverAuditStore backups", "CHECKPOINT \"copy_");
        process.Kill();
        Assert.Single(Entries(Folder), name => name.StartsWith(".silver-audit.", StringComparison.Ordinal));

        var backup = BackUp("backups");

        Assert.Equal([Path.GetFileName(backup.Text("Path"))], Entries(Folder));
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

    private static object?[] Layout(string file) =>
        Database.Query(file, "SELECT tags['storage_version'], block_size FROM duckdb_databases() JOIN pragma_database_size() USING (database_name) WHERE database_name = 'test_file'")[0];

    /// <summary>All definitions in a file, as its engine tells them.</summary>
    private IReadOnlyList<string> Definitions(string file)
    {
        // Read from outside, where what the file brings along goes by no name that is used here.
        var plain = Path.Combine(Directory.CreateDirectory(_module.File("plain")).FullName, "plain.db");
        Database.Execute(plain);
        return [.. Database.QueryBoth(plain, file,
            """
            SELECT concat_ws('|', 'table', schema_name, table_name, sql, comment) FROM duckdb_tables() WHERE database_name = 'other_file'
            UNION ALL SELECT concat_ws('|', 'view', schema_name, view_name, sql) FROM duckdb_views() WHERE database_name = 'other_file' AND NOT internal
            UNION ALL SELECT concat_ws('|', 'index', schema_name, index_name, sql) FROM duckdb_indexes() WHERE database_name = 'other_file'
            UNION ALL SELECT concat_ws('|', 'sequence', schema_name, sql) FROM duckdb_sequences() WHERE database_name = 'other_file'
            UNION ALL SELECT concat_ws('|', 'type', schema_name, type_name, labels::VARCHAR) FROM duckdb_types() WHERE database_name = 'other_file' AND NOT internal
            UNION ALL SELECT concat_ws('|', 'macro', schema_name, function_name, macro_definition) FROM duckdb_functions() WHERE database_name = 'other_file' AND NOT internal
            UNION ALL SELECT concat_ws('|', 'column', schema_name, table_name, column_name, column_index, data_type, column_default, is_nullable, comment) FROM duckdb_columns() WHERE database_name = 'other_file' AND NOT internal
            ORDER BY ALL
            """).Select(row => (string)row[0]!)];
    }
}
