using System.Runtime.InteropServices;
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
    private const string LockFailure = "Could not set lock on file";

    private const string ReplayFailure = "Failure while replaying WAL file";

    private const int LengthShown = 2000;

    public static AuditException ForSource(Exception cause, string path)
    {
        var text = TextOf(cause, path);
        return cause switch
        {
            AuditException known => known,
            _ when IsMissing(text) => new(AuditErrorId.SourceNotFound, path,
                $"Source database file not found: {path}. Check the path and that the pipeline has written the file.", cause),
            _ when IsForeign(text) => new(AuditErrorId.SourceNotDatabase, path,
                $"'{path}' is not a DuckDB database. Name a staging database that the pipeline has written.", cause),
            _ when IsOtherVersion(text) => new(AuditErrorId.SourceVersionUnsupported, path,
                $"'{path}' has a storage version that this module can't read: {FirstLine(cause.Message)} Update the module, or write the file with the version it reads.", cause),
            _ when IsEncrypted(text) => new(AuditErrorId.SourceEncrypted, path,
                $"'{path}' is encrypted, and this module takes no key. Let the pipeline write the file without encryption, or copy it to one that is not encrypted.", cause),
            _ when IsLocked(text) => Locked(AuditErrorId.SourceLocked, path, cause),
            _ when HasNoLocks(text) => new(AuditErrorId.SourceNotReadable, path, $"'{path}' can't be read: {NoLocks(cause)}", cause),
            _ when IsForeignLog(text) => new(AuditErrorId.SourceLogForeign, path,
                $"The log '{FileLocation.LogOf(path)}' is not the log of '{path}', and the engine does not read the two together. Nothing was loaded. "
                + "Put the log beside the database that it belongs to; if it belongs to none, move it away.", cause),
            _ when IsUnbound(text) => new(AuditErrorId.SourceNotBaseTable, path,
                $"The table in '{path}' computes columns with something that only the file has, or an extension: {FirstLine(cause.Message)} "
                + "Nothing is installed or loaded because a file asks for it. Let the pipeline store the values.", cause),
            _ when IsForbidden(text) => new(AuditErrorId.SourceNotReadable, path,
                $"'{path}' can't be read: permission denied. Give the account that runs this read access to the file and its folder.", cause),
            _ when IsStorageFull(text) => StorageFull(path, cause),
            _ when IsOutOfMemory(cause) => OutOfMemory(path, cause),
            _ when IsSystemFailure(text) || cause is IOException or UnauthorizedAccessException => new(AuditErrorId.SourceNotReadable, path,
                $"'{path}' can't be read: {FirstLine(cause.Message)} {AdviceOnSystem(text)}", cause),
            _ => SourceDamaged(cause, path),
        };
    }

    public static AuditException SourceDamaged(Exception cause, string path) => new(AuditErrorId.SourceCorrupt, path,
        $"'{path}' is damaged or incomplete: {FirstLine(cause.Message)} Let the pipeline write the file again, or restore it from a copy.", cause)
    {
        InvalidatesEngine = IsFatal(cause) || cause is AuditException { InvalidatesEngine: true },
    };

    public static AuditException ForStore(Exception cause, string path)
    {
        var text = TextOf(cause, path);
        return cause switch
        {
            AuditException known => known,
            _ when IsMissing(text) => StoreNotFound(path, cause),
            _ when IsForeign(text) => new(AuditErrorId.StoreNotDatabase, path,
                $"'{path}' is not a DuckDB database, so it is no store, and it was left as it is. Name the store, or the place for a new one, with -Destination.", cause),
            _ when IsOtherVersion(text) => new(AuditErrorId.StoreVersionUnsupported, path,
                $"The store '{path}' has a storage version that this module can't read: {FirstLine(cause.Message)} Update the module, or copy the store with the DuckDB that wrote it.", cause),
            _ when IsEncrypted(text) => new(AuditErrorId.StoreEncrypted, path,
                $"The store '{path}' is encrypted, and this module takes no key. Copy it to one that is not encrypted, or choose another -Destination.", cause),
            _ when IsLocked(text) => Locked(AuditErrorId.StoreLocked, path, cause),
            _ when HasNoLocks(text) => new(AuditErrorId.StoreNotWritable, path, $"The store '{path}' can't be opened: {NoLocks(cause)}", cause),
            _ when IsForeignLog(text) => new(AuditErrorId.StoreLogForeign, path,
                $"The log '{FileLocation.LogOf(path)}' is not the log of the store '{path}', and the engine does not read the two together. "
                + "Both were left as they are. Put the store's own log or no log beside it; what a log holds is lost without its store.", cause),
            _ when IsForbidden(text) => StoreNotWritable(path, "permission denied or read-only file system.", cause),
            _ when IsStorageFull(text) => StorageFull(path, cause),
            _ when IsOutOfMemory(cause) => OutOfMemory(path, cause),
            _ when IsSystemFailure(text) => new(AuditErrorId.StoreNotWritable, path,
                $"The system does not let the engine work on the store '{path}': {FirstLine(cause.Message)} What was not finished was rolled back. {AdviceOnSystem(text)}", cause)
            { InvalidatesEngine = IsFatal(cause), WantsNewOpening = true },
            _ when IsDamaged(text) => new(AuditErrorId.StoreCorrupt, path,
                $"The store '{path}' is damaged: {FirstLine(cause.Message)} Keep the file and its .wal as they are, and restore the store from a backup.", cause)
            { InvalidatesEngine = true },
            _ => new(AuditErrorId.EngineFailure, path,
                $"The engine failed while working on '{path}': {FirstLine(cause.Message)} What was not finished was rolled back; run it again with -Debug to see the statements.", cause)
            { InvalidatesEngine = IsFatal(cause) },
        };
    }

    /// <summary>For statements that touch both files: the engine names the file that failed.</summary>
    public static AuditException ForLoad(Exception cause, string sourcePath, string storePath) =>
        cause.Message.Contains(sourcePath, StringComparison.Ordinal)
            ? ForSource(cause, sourcePath)
            : ForStore(cause, storePath);

    /// <summary>For work that reads the store and writes another file, under a name of its own for the time being.</summary>
    public static AuditException ForTarget(Exception cause, string draft, string target, string storePath)
    {
        var text = TextOf(cause, draft);
        // What memory has no room for goes beside the store.
        if (cause is not AuditException && !text.Contains(storePath, StringComparison.Ordinal))
        {
            if (IsStorageFull(text))
                return StorageFull(target, cause, cause.Message.Replace(draft, target, StringComparison.Ordinal));
            if (IsForbidden(text) || cause is not DuckDBException)
                return TargetFile.NotWritable(target, cause.Message.Replace(draft, target, StringComparison.Ordinal), cause);
        }

        return ForStore(cause, storePath);
    }

    /// <summary>For a machine for which the module has no library of the engine, or one that can't be loaded.</summary>
    public static AuditException EngineUnavailable(Exception cause) => new(AuditErrorId.EngineUnavailable, "",
        $"The engine can't be loaded on this platform ({RuntimeInformation.RuntimeIdentifier}): {FirstLine((cause.InnerException ?? cause).Message)} "
        + "Nothing was opened. Install the module anew, and use it on one of the platforms that it has a library for: "
        + "Windows, Linux with glibc or macOS, each on x64 or arm64.", cause);

    public static AuditException StoreNotFound(string path, Exception? cause = null) => new(AuditErrorId.StoreNotFound, path,
        Directory.Exists(Path.GetDirectoryName(path))
            ? $"There is no store at '{path}'. Check -Destination, or load a source first with Invoke-SilverAuditEtl."
            : $"The folder of the store '{path}' does not exist. Check -Destination, or create the folder.", cause);

    /// <summary>Refuses places where no store can be; a place where there is nothing is none of them.</summary>
    /// <exception cref="AuditException"><see cref="AuditErrorId.StoreNotDatabase"/>.</exception>
    public static void RefuseWhatIsNoStore(string path)
    {
        if (Directory.Exists(path))
        {
            throw new AuditException(AuditErrorId.StoreNotDatabase, path,
                $"The destination '{path}' is a folder. Name a file in it, such as '{Path.Combine(path, "silver_metadata.db")}'.");
        }

        // The engine would wait for ever for something to come out of a pipe.
        if (FileLocation.IsIrregular(path) || FileLocation.IsIrregular(FileLocation.LogOf(path)))
        {
            throw new AuditException(AuditErrorId.StoreNotDatabase, path,
                $"The destination '{path}' or the .wal beside it is a folder, a pipe, a socket or a device. Move that away, or choose another -Destination.");
        }
    }

    public static AuditException StoreReplaced(string path) => new(AuditErrorId.StoreReplaced, path,
        $"The store '{path}' was removed or replaced while it was being written. What this pipeline has loaded so far is in the file that was there before. "
        + "Keep hands off the store while it is written, and run all sources again: what is there already is skipped.")
    {
        InvalidatesEngine = true,
    };

    public static AuditException StoreNotWritable(string path, string reason, Exception? cause = null) => new(AuditErrorId.StoreNotWritable, path,
        $"The store '{path}' can't be opened: {reason} Give the account that runs this write access to the file and its folder.", cause);

    public static AuditException StoreIsSource(string path, string table) => new(AuditErrorId.StoreIsSource, path,
        $"'{path}' has the source table '{table}' and no permanent table, so it is a source and no store. It was left as it is. "
        + "Check -Destination, and what the pipeline brings.");

    public static AuditException StoreGoneFromLog(string path, string log) => new(AuditErrorId.StoreNotFound, path,
        $"There is no store at '{path}', but there is its log '{log}', which may hold loads and which a new store would overwrite. "
        + "Put the store back beside it, or move the log away.");

    public static bool IsLocked(Exception cause, string path) => cause is AuditException { IsTransient: true } || IsLocked(TextOf(cause, path));

    /// <summary>True when the engine was interrupted: while a statement ran, or while it was still being planned.</summary>
    public static bool IsInterrupt(Exception cause) =>
        cause is OperationCanceledException
        || cause is DuckDBException { ErrorType: DuckDBErrorType.Interrupt }
        || cause.Message.StartsWith("INTERRUPT Error", StringComparison.Ordinal);

    /// <summary>True when the engine will not make one file like another, because of what is in it.</summary>
    public static bool IsRefusal(Exception cause) => Refusal().IsMatch(cause.Message);

    /// <summary>
    /// True when a failure of a statement on both files may be due to either: it speaks of damage and the engine does not say of
    /// which, or of nothing that has a name.
    /// </summary>
    public static bool LeavesOpenWhichFile(Exception cause) =>
        !IsInterrupt(cause) && ForStore(cause, "").ErrorId is AuditErrorId.StoreCorrupt or AuditErrorId.EngineFailure;

    /// <summary>True when a statement on one file failed because of what is in it, not for want of a resource.</summary>
    public static bool IsBlamedOnFile(Exception cause) => ForSource(cause, "").ErrorId is AuditErrorId.SourceCorrupt;

    /// <summary>True when the engine could not carry out one statement, and neither the file nor the engine has come to harm.</summary>
    public static bool IsRefusedStatement(Exception cause) =>
        !IsInterrupt(cause) && ForStore(cause, "") is { ErrorId: AuditErrorId.EngineFailure, InvalidatesEngine: false };

    /// <summary>The first line of what the engine says, as a sentence. It may quote a value, however long that is.</summary>
    public static string FirstLine(string text)
    {
        var line = Excerpt.Of(text.Split('\n', 2)[0].Trim(), LengthShown);
        return line.EndsWith('.') ? line : line + '.';
    }

    /// <summary>For a file that something else in this process has open, which no lock of the system would tell.</summary>
    public static AuditException OpenInProcess(AuditErrorId errorId, string path) => new(errorId, path,
        $"'{path}' is in use by something else in this process, such as another DuckDB library. Close it there and run again, or wait longer with -LockTimeoutSec.");

    /// <summary>True when the engine can take the log beside a file into it only when it may write the file.</summary>
    public static bool NeedsWriting(Exception cause) =>
        cause.Message.Contains(ReplayFailure, StringComparison.Ordinal) && cause.Message.Contains("Could not write file", StringComparison.Ordinal);

    /// <summary>True when a database was detached, but its log could not be taken into it.</summary>
    public static bool IsDetached(Exception cause) => cause.Message.Contains("CHECKPOINT during DETACH failed", StringComparison.Ordinal);

    /// <summary>True when the engine could not take the log beside a file into it.</summary>
    public static bool IsReplay(Exception cause) => cause.Message.Contains(ReplayFailure, StringComparison.Ordinal);

    /// <summary>For a log that the engine can't take in, and that does not say whose it is: the file itself may be sound.</summary>
    public static AuditException SourceLogUnproven(Exception cause, string path) => IsForeignLog(cause.Message)
        ? ForSource(cause, path)
        : new AuditException(AuditErrorId.SourceLogForeign, path,
            $"The log '{FileLocation.LogOf(path)}' can't be taken into '{path}': {FirstLine(cause.Message)} It is damaged, or the log of another database; "
            + "nothing in it says which. Nothing was loaded. Let the pipeline that wrote both open and close its database, or write it again. If the log belongs elsewhere, move it there.", cause);

    private static AuditException Locked(AuditErrorId errorId, string path, Exception cause)
    {
        var holder = Holder().Match(cause.Message);
        var who = holder.Success ? $"process {holder.Groups["pid"].Value} ({holder.Groups["program"].Value})"
            : IsHeldHere(cause.Message) ? "another pipeline of this process"
            : "another process";
        return new AuditException(errorId, path,
            $"'{path}' is in use by {who}. Close it there and run again, or wait longer with -LockTimeoutSec.", cause);
    }

    private static AuditException StorageFull(string path, Exception cause, string? said = null) => new(AuditErrorId.StorageFull, path,
        $"The disk is full while working on '{path}': {FirstLine(said ?? cause.Message)} What was not finished was rolled back. Make room and run again.", cause)
    {
        InvalidatesEngine = IsFatal(cause),
        WantsNewOpening = true,
    };

    private static AuditException OutOfMemory(string path, Exception cause) => new(AuditErrorId.MemoryLimitExceeded, path,
        $"The memory limit is too small for working on '{path}': {FirstLine(cause.Message)} What was not finished was rolled back. Raise -MemoryLimit or lower -Threads.", cause);

    private static bool IsMissing(string text) =>
        text.Contains("database does not exist", StringComparison.Ordinal)
        || text.Contains("No such file or directory", StringComparison.Ordinal)
        || text.Contains("cannot find the path", StringComparison.OrdinalIgnoreCase)
        || text.Contains("cannot find the file", StringComparison.OrdinalIgnoreCase);

    private static bool IsForeign(string text) => text.Contains("not a valid DuckDB database file", StringComparison.Ordinal);

    private static bool IsEncrypted(string text) => text.Contains("Cannot open encrypted database", StringComparison.Ordinal);

    private static bool IsForeignLog(string text) =>
        text.Contains(ReplayFailure, StringComparison.Ordinal) && text.Contains("does not match", StringComparison.Ordinal)
        && !text.Contains("checksum", StringComparison.Ordinal);

    private static bool IsUnbound(string text) =>
        text.StartsWith("Catalog Error", StringComparison.Ordinal) || text.StartsWith("Binder Error", StringComparison.Ordinal);

    private static bool IsOtherVersion(string text) =>
        text.Contains("with version number", StringComparison.Ordinal) || text.Contains("compiled vector size", StringComparison.Ordinal);

    private static bool IsLocked(string text) =>
        (text.Contains(LockFailure, StringComparison.Ordinal) && !HasNoLocks(text))
        || text.Contains("used by another process", StringComparison.Ordinal)
        || IsHeldHere(text);

    // A statement of another pipeline that lists the tables of all files keeps a file open for a moment after it was detached.
    private static bool IsHeldHere(string text) => text.Contains("Unique file handle conflict", StringComparison.Ordinal);

    // The engine names the holder where there is one; else it says why the system gave it no lock.
    private static bool HasNoLocks(string text) =>
        text.Contains(LockFailure, StringComparison.Ordinal)
        && !text.Contains("Conflicting lock is held", StringComparison.Ordinal)
        && !text.Contains("held in current process", StringComparison.Ordinal)
        && !text.Contains("Resource temporarily unavailable", StringComparison.Ordinal);

    private static string NoLocks(Exception cause) =>
        $"its file system gives no locks, without which two programs could write it at once. {FirstLine(cause.Message)} "
        + "Mount the share with locks, or keep the file on a disk of this machine.";

    /// <summary>True when the system failed to open or read a file, whatever is in it.</summary>
    private static bool IsSystemFailure(string text) =>
        !text.Contains("orrupt", StringComparison.Ordinal)
        && (text.Contains("Cannot open file", StringComparison.Ordinal) || SystemFailure().IsMatch(text));

    private static string AdviceOnSystem(string text) =>
        text.Contains("Too many open files", StringComparison.Ordinal) ? "Let the account that runs this open more files (ulimit -n), or close what it does not need, and run again."
        : text.Contains("too long", StringComparison.Ordinal) ? "Give the file a shorter name: the engine opens others beside it, whose names are longer."
        : "Look after the disk, or the share, that the file is on, and run again.";

    private static bool IsForbidden(string text) =>
        text.Contains("Permission denied", StringComparison.Ordinal)
        || text.Contains("Access is denied", StringComparison.Ordinal)
        || text.Contains("Operation not permitted", StringComparison.Ordinal)
        || text.Contains("Read-only file system", StringComparison.Ordinal);

    private static bool IsStorageFull(string text) =>
        text.Contains("No space left on device", StringComparison.Ordinal)
        || text.Contains("Disk quota exceeded", StringComparison.Ordinal)
        || text.Contains("File too large", StringComparison.Ordinal)
        || text.Contains("not enough space on the disk", StringComparison.OrdinalIgnoreCase)
        || text.Contains("max_temp_directory_size", StringComparison.Ordinal);

    private static bool IsOutOfMemory(Exception cause) =>
        cause is DuckDBException { ErrorType: DuckDBErrorType.OutOfMemory }
        || cause.Message.StartsWith("Out of Memory Error", StringComparison.Ordinal);

    private static bool IsDamaged(string text) =>
        text.Contains("corrupt database file", StringComparison.OrdinalIgnoreCase)
        || text.Contains(ReplayFailure, StringComparison.Ordinal)
        || text.Contains("Database file appears to be corrupted", StringComparison.Ordinal)
        || text.Contains("Could not read enough bytes", StringComparison.Ordinal)
        || text.Contains("Invalid unicode (byte sequence mismatch)", StringComparison.Ordinal)
        || text.Contains("FSSTStorage", StringComparison.Ordinal)
        || text.Contains("bitmask for FixedSizeAllocator", StringComparison.Ordinal)
        || text.Contains("bit width for bitpacking", StringComparison.Ordinal)
        || text.Contains("Bitpacking offset is out of range", StringComparison.Ordinal)
        || text.StartsWith("Serialization Error", StringComparison.Ordinal);

    private static bool IsFatal(Exception cause) =>
        cause is DuckDBException { ErrorType: DuckDBErrorType.Fatal or DuckDBErrorType.Internal }
        || cause.Message.Contains("database has been invalidated", StringComparison.Ordinal);

    /// <summary>What the engine says, without the path, which may be called like any of its messages.</summary>
    private static string TextOf(Exception cause, string path) =>
        path.Length == 0 ? cause.Message : cause.Message.Replace(path, "", StringComparison.Ordinal);

    [GeneratedRegex("^(Constraint|Catalog|Binder|Dependency|Not implemented|Invalid Input|Conversion|Missing Extension|Out of Range) Error", RegexOptions.CultureInvariant)]
    private static partial Regex Refusal();

    [GeneratedRegex(
        "Too many open files|File name too long|Input/output error|Stale (NFS )?file handle|Too many levels of symbolic links|Not a directory|Device or resource busy"
        + "|Transport endpoint is not connected|Connection timed out|Host is down|Cannot allocate memory|No such device",
        RegexOptions.CultureInvariant)]
    private static partial Regex SystemFailure();

    [GeneratedRegex(@"Conflicting lock is held in (?<program>.+?) \(PID (?<pid>\d+)\)", RegexOptions.CultureInvariant)]
    private static partial Regex Holder();
}
