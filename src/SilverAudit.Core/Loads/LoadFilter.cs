namespace SilverAudit;

/// <summary>Which loads to read. Everything given must hold; of several texts in one list, one.</summary>
public sealed record LoadFilter
{
    /// <summary>Identifiers, exact or with wildcards; empty for all.</summary>
    public IReadOnlyList<string> LoadIds { get; init; } = [];

    /// <summary>Data sources, exact or with wildcards; empty for all.</summary>
    public IReadOnlyList<string> DataSources { get; init; } = [];

    /// <summary>Validation statuses, exact or with wildcards; empty for all.</summary>
    public IReadOnlyList<string> ValidationStatuses { get; init; } = [];

    /// <summary>Checksum statuses, exact or with wildcards; empty for all.</summary>
    public IReadOnlyList<string> ChecksumStatuses { get; init; } = [];

    /// <summary>Processed at this time or later, in UTC.</summary>
    public DateTime? Since { get; init; }

    /// <summary>Processed at this time or earlier, in UTC.</summary>
    public DateTime? Until { get; init; }

    /// <summary>Only loads that were, or were not, reprocessed.</summary>
    public bool? Reprocessed { get; init; }

    /// <summary>At most this many, the newest first; null for all, the oldest first.</summary>
    public int? Newest { get; init; }
}
