namespace SilverAudit;

/// <summary>What to compare, and which loads to return.</summary>
public sealed record ComparisonOptions
{
    /// <summary>The table to read in the source.</summary>
    public string SourceTable { get; init; } = Schema.AuditSchema.DefaultSourceTable;

    /// <summary>The columns to compare; empty for all. Case and underscores do not matter.</summary>
    public IReadOnlyList<string> Columns { get; init; } = [];

    /// <summary>True to return loads that are the same on both sides, too.</summary>
    public bool IncludeEqual { get; init; }

    /// <summary>True to return loads that only the store has, too.</summary>
    public bool IncludeDestinationOnly { get; init; }
}
