namespace SilverAudit;

/// <summary>What a monitor serves, and where.</summary>
public sealed record MonitorOptions
{
    /// <summary>Where it serves; at least one.</summary>
    public required IReadOnlyList<MonitorPrefix> Prefixes { get; init; }

    /// <summary>
    /// Looks at the store. Called on a thread of the monitor's own, never twice at a time; should not wait for a store that is held.
    /// </summary>
    public required Func<CancellationToken, StoreHealth> Read { get; init; }

    /// <summary>What the store must fulfil to be healthy.</summary>
    public HealthLimits Limits { get; init; } = new();

    /// <summary>For how long what was read is served before the store is looked at again.</summary>
    public TimeSpan RefreshInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Takes one line per request. Called on any thread; null when nobody listens.</summary>
    public Action<string>? Report { get; init; }

    /// <summary>Looks at a store by opening it, for the moment of one reading only.</summary>
    /// <param name="options">Which store.</param>
    public static Func<CancellationToken, StoreHealth> ReadingOf(StoreOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return cancellationToken =>
        {
            using var log = AuditLog.Open(new AuditLogOptions(), new NoHost());
            using var store = AuditStore.Open(options, log);
            return store.ReadHealth(cancellationToken);
        };
    }

    /// <summary>What a reading reports in passing goes nowhere; its result says what matters.</summary>
    private sealed class NoHost : IAuditHost
    {
        public bool IsListening(HostMessageLevel level) => false;

        public void Write(HostMessageLevel level, string message)
        {
        }

        public void ShowProgress(string activity, string status, int percent)
        {
        }
    }
}
