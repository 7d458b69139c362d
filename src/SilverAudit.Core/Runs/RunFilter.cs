namespace SilverAudit;

/// <summary>Which runs to read. Everything given must hold; of several values in one list, one.</summary>
public sealed record RunFilter
{
    /// <summary>Identifiers; null for all, empty for none.</summary>
    public IReadOnlyList<Guid>? RunIds { get; init; }

    /// <summary>Statuses, exact or with wildcards; empty for all.</summary>
    public IReadOnlyList<string> Statuses { get; init; } = [];

    /// <summary>Full paths or file names of sources, exact or with wildcards; empty for all.</summary>
    public IReadOnlyList<string> Sources { get; init; } = [];

    /// <summary>Only runs into this permanent table; null for all.</summary>
    public string? DestinationTable { get; init; }

    /// <summary>Started at this time or later, in UTC.</summary>
    public DateTime? Since { get; init; }

    /// <summary>Started at this time or earlier, in UTC.</summary>
    public DateTime? Until { get; init; }

    /// <summary>At most this many, the newest first; null for all, the oldest first.</summary>
    public int? Newest { get; init; }
}
