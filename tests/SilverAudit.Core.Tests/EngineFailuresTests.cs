using SilverAudit.Stores.DuckDb;

namespace SilverAudit.Core.Tests;

public class EngineFailuresTests
{
    [Theory]
    [InlineData("IO Error: Could not write file \"/data/store.db\": No space left on device")]
    [InlineData("IO Error: Could not write file \"/data/store.db.wal\": Disk quota exceeded")]
    [InlineData("IO Error: Could not write file \"/data/store.db\": File too large")]
    [InlineData("IO Error: Could not write file \"C:\\store.db\": There is not enough space on the disk.")]
    [InlineData("TransactionContext Error: Failed to commit: Could not write file \"/data/store.db.wal\": No space left on device")]
    [InlineData("Out of Memory Error: failed to offload data block of size 256.0 KiB (1.0 MiB/1.0 MiB used).\nThis limit was set by the 'max_temp_directory_size' setting.")]
    public void Everything_that_says_there_is_no_room_is_a_full_disk(string text)
    {
        var failure = EngineFailures.ForStore(new IOException(text), "/data/store.db");

        Assert.Equal(AuditErrorId.StorageFull, failure.ErrorId);
        Assert.Contains("'/data/store.db'", failure.Message, StringComparison.Ordinal);
        Assert.Contains("Make room and run again", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("IO Error: Cannot open file \"/data/store.db\": Permission denied")]
    [InlineData("IO Error: Cannot open file \"/data/store.db\": Read-only file system")]
    [InlineData("IO Error: Cannot open file \"C:\\store.db\": Access is denied.")]
    public void A_store_that_may_not_be_written_is_no_full_disk(string text) =>
        Assert.Equal(AuditErrorId.StoreNotWritable, EngineFailures.ForStore(new IOException(text), "/data/store.db").ErrorId);

    [Fact]
    public void A_file_that_this_process_is_still_closing_is_locked_by_one_of_its_own_pipelines()
    {
        var failure = EngineFailures.ForStore(
            new IOException("Binder Error: Unique file handle conflict: Cannot attach \"store\" - the database file \"/data/store.db\" is already attached by database \"store\""),
            "/data/store.db");

        Assert.Equal(AuditErrorId.StoreLocked, failure.ErrorId);
        Assert.Contains("another pipeline of this process", failure.Message, StringComparison.Ordinal);
    }
}
