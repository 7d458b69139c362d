namespace SilverAudit;

/// <summary>A backup of a store: what was copied, and what the verification found.</summary>
public sealed record StoreBackup
{
    /// <summary>Full path of the backup.</summary>
    public required string Path { get; init; }

    /// <summary>Full path of the store.</summary>
    public required string Destination { get; init; }

    /// <summary>The permanent table.</summary>
    public required string DestinationTable { get; init; }

    /// <summary>Size of the backup.</summary>
    public required long SizeBytes { get; init; }

    /// <summary>Its tables.</summary>
    public required int Tables { get; init; }

    /// <summary>The rows of all its tables.</summary>
    public required long Rows { get; init; }

    /// <summary>Checksum over the rows of all tables, the same for the store and the backup.</summary>
    public required string Checksum { get; init; }

    /// <summary>When the work started, in UTC.</summary>
    public required DateTime StartedAt { get; init; }

    /// <summary>How long it took.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>True: the backup was opened again, and all that is in it was compared with the store.</summary>
    public required bool Verified { get; init; }

    /// <summary>Full paths of the older backups that were removed, the oldest first.</summary>
    public IReadOnlyList<string> RemovedBackups { get; init; } = [];
}
