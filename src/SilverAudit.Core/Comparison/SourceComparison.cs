namespace SilverAudit;

/// <summary>One source, compared with the store as a whole.</summary>
public sealed record SourceComparison
{
    /// <summary>Full path of the source file.</summary>
    public required string Source { get; init; }

    /// <summary>The table that was read.</summary>
    public required string SourceTable { get; init; }

    /// <summary>Full path of the store.</summary>
    public required string Destination { get; init; }

    /// <summary>The permanent table.</summary>
    public required string DestinationTable { get; init; }

    /// <summary>Rows in the source table.</summary>
    public required long SourceRows { get; init; }

    /// <summary>Rows whose load the store does not have.</summary>
    public required long SourceOnly { get; init; }

    /// <summary>Rows whose load the store has with different content.</summary>
    public required long Changed { get; init; }

    /// <summary>Rows whose load the store has with the same content.</summary>
    public required long Equal { get; init; }

    /// <summary>Loads that only the store has.</summary>
    public required long DestinationOnly { get; init; }

    /// <summary>SHA-256 over the mapped columns of the source's rows, ordered by load.</summary>
    public required string SourceChecksum { get; init; }

    /// <summary>SHA-256 over the same columns of the same loads in the store.</summary>
    public required string DestinationChecksum { get; init; }

    /// <summary>True when both checksums are the same.</summary>
    public bool ChecksumMatch => SourceChecksum == DestinationChecksum;

    /// <summary>True when everything in the source is in the store, identical.</summary>
    public bool IsIncluded => SourceOnly == 0 && Changed == 0;
}
