namespace SilverAudit;

/// <summary>A staging table that a crashed run left behind in a store.</summary>
public sealed record StagingTable
{
    /// <summary>Its name: the permanent table's, <c>_staging_</c>, and Unix seconds.</summary>
    public required string Name { get; init; }

    /// <summary>The rows it holds.</summary>
    public required long Rows { get; init; }

    /// <summary>Those of them that the permanent table does not have, or has with other content.</summary>
    public required long UnmergedRows { get; init; }

    /// <summary>When it was created, in UTC, by its name; null when the digits are no time.</summary>
    public required DateTime? CreatedAt { get; init; }

    /// <summary>True once it was dropped.</summary>
    public bool Removed { get; init; }

    /// <summary>Full path of the store.</summary>
    public required string Destination { get; init; }

    /// <summary>The permanent table.</summary>
    public required string DestinationTable { get; init; }
}
