using SilverAudit.Stores.DuckDb;

namespace SilverAudit.Core.Tests;

/// <summary>Texts of DuckDB 1.5.6, some of them collected from damaged files. The engine has no type for them.</summary>
public sealed class EngineFailuresTests
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

    [Theory]
    [InlineData("IO Error: Corrupt database file: computed checksum 1 does not match stored checksum 2 in block at location 12288")]
    [InlineData("IO Error: Could not read enough bytes from file \"a.db\": attempted to read 262144 bytes from location 12288")]
    [InlineData("Serialization Error: Failed to deserialize: field id mismatch, expected: 100, got: 0")]
    [InlineData("IO Error: Failure while replaying WAL file \"a.db.wal\": Corrupt WAL file: entry at byte position 75 computed checksum 1 does not match stored checksum 2")]
    [InlineData("Invalid Input Error: Invalid unicode (byte sequence mismatch) detected in segment statistics update")]
    [InlineData("INTERNAL Error: invalid fsst_symbol_table_offset in FSSTStorage::ParseFSSTSegmentHeader")]
    [InlineData("IO Error: Failed to scan dictionary string - index was out of range. Database file appears to be corrupted")]
    [InlineData("Invalid Error: Invalid bit width for bitpacking")]
    [InlineData("INTERNAL Error: Invalid bitmask for FixedSizeAllocator")]
    [InlineData("INTERNAL Error: Bitpacking offset is out of range, this is caused by a corrupt database file")]
    public void What_the_engine_says_of_a_damaged_file_is_damage(string text)
    {
        var cause = new InvalidOperationException(text);

        Assert.Equal(AuditErrorId.SourceCorrupt, EngineFailures.ForSource(cause, "a.db").ErrorId);
        Assert.Equal(AuditErrorId.StoreCorrupt, EngineFailures.ForStore(cause, "store.db").ErrorId);
        Assert.True(EngineFailures.LeavesOpenWhichFile(cause));
    }

    [Theory]
    [InlineData("Constraint Error: PRIMARY KEY or UNIQUE constraint violation: duplicate key \"load_id: LOAD_1\"")]
    [InlineData("Something that no engine has said before")]
    public void What_has_no_name_may_be_due_to_either_file(string text) =>
        Assert.True(EngineFailures.LeavesOpenWhichFile(new InvalidOperationException(text)));

    [Theory]
    [InlineData("INTERRUPT Error: Interrupted!")]
    [InlineData("IO Error: No space left on device")]
    [InlineData("Out of Memory Error: failed to allocate")]
    [InlineData("IO Error: Could not set lock on file \"a.db\": Conflicting lock is held in /usr/bin/program (PID 7)")]
    [InlineData("IO Error: Cannot open file \"a.db\": Too many open files")]
    public void A_stop_and_what_has_a_name_of_its_own_blame_no_file(string text) =>
        Assert.False(EngineFailures.LeavesOpenWhichFile(new InvalidOperationException(text)));
}
