namespace SilverAudit;

/// <summary>One load, compared.</summary>
public sealed record LoadComparison
{
    /// <summary>The load; null for a source row without an identifier.</summary>
    public required string? LoadId { get; init; }

    /// <summary>Where it is, and whether both sides agree.</summary>
    public required LoadState State { get; init; }

    /// <summary>The columns whose values differ.</summary>
    public required IReadOnlyList<string> ChangedColumns { get; init; }

    /// <summary>The load as the source has it; null when it does not.</summary>
    public required AuditLoad? Source { get; init; }

    /// <summary>The load as the store has it; null when it does not.</summary>
    public required AuditLoad? Destination { get; init; }
}
