namespace SilverAudit;

/// <summary>
/// What happened to one source. <c>SourceRows = InsertedRows + UpdatedRows + SkippedRows + RejectedRows</c>, always.
/// </summary>
public sealed record EtlResult
{
    /// <summary>Identifies the run in <c>silver_audit.etl_run</c>.</summary>
    public required Guid RunId { get; init; }

    /// <summary>Full path of the source file.</summary>
    public required string Source { get; init; }

    /// <summary>The table that was read.</summary>
    public required string SourceTable { get; init; }

    /// <summary>Full path of the store.</summary>
    public required string Destination { get; init; }

    /// <summary>The permanent table.</summary>
    public required string DestinationTable { get; init; }

    /// <summary>True when there was no store, and the run created it.</summary>
    public bool DestinationCreated { get; init; }

    /// <summary>How the run ended.</summary>
    public required EtlStatus Status { get; init; }

    /// <summary>The status as a sentence.</summary>
    public required string Message { get; init; }

    /// <summary>False when the run failed.</summary>
    public bool Success => Status != EtlStatus.Failed;

    /// <summary>Rows in the source table.</summary>
    public long SourceRows { get; init; }

    /// <summary>Loads that were new to the store.</summary>
    public long InsertedRows { get; init; }

    /// <summary>Loads that a reprocessing replaced.</summary>
    public long UpdatedRows { get; init; }

    /// <summary>Rows whose load was there already and was left as it is, and exact copies of another row.</summary>
    public long SkippedRows { get; init; }

    /// <summary>The part of <see cref="SkippedRows"/> whose content differs from the store's.</summary>
    public long ChangedRows { get; init; }

    /// <summary>Invalid rows that were filed in <c>silver_audit.rejected_row</c>.</summary>
    public long RejectedRows { get; init; }

    /// <summary>Rows in the permanent table after the run; null when the store was not reached.</summary>
    public long? DestinationRows { get; init; }

    /// <summary>Columns of the permanent table after the run; null when the store was not reached.</summary>
    public int? DestinationColumns { get; init; }

    /// <summary>Source columns that the permanent table lacked.</summary>
    public IReadOnlyList<string> NewColumns { get; init; } = [];

    /// <summary>Permanent columns that the source lacked.</summary>
    public IReadOnlyList<string> MissingColumns { get; init; } = [];

    /// <summary>When the run started, in UTC.</summary>
    public required DateTime StartedAt { get; init; }

    /// <summary>How long it took.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>Full path of the source in the archive; null when it was not archived.</summary>
    public string? ArchivedTo { get; init; }

    /// <summary>The stable identifier of the failure; null when there was none.</summary>
    public string? ErrorId { get; init; }

    /// <summary>What went wrong and what to do next; null when nothing did.</summary>
    public string? Error { get; init; }
}
