namespace SilverAudit.PowerShell.Tests;

/// <summary>A process may be killed while it creates the store. What it leaves must be a store, or nothing of that name.</summary>
public sealed class StoreCreationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TracerFact]
    public void The_file_of_a_new_store_has_its_content_before_it_has_its_name()
    {
        Staging.Create(_folder.File("source.db"), "LOAD_1");
        var store = '"' + _folder.File("store.db") + '"';

        var calls = Tracer.Run(_folder.Location, [], "Invoke-SilverAuditEtl source.db -Destination store.db -NoLog");

        var first = calls.First(call => call.Contains(store, StringComparison.Ordinal) && !call.Contains("ENOENT", StringComparison.Ordinal));
        Assert.Matches(@" (link|linkat|rename|renameat|renameat2)\(", first);
        Assert.Equal(["LOAD_1"], StoreContents.LoadIds(_folder.File("store.db")));
    }

    [Fact]
    public void Nothing_but_the_store_is_left_of_its_creation()
    {
        using var module = new Module();
        var source = Staging.Create(module.File("source.db"), "LOAD_1");

        module.Load(source);

        Assert.Equal(["silver_metadata.db", "source.db"], Directory.EnumerateFileSystemEntries(module.Folder.Location).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }
}
