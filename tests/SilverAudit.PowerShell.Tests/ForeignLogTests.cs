using System.Management.Automation;
using System.Security.Cryptography;

namespace SilverAudit.PowerShell.Tests;

public sealed class ForeignLogTests : IDisposable
{
    private readonly Module _module = new();

    public void Dispose() => _module.Dispose();

    [Theory]
    [InlineData(1, "nothing in")]
    [InlineData(-1, "most likely")]
    public void A_source_with_a_log_of_another_day_is_told_and_stays(int hoursAfterTheFile, string told)
    {
        var monday = Staging.Create(_module.File("monday.db"), "MONDAY");
        var batch = Staging.Create(_module.File("batch.db"), "TUESDAY");
        Database.WhileOpen(monday, ["DELETE FROM silver_temp_audit"], () => File.Copy(monday + ".wal", batch + ".wal"));
        File.SetLastWriteTimeUtc(batch + ".wal", File.GetLastWriteTimeUtc(batch).AddHours(hoursAfterTheFile));

        StaysWithAWarning(batch, told);
    }

    [Fact]
    public void A_source_into_which_the_log_of_another_day_brings_a_load_twice_past_its_key_is_not_called_damaged()
    {
        var monday = Staging.Create(_module.File("monday.db"), "MONDAY");
        var batch = Staging.Create(_module.File("batch.db"), "TUESDAY_1", "TUESDAY_2", "TUESDAY_3", "TUESDAY_4");
        Database.WhileOpen(
            monday,
            [
                "INSERT INTO silver_temp_audit BY NAME SELECT 'LATER_' || i AS load_id, 'scopus' AS data_source FROM range(5) AS numbers(i)",
                "CREATE INDEX by_source ON silver_temp_audit (data_source)",
                "UPDATE silver_temp_audit SET data_source = 'wos' WHERE load_id = 'LATER_1'",
            ],
            () => File.Copy(monday + ".wal", batch + ".wal"));

        var message = FailedLoad.Expect(_module, batch, "SourceRowInvalid", ErrorCategory.InvalidData, batch);

        Assert.Contains("LATER_", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_source_with_garbage_for_a_log_is_told_and_stays()
    {
        var batch = Staging.Create(_module.File("batch.db"), "TUESDAY");
        File.WriteAllText(batch + ".wal", "garbage, and more of it");

        StaysWithAWarning(batch, "is no log");
    }

    [Fact]
    public void A_source_with_the_log_of_another_database_that_says_so_is_refused_and_not_called_damaged()
    {
        var (batch, log) = (_module.File("batch.db"), _module.File("batch.db.wal"));
        CreateNaming(batch, "TUESDAY", () => { });
        CreateNaming(_module.File("monday.db"), "MONDAY", () => File.Copy(_module.File("monday.db.wal"), log));

        var message = FailedLoad.Expect(_module, batch, "SourceLogForeign", ErrorCategory.InvalidData, batch);

        Assert.Contains($"'{log}' is not the log of '{batch}'", message, StringComparison.Ordinal);
        Assert.True(File.Exists(log));
    }

    [Fact]
    public void A_store_with_the_log_of_another_database_that_says_so_is_refused_and_not_called_damaged()
    {
        var store = _module.File("silver_metadata.db");
        CreateNaming(store, "STORE", () => { });
        CreateNaming(_module.File("monday.db"), "MONDAY", () => File.Copy(_module.File("monday.db.wal"), store + ".wal"));

        Assert.Equal("StoreLogForeign", _module.Run("Get-SilverAuditLoad").ErrorId);
        Assert.True(File.Exists(store + ".wal"));
    }

    [Theory]
    [InlineData("CREATE INDEX by_source ON silver_temp_audit (data_source)")]
    [InlineData("ALTER TABLE silver_temp_audit ADD PRIMARY KEY (data_source)")]
    public void A_source_whose_log_the_engine_takes_in_only_where_it_may_write_is_read_from_a_copy(string change)
    {
        var batch = CreateWithLog("batch.db", Staging.CreateTable.Replace("PRIMARY KEY", "", StringComparison.Ordinal), Staging.Insert("LOAD_1"), change);
        string[] Hashes() => [.. new[] { batch, batch + ".wal" }.Select(file => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file))))];
        var before = Hashes();

        var outcome = _module.Run("Invoke-SilverAuditEtl batch.db -NoLog");

