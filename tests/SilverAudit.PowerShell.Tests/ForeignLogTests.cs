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
    public void A_source_with_garbage_for_a_log_is_told_and_stays()
    {
        var batch = Staging.Create(_module.File("batch.db"), "TUESDAY");
        File.WriteAllText(batch + ".wal", "garbage, and more of it");

        StaysWithAWarning(batch, "is no log");
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
