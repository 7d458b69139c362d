namespace SilverAudit.Core.Tests;

public sealed class IsolatedStoreTests
{
    [Theory]
    [InlineData("no such program")]
    [InlineData("dotnet", "--version")]
    [InlineData("dotnet", "no-such-host.dll")]
    public void An_engine_that_can_not_be_started_is_a_failure_that_says_so(string program, params string[] arguments)
    {
        var folder = Directory.CreateTempSubdirectory("silver-audit-").FullName;
        var options = new StoreOptions { Destination = Path.Combine(folder, "store.db"), Isolation = new EngineCommand(program, arguments) };
        using var log = AuditLog.Open(new AuditLogOptions(), new SilentHost());
        using var store = AuditStore.Open(options, log);

        var outcome = store.Load(Path.Combine(folder, "source.db"), new EtlOptions(), CancellationToken.None);

        Assert.Equal(AuditErrorId.IsolationUnavailable, outcome.Failure?.ErrorId);
        Assert.Contains(program, outcome.Failure!.Message, StringComparison.Ordinal);
        Assert.Equal(nameof(AuditErrorId.IsolationUnavailable), outcome.Result.ErrorId);
        Assert.Empty(Directory.GetFileSystemEntries(folder));
        Directory.Delete(folder);
    }
}
