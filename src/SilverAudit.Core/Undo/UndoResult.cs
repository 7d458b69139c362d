namespace SilverAudit;

/// <summary>What was taken back of one run.</summary>
public sealed record UndoResult
{
    /// <summary>Identifies the undo, which is a run of its own in <c>silver_audit.etl_run</c>.</summary>
    public required Guid RunId { get; init; }

    /// <summary>The run that was taken back.</summary>
    public required Guid UndoneRunId { get; init; }

    /// <summary>The source that the run had loaded, as the history has it.</summary>
    public required string Source { get; init; }

    /// <summary>The table that the run had read.</summary>
    public required string SourceTable { get; init; }

    /// <summary>Full path of the store.</summary>
    public required string Destination { get; init; }

    /// <summary>The permanent table.</summary>
    public required string DestinationTable { get; init; }

    /// <summary>Whether the run was taken back, or only a plan was made.</summary>
    public required UndoStatus Status { get; init; }

    /// <summary>The status as a sentence.</summary>
    public required string Message { get; init; }

    /// <summary>Loads that the run had inserted and that have left the permanent table.</summary>
    public required long RemovedLoads { get; init; }

    /// <summary>Loads that the run had replaced and that have their former version again.</summary>
    public required long RestoredLoads { get; init; }

    /// <summary>Rows in the permanent table afterwards.</summary>
    public required long DestinationRows { get; init; }

    /// <summary>Why the run was taken back.</summary>
    public required string Reason { get; init; }

    /// <summary>When the undo started, in UTC.</summary>
    public required DateTime StartedAt { get; init; }

    /// <summary>How long it took.</summary>
    public required TimeSpan Duration { get; init; }
}
