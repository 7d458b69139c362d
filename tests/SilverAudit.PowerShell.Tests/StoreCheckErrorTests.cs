namespace SilverAudit.PowerShell.Tests;

/// <summary>A store that can't be read is an error, and never sound.</summary>
public sealed class StoreCheckErrorTests : IDisposable
{
    private readonly Module _module = new();

    private string Store => _module.File("silver_metadata.db");

    public void Dispose() => _module.Dispose();

    [Theory]
    [InlineData("", 0)]
    [InlineData("-Quiet", 1)]
    public void A_store_that_is_not_there_is_an_error_and_not_sound(string parameters, int outputs)
    {
        var outcome = _module.Run($"Test-SilverAuditStore {parameters}");

        Assert.Equal("StoreNotFound,SilverAudit.PowerShell.TestSilverAuditStoreCommand", Assert.Single(outcome.Errors).FullyQualifiedErrorId);
        Assert.Equal(outputs, outcome.Output.Count);
        Assert.All(outcome.Output, output => Assert.Equal(false, output.BaseObject));
        Assert.False(File.Exists(Store));
    }

    [Fact]
    public void A_file_that_is_no_store_is_an_error_and_not_sound()
    {
        File.WriteAllText(Store, "precious notes");

        var outcome = _module.Run("Test-SilverAuditStore -Quiet");

        Assert.Equal("StoreNotDatabase", outcome.ErrorId);
        Assert.Equal(false, Assert.Single(outcome.Output).BaseObject);
    }

    [Fact]
    public void A_store_that_another_process_writes_is_an_error_and_not_sound()
    {
        _module.Load(Staging.Create(_module.File("source.db"), "LOAD_1"));
        using var holder = FileHolder.HoldForWriting(Store);

        var outcome = _module.Run("Test-SilverAuditStore -Quiet -LockTimeoutSec 0");

        Assert.Equal("StoreLocked", outcome.ErrorId);
        Assert.Equal(false, Assert.Single(outcome.Output).BaseObject);
    }

    [Fact]
    public void A_damaged_store_is_an_error_and_not_a_check_that_failed()
    {
        _module.Load(Staging.CreateMany(_module.File("source.db"), 3000));
        DatabaseFile.DamageColumns(Store, "silver_staging_audit", "load_id", "payload_results");

        var outcome = _module.Run("Test-SilverAuditStore");

        Assert.Equal("StoreCorrupt", outcome.ErrorId);
        Assert.Empty(outcome.Output);
    }
}
