using System.Text.RegularExpressions;
using DuckDB.NET.Data;
using DuckDB.NET.Native;

namespace SilverAudit.Stores.DuckDb;

/// <summary>
/// Turns what the engine says into failures that a user can act on. The engine has a type for few of its errors, so most are
/// told by their text (DuckDB 1.5).
/// </summary>
internal static partial class EngineFailures
{
    public static AuditException ForSource(Exception cause, string path)
    {
        var text = cause.Message;
        return cause switch
        {
            AuditException known => known,
            _ when IsMissing(text) => new(AuditErrorId.SourceNotFound, path,
                $"Source database file not found: {path}. Check the path and that the pipeline has written the file.", cause),
            _ when IsForeign(text) => new(AuditErrorId.SourceNotDatabase, path,
                $"'{path}' is not a DuckDB database. Name a staging database that the pipeline has written.", cause),
            _ when IsOtherVersion(text) => new(AuditErrorId.SourceVersionUnsupported, path,
                $"'{path}' has a storage version that this module can't read: {FirstLine(text)} Update the module, or write the file with the version it reads.", cause),
            _ when IsLocked(text) => Locked(AuditErrorId.SourceLocked, path, cause),
            _ when IsForbidden(text) => new(AuditErrorId.SourceNotReadable, path,
                $"'{path}' can't be read: permission denied. Give the account that runs this read access to the file and its folder.", cause),
            _ when IsStorageFull(text) => StorageFull(path, cause),
            _ when IsOutOfMemory(cause) => OutOfMemory(path, cause),
            _ => new(AuditErrorId.SourceCorrupt, path,
                $"'{path}' is damaged or incomplete: {FirstLine(text)} Let the pipeline write the file again, or restore it from a copy.", cause)
            { InvalidatesEngine = IsFatal(cause) },
        };
    }

    public static AuditException ForStore(Exception cause, string path)
    {
        var text = cause.Message;
        return cause switch
        {
            AuditException known => known,
            _ when IsMissing(text) => StoreNotFound(path, cause),
            _ when IsForeign(text) => new(AuditErrorId.StoreNotDatabase, path,
                $"'{path}' is not a DuckDB database. Choose another -Destination; an existing file is never overwritten.", cause),
            _ when IsOtherVersion(text) => new(AuditErrorId.StoreVersionUnsupported, path,
                $"The store '{path}' has a storage version that this module can't read: {FirstLine(text)} Update the module, or copy the store with the DuckDB that wrote it.", cause),
            _ when IsLocked(text) => Locked(AuditErrorId.StoreLocked, path, cause),
            _ when IsForbidden(text) => new(AuditErrorId.StoreNotWritable, path,
                $"The store '{path}' can't be opened: permission denied or read-only file system. Give the account that runs this write access to the file and its folder.", cause),
            _ when IsStorageFull(text) => StorageFull(path, cause),
            _ when IsOutOfMemory(cause) => OutOfMemory(path, cause),
            _ when IsDamaged(text) => new(AuditErrorId.StoreCorrupt, path,
                $"The store '{path}' is damaged: {FirstLine(text)} Keep the file and its .wal as they are, and restore the store from a backup.", cause)
            { InvalidatesEngine = true },
            _ => new(AuditErrorId.EngineFailure, path,
                $"The engine failed while working on '{path}': {FirstLine(text)} What was not finished was rolled back; run it again with -Debug to see the statements.", cause)
            { InvalidatesEngine = IsFatal(cause) },
        };
    }

    /// <summary>For statements that touch both files: the engine names the file that failed.</summary>
    public static AuditException ForLoad(Exception cause, string sourcePath, string storePath) =>
        cause.Message.Contains(sourcePath, StringComparison.Ordinal)
            ? ForSource(cause, sourcePath)
            : ForStore(cause, storePath);

    public static AuditException StoreNotFound(string path, Exception? cause = null) => new(AuditErrorId.StoreNotFound, path,
        Directory.Exists(Path.GetDirectoryName(path))
            ? $"There is no store at '{path}'. Check -Destination, or load a source first with Invoke-SilverAuditEtl."
            : $"The folder of the store '{path}' does not exist. Check -Destination, or create the folder.", cause);

