using System.Security.Cryptography;

namespace SilverAudit.PowerShell.Tests;

public sealed class SourceUntouchedTests : IDisposable
{
    private readonly Module _module = new();
    private readonly string _folder;

    public SourceUntouchedTests() => _folder = Directory.CreateDirectory(_module.File("sources")).FullName;

    private string Store => _module.File("silver_metadata.db");

    public void Dispose()
    {
        foreach (var file in new DirectoryInfo(_folder).EnumerateFiles())
        {
            file.IsReadOnly = false;
        }

        _module.Dispose();
    }

    [Theory]
    [InlineData("Invoke-SilverAuditEtl")]
    [InlineData("Invoke-SilverAuditEtl -WhatIf")]
    [InlineData("Invoke-SilverAuditEtl -InvalidRow Reject -SchemaEvolution AddNewColumns")]
    [InlineData("Compare-SilverAuditSource")]
    [InlineData("Compare-SilverAuditSource -Summary")]
    [InlineData("Compare-SilverAuditSource -Quiet")]
    public void The_bytes_of_a_source_stay_as_they_are_and_nothing_appears_beside_it(string command)
    {
        Staging.CreateMany(Path.Combine(_folder, "source.db"), 5_000);
        var before = Snapshot();

        _module.Succeed($"{command} -LiteralPath sources/source.db");

        Assert.Equal(["source.db"], before.Keys);
        Assert.Equal(before, Snapshot());
    }

    [Theory]
    [InlineData("Invoke-SilverAuditEtl")]
    [InlineData("Invoke-SilverAuditEtl -WhatIf")]
    [InlineData("Compare-SilverAuditSource")]
    [InlineData("Compare-SilverAuditSource -Summary")]
    public void The_bytes_of_a_source_and_of_its_wal_stay_as_they_are(string command)
    {
        CreateWithWal();
        var before = Snapshot();

        _module.Succeed($"{command} -LiteralPath sources/source.db");

        Assert.Equal(["source.db", "source.db.wal"], before.Keys);
        Assert.Equal(before, Snapshot());
    }

    [Fact]
    public void Loads_that_are_in_the_wal_only_arrive()
    {
        CreateWithWal();

        var result = _module.Load(Path.Combine(_folder, "source.db"));

        Assert.Equal((3, 3, 0, 0, 0, 0), result.Counts());
        Assert.Equal(
            ["IN_FILE", "IN_WAL_1", "IN_WAL_2"],
            Database.Query(Store, "SELECT load_id FROM silver_staging_audit ORDER BY ALL").Select(row => row[0]));
    }

    [Fact]
    public void A_wal_keeps_its_bytes_over_a_whole_pipeline_with_a_source_that_fails()
    {
        CreateWithWal();
        File.WriteAllText(Path.Combine(_folder, "broken.db"), "no database");
        var before = Snapshot();

        var outcome = _module.Run("'sources/source.db', 'sources/broken.db', 'sources/source.db' | Invoke-SilverAuditEtl -NoLog");

        Assert.Equal(["AllNew", "Failed", "AlreadyPresent"], outcome.Output.Select(result => result.Text("Status")));
        Assert.Equal(before, Snapshot());
    }

    [Fact]
    public void A_source_with_the_read_only_attribute_is_loaded()
    {
        var source = Staging.Create(Path.Combine(_folder, "source.db"), "LOAD_1");
        new FileInfo(source).IsReadOnly = true;
        var before = Snapshot();

        Assert.Equal("AllNew", _module.Load(source).Text("Status"));

        Assert.Equal(before, Snapshot());
        Assert.True(new FileInfo(source).IsReadOnly);
    }

    [Fact]
    public void A_source_with_the_read_only_attribute_and_a_wal_is_loaded()
    {
        CreateWithWal();
        foreach (var file in new DirectoryInfo(_folder).EnumerateFiles())
        {
            file.IsReadOnly = true;
        }

        var before = Snapshot();

        Assert.Equal((3, 3, 0, 0, 0, 0), _module.Load(Path.Combine(_folder, "source.db")).Counts());

        Assert.Equal(before, Snapshot());
    }

    [Fact]
    public void The_time_of_the_last_change_of_a_source_stays()
    {
        var source = Staging.Create(Path.Combine(_folder, "source.db"), "LOAD_1");
        var lastWrite = new DateTime(2025, 1, 15, 14, 30, 0, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(source, lastWrite);

        _module.Load(source);

        Assert.Equal(lastWrite, File.GetLastWriteTimeUtc(source));
    }

    /// <summary>A source as a pipeline leaves it that crashed, or that still runs: one load in the file, two in its log.</summary>
    private void CreateWithWal()
    {
        var original = Staging.Create(_module.File("original.db"), "IN_FILE");
        Database.WhileOpen(
            original,
            ["SET checkpoint_threshold = '1TB'", Staging.Insert("IN_WAL_1"), Staging.Insert("IN_WAL_2")],
            () =>
            {
                File.Copy(original, Path.Combine(_folder, "source.db"));
                File.Copy(original + ".wal", Path.Combine(_folder, "source.db.wal"));
            });
    }

    private SortedDictionary<string, string> Snapshot() => new(
        Directory.EnumerateFileSystemEntries(_folder).ToDictionary(
            path => Path.GetFileName(path), path => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path)))),
        StringComparer.Ordinal);
}