        Assert.Empty(outcome.Errors);
        Assert.Equal((1, 1, 0, 0, 0, 0), Assert.Single(outcome.Output).Counts());
        Assert.Equal("AlreadyPresent", _module.Load(batch).Text("Status"));
        Assert.Equal("Equal", Assert.Single(_module.Succeed("Compare-SilverAuditSource batch.db -IncludeEqual")).Text("State"));
        Assert.Equal(before, Hashes());
        Assert.Empty(Directory.EnumerateDirectories(_module.Folder.Location));
        Assert.Equal("SourceNotProven", _module.Run("Invoke-SilverAuditEtl batch.db -NoLog -ArchivePath archive").ErrorId);
        Assert.Equal(before, Hashes());
    }

    [Theory]
    [InlineData("Get-SilverAuditLoad")]
    [InlineData("Invoke-SilverAuditEtl earlier.db -NoLog")]
    [InlineData("Test-SilverAuditStore")]
    [InlineData("Backup-SilverAuditStore copy.db")]
    public void A_store_whose_log_the_engine_takes_in_only_where_it_may_write_is_sound(string command)
    {
        var store = _module.File("silver_metadata.db");
        _module.Load(Staging.Create(_module.File("earlier.db"), "EARLIER"));
        File.Move(store, _module.File("open.db"));
        Database.WhileOpen(
            _module.File("open.db"),
            ["INSERT INTO silver_staging_audit BY NAME SELECT 'LATER' AS load_id, 'scopus' AS data_source, now()::TIMESTAMP AS original_processing_timestamp", "CREATE INDEX by_source ON silver_staging_audit (data_source)"],
            () =>
            {
                File.Copy(_module.File("open.db"), store);
                File.Copy(_module.File("open.db.wal"), store + ".wal");
            });

        _module.Succeed(command);

        Assert.Equal(["EARLIER", "LATER"], _module.Succeed("Get-SilverAuditLoad").Select(load => load.Text("LoadId")).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_source_that_has_another_name_is_told_because_its_log_may_lie_beside_that()
    {
        var batch = Staging.Create(_module.File("batch.db"), "LOAD_1");
        ChildProcess.Succeed(ChildProcess.Start(_module.Folder.Location, "ln", "batch.db", "also.db"));

        var outcome = _module.Run("Invoke-SilverAuditEtl batch.db -NoLog -ArchivePath archive");

        Assert.Equal("SourceNotProven", outcome.ErrorId);
        Assert.Contains(outcome.Warnings, warning => warning.Contains("another name", StringComparison.Ordinal));
        Assert.True(File.Exists(batch));
    }

    [Fact]
    public void A_store_with_a_log_that_is_older_than_itself_is_told()
    {
        var store = _module.File("silver_metadata.db");
        _module.Load(Staging.Create(_module.File("earlier.db"), "EARLIER"));
        Database.WhileOpen(
            Staging.Create(_module.File("monday.db"), "MONDAY"), ["DELETE FROM silver_temp_audit"], () => File.Copy(_module.File("monday.db.wal"), store + ".wal"));
        File.SetLastWriteTimeUtc(store + ".wal", File.GetLastWriteTimeUtc(store).AddHours(-1));

        var outcome = _module.Run("Get-SilverAuditLoad");

        Assert.Contains(outcome.Warnings, warning => warning.Contains("most likely", StringComparison.Ordinal));
    }

    private string CreateWithLog(string name, params string[] statements)
    {
        var path = _module.File(name);
        Database.WhileOpen(path + ".open", statements, () =>
        {
            File.Copy(path + ".open", path);
            File.Copy(path + ".open.wal", path + ".wal");
        });
        File.Delete(path + ".open");
        return path;
    }

    /// <summary>Creates a database of a storage version whose logs name their database.</summary>
    private static void CreateNaming(string path, string loadId, Action whileOpen)
    {
        using var connection = new DuckDB.NET.Data.DuckDBConnection("DataSource=:memory:");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"ATTACH '{path}' AS named (STORAGE_VERSION 'v1.5.0'); USE named; {Staging.CreateTable}; CHECKPOINT; {Staging.Insert(loadId)}";
        command.ExecuteNonQuery();
        whileOpen();
    }

    private void StaysWithAWarning(string source, string told)
    {
        var log = File.ReadAllBytes(source + ".wal");

        var outcome = _module.Run("Invoke-SilverAuditEtl batch.db -ArchivePath archive -NoLog");

        Assert.Equal("SourceNotProven", outcome.ErrorId);
        Assert.Contains(outcome.Warnings, warning => warning.ToString().Contains(told, StringComparison.Ordinal));
        Assert.True(File.Exists(source));
        Assert.Equal(log, File.ReadAllBytes(source + ".wal"));
        Assert.False(File.Exists(Path.Combine(_module.File("archive"), "batch.db")));
    }
}
