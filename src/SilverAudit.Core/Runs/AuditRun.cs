namespace SilverAudit;

/// <summary>One run as the history of a store has it: what happened to one source, or what an undo took back.</summary>
public sealed record AuditRun
{
    /// <summary>The status of a run that took back another one.</summary>
    public const string Undo = "Undo";

    /// <summary>Identifies the run.</summary>
    public required Guid RunId { get; init; }

    /// <summary>When it started, in UTC.</summary>
    public DateTime? StartedAt { get; init; }

    /// <summary>When it ended, in UTC.</summary>
    public DateTime? FinishedAt { get; init; }

    /// <summary>How long it took.</summary>
    public TimeSpan? Duration => FinishedAt - StartedAt;

    /// <summary>The processing time of the loads that it inserted, in UTC; null for a run that failed.</summary>
    public DateTime? ProcessingTimestamp { get; init; }

    /// <summary>Full path of the source file.</summary>
    public string? Source { get; init; }

    /// <summary>The table that was read.</summary>
    public string? SourceTable { get; init; }

    /// <summary>Full path of the store.</summary>
    public string Destination { get; init; } = "";

    /// <summary>The permanent table.</summary>
    public string? DestinationTable { get; init; }

    /// <summary>How it ended: the name of an <see cref="EtlStatus"/>, or <see cref="Undo"/>.</summary>
    public string? Status { get; init; }

    /// <summary>The status as a sentence.</summary>
    public string? Message { get; init; }

    /// <summary>False when the run failed.</summary>
    public bool Success => Status != nameof(EtlStatus.Failed);

    /// <summary>Rows in the source table.</summary>
    public long SourceRows { get; init; }

    /// <summary>Loads that were new to the store.</summary>
    public long InsertedRows { get; init; }

    /// <summary>Loads that a reprocessing replaced.</summary>
    public long UpdatedRows { get; init; }

    /// <summary>Rows whose load was there already and was left as it is, and exact copies of another row.</summary>
    public long SkippedRows { get; init; }

    /// <summary>The part of <see cref="SkippedRows"/> whose content differed from the store's.</summary>
    public long ChangedRows { get; init; }

    /// <summary>Invalid rows that were filed in <c>silver_audit.rejected_row</c>, or had been by an earlier run.</summary>
    public long RejectedRows { get; init; }

    /// <summary>Rows in the permanent table after the run; null when the store was not reached.</summary>
    public long? DestinationRows { get; init; }

    /// <summary>The stable identifier of the failure; null when there was none.</summary>
    public string? ErrorId { get; init; }

    /// <summary>What went wrong and what to do next; null when nothing did.</summary>
    public string? Error { get; init; }

    /// <summary>Why loads were reprocessed, or the run that is named was taken back.</summary>
    public string? ReprocessingReason { get; init; }

    /// <summary>The account that ran it.</summary>
    public string? UserName { get; init; }

    /// <summary>The machine that ran it.</summary>
    public string? HostName { get; init; }

    /// <summary>The process that ran it.</summary>
    public int? ProcessId { get; init; }

    /// <summary>The version of this module that ran it.</summary>
    public string? ModuleVersion { get; init; }

    /// <summary>The run that this one took back; null when it is no undo.</summary>
    public Guid? UndoneRunId { get; init; }

    /// <summary>The run that took this one back; null when none did.</summary>
    public Guid? UndoneBy { get; init; }
}
