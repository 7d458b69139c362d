using SilverAudit.Logging;
using SilverAudit.Stores.DuckDb;

namespace SilverAudit;

/// <summary>Where the log goes.</summary>
public sealed record AuditLogOptions
{
    /// <summary>Full path of the log file; null for none.</summary>
    public string? FilePath { get; init; }

    /// <summary>The least important kind of line that the file takes.</summary>
    public AuditLogLevel Level { get; init; } = AuditLogLevel.Info;

    /// <summary>Refuses a log file that is the store, the engine's log beside it, or another database. Nothing is opened for writing.</summary>
    /// <param name="storePath">Full path of the store, which need not exist.</param>
    /// <exception cref="AuditException"><see cref="AuditErrorId.LogPathInvalid"/>.</exception>
    public void RefuseDatabase(string storePath)
    {
        if (FilePath is null)
            return;
        var store = FileLocation.Resolve(storePath);
        var what = FileLocation.IsSame(FilePath, store) ? "is the store itself"
            : FileLocation.IsSame(FilePath, FileLocation.LogOf(store)) ? "is the log of the store's engine"
            : LogFile.FindDatabase(FilePath);
        if (what is not null)
        {
            throw new AuditException(AuditErrorId.LogPathInvalid, FilePath,
                $"The log file '{FilePath}' {what}, which no log is written to. Nothing was done. Name another with -LogPath, or use -NoLog.");
        }
    }
}
