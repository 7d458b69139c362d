using SilverAudit.Stores.DuckDb;
using SilverAudit.Stores.Isolation;

namespace SilverAudit;

/// <summary>Opens stores. The one place that knows which engines there are.</summary>
public static class AuditStore
{
    /// <summary>Returns the store at the given place. Nothing is opened or created before it is needed.</summary>
    /// <param name="options">Which store.</param>
    /// <param name="log">Where the work is reported. The caller keeps and disposes it.</param>
    public static IAuditStore Open(StoreOptions options, AuditLog log)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(log);
        return options.Isolation is { } command ? new IsolatedStore(options, command, log) : new DuckDbStore(options, log);
    }
}
