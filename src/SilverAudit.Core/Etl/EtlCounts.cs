namespace SilverAudit.Etl;

/// <summary>What one source did to the store, counted inside the transaction that commits.</summary>
internal sealed record EtlCounts
{
    public long Source { get; init; }
    public long Inserted { get; init; }
    public long Updated { get; init; }
    public long Rejected { get; init; }

    /// <summary>Exact copies of another row of the same source.</summary>
    public long Copies { get; init; }

    /// <summary>Rows whose load is in the store already, whatever its content.</summary>
    public long Matched { get; init; }

    /// <summary>Those of the matched rows whose content differs.</summary>
    public long Differing { get; init; }

    public long DestinationRows { get; init; }
    public int DestinationColumns { get; init; }

    public long Skipped => Matched - Updated + Copies;

    public long Changed => Differing - Updated;
}
