namespace SilverAudit;

/// <summary>Which store, and the resources that work on it may take.</summary>
public sealed record StoreOptions
{
    /// <summary>Full path of the store.</summary>
    public required string Destination { get; init; }

    /// <summary>The permanent table.</summary>
    public string DestinationTable { get; init; } = Schema.AuditSchema.DefaultDestinationTable;

    /// <summary>The table that tells a source from a store, where a destination has it and nothing of a store.</summary>
    public string SourceTable { get; init; } = Schema.AuditSchema.DefaultSourceTable;

    /// <summary>How long to wait for a file that another process holds.</summary>
    public TimeSpan LockTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The most memory that the engine may take, such as 512MB; null for the engine's default.</summary>
    public string? MemoryLimit { get; init; }

    /// <summary>The most threads that the engine may use; null for the engine's default.</summary>
    public int? Threads { get; init; }

    /// <summary>How to start a process of its own for the engine; null to run it in this one.</summary>
    public EngineCommand? Isolation { get; init; }
}
