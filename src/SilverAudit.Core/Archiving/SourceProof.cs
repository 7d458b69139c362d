namespace SilverAudit;

/// <summary>
/// What a re-read of the store found of one source. <c>SourceRows = EqualRows + CopiedRows + RejectedRows + UnprovenRows</c>, always.
/// </summary>
internal sealed record SourceProof
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

    /// <summary>Rows whose load the store has with the same content, rescued values included.</summary>
    public required long EqualRows { get; init; }

    /// <summary>Exact copies of another row of the source.</summary>
    public required long CopiedRows { get; init; }

    /// <summary>Invalid rows that are filed in <c>silver_audit.rejected_row</c>.</summary>
    public required long RejectedRows { get; init; }

    /// <summary>SHA-256 over the mapped columns of the rows that can be loaded, ordered by row.</summary>
    public required string SourceChecksum { get; init; }

    /// <summary>SHA-256 over the same columns of the same loads in the store.</summary>
    public required string DestinationChecksum { get; init; }

    /// <summary>Rows of which the store has nothing, or something else.</summary>
    public long UnprovenRows => SourceRows - EqualRows - CopiedRows - RejectedRows;

    /// <summary>True when every row of the source is in the store, one way or the other.</summary>
    public bool IsProven => UnprovenRows == 0 && SourceChecksum == DestinationChecksum;
}
