using SilverAudit.Stores.DuckDb;

namespace SilverAudit.Core.Tests;

public sealed class SpillFolderTests : IDisposable
{
    private const int Folders = 2_000;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_folder_is_made_although_others_take_new_ones_for_abandoned_ones()
    {
        var path = _folder.File("store.db");
        using var log = AuditLog.Open(new AuditLogOptions(), new SilentHost());
        using var other = SpillFolder.Require(path);
        using var stop = new CancellationTokenSource();
        var removing = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                other.RemoveAbandoned(path, log);
            }
        });

        for (var count = 0; count < Folders; count++)
        {
            using var folder = SpillFolder.Require(path);
            Assert.True(folder.IsOwned);
            Assert.True(Directory.Exists(folder.Location));
        }

        await stop.CancelAsync();
        await removing;
    }
}