    public static AuditException StoreIsFolder(string path) => new(AuditErrorId.StoreNotDatabase, path,
        $"The destination '{path}' is a folder. Name a file in it, such as '{Path.Combine(path, "silver_metadata.db")}'.");

    public static bool IsLocked(Exception cause) => IsLocked(cause.Message);

    /// <summary>True when the engine was interrupted: while a statement ran, or while it was still being planned.</summary>
    public static bool IsInterrupt(Exception cause) =>
        cause is OperationCanceledException
        || cause is DuckDBException { ErrorType: DuckDBErrorType.Interrupt }
        || cause.Message.StartsWith("INTERRUPT Error", StringComparison.Ordinal);

    public static bool IsDamage(Exception cause) => IsDamaged(cause.Message);

    private static AuditException Locked(AuditErrorId errorId, string path, Exception cause)
    {
        var holder = Holder().Match(cause.Message);
        var who = holder.Success ? $"process {holder.Groups["pid"].Value} ({holder.Groups["program"].Value})" : "another process";
        return new AuditException(errorId, path,
            $"'{path}' is in use by {who}. Close it there and run again, or wait longer with -LockTimeoutSec.", cause);
    }

    private static AuditException StorageFull(string path, Exception cause) => new(AuditErrorId.StorageFull, path,
        $"The disk is full while working on '{path}': {FirstLine(cause.Message)} What was not finished was rolled back. Make room and run again.", cause)
    {
        InvalidatesEngine = true,
    };

    private static AuditException OutOfMemory(string path, Exception cause) => new(AuditErrorId.MemoryLimitExceeded, path,
        $"The memory limit is too small for working on '{path}': {FirstLine(cause.Message)} What was not finished was rolled back. Raise -MemoryLimit or lower -Threads.", cause);

    private static bool IsMissing(string text) =>
        text.Contains("database does not exist", StringComparison.Ordinal)
        || text.Contains("No such file or directory", StringComparison.Ordinal)
        || text.Contains("cannot find the path", StringComparison.OrdinalIgnoreCase)
        || text.Contains("cannot find the file", StringComparison.OrdinalIgnoreCase);

    private static bool IsForeign(string text) => text.Contains("not a valid DuckDB database file", StringComparison.Ordinal);

    private static bool IsOtherVersion(string text) => text.Contains("with version number", StringComparison.Ordinal);

    private static bool IsLocked(string text) =>
        text.Contains("Could not set lock on file", StringComparison.Ordinal)
        || text.Contains("used by another process", StringComparison.Ordinal);

    private static bool IsForbidden(string text) =>
        text.Contains("Permission denied", StringComparison.Ordinal)
        || text.Contains("Access is denied", StringComparison.Ordinal)
        || text.Contains("Operation not permitted", StringComparison.Ordinal)
        || text.Contains("Read-only file system", StringComparison.Ordinal);

    private static bool IsStorageFull(string text) =>
        text.Contains("No space left on device", StringComparison.Ordinal)
        || text.Contains("Disk quota exceeded", StringComparison.Ordinal)
        || text.Contains("not enough space on the disk", StringComparison.OrdinalIgnoreCase)
        || text.Contains("max_temp_directory_size", StringComparison.Ordinal);

    private static bool IsOutOfMemory(Exception cause) =>
        cause is DuckDBException { ErrorType: DuckDBErrorType.OutOfMemory }
        || cause.Message.StartsWith("Out of Memory Error", StringComparison.Ordinal);

    private static bool IsDamaged(string text) =>
        text.Contains("Corrupt database file", StringComparison.Ordinal)
        || text.Contains("Could not read enough bytes", StringComparison.Ordinal)
        || text.StartsWith("Serialization Error", StringComparison.Ordinal);

    private static bool IsFatal(Exception cause) =>
        cause is DuckDBException { ErrorType: DuckDBErrorType.Fatal or DuckDBErrorType.Internal }
        || cause.Message.Contains("database has been invalidated", StringComparison.Ordinal);

    private static string FirstLine(string text)
    {
        var line = text.Split('\n', 2)[0].Trim();
        return line.EndsWith('.') ? line : line + '.';
    }

    [GeneratedRegex(@"Conflicting lock is held in (?<program>.+?) \(PID (?<pid>\d+)\)", RegexOptions.CultureInvariant)]
    private static partial Regex Holder();
}
