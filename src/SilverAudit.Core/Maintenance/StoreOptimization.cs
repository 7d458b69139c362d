namespace SilverAudit;

/// <summary>What the upkeep of a store came to.</summary>
public sealed record StoreOptimization
{
    /// <summary>Full path of the store.</summary>
    public required string Destination { get; init; }

    /// <summary>The permanent table.</summary>
    public required string DestinationTable { get; init; }

    /// <summary>Size of the store before, in bytes.</summary>
    public required long SizeBefore { get; init; }

    /// <summary>Size of the store afterwards, in bytes.</summary>
    public required long SizeAfter { get; init; }

    /// <summary>Size of the store's write-ahead log before, in bytes.</summary>
    public required long WalBefore { get; init; }

    /// <summary>Size of the store's write-ahead log afterwards, in bytes.</summary>
    public required long WalAfter { get; init; }

    /// <summary>What was gained, in bytes; negative when the store has grown.</summary>
    public long FreedBytes => SizeBefore + WalBefore - SizeAfter - WalAfter;

    /// <summary>The tables that were analysed.</summary>
    public required int Tables { get; init; }

    /// <summary>True when a compact copy has taken the place of the store.</summary>
    public required bool Compacted { get; init; }

    /// <summary>When the work started, in UTC.</summary>
    public required DateTime StartedAt { get; init; }

    /// <summary>How long it took.</summary>
    public required TimeSpan Duration { get; init; }
}
