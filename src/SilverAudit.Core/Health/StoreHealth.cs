namespace SilverAudit;

/// <summary>How a store is. Figures that could not be had are null.</summary>
public sealed record StoreHealth
{
    /// <summary>Healthy when there are no problems.</summary>
    public HealthStatus Status => Problems.Count == 0 ? HealthStatus.Healthy : HealthStatus.Unhealthy;

    /// <summary>What is wrong and what to do next; null when nothing is.</summary>
    public string? Reason { get; init; }

    /// <summary>What is wrong, for scripts; empty when nothing is.</summary>
    public IReadOnlyList<HealthProblem> Problems { get; init; } = [];

    /// <summary>The stable identifier of what kept the store from being read; null when it was read.</summary>
    public string? ErrorId { get; init; }

    /// <summary>True when the store could be read.</summary>
    public bool Accessible { get; init; }

    /// <summary>Loads in the permanent table.</summary>
    public long? TotalRows { get; init; }

    /// <summary>Those of them that were first processed within the last 24 hours.</summary>
    public long? LoadsLast24Hours { get; init; }

    /// <summary>The earliest processing time of all loads, in UTC; null when there are none.</summary>
    public DateTime? OldestLoad { get; init; }

    /// <summary>The latest processing time of all loads, in UTC; null when there are none.</summary>
    public DateTime? NewestLoad { get; init; }

    /// <summary>How many different data sources the loads come from.</summary>
    public long? DataSources { get; init; }

    /// <summary>When the last run into the permanent table started, in UTC; null when the history knows of none.</summary>
    public DateTime? LastRun { get; init; }

    /// <summary>How long it took.</summary>
    public TimeSpan? LastRunDuration { get; init; }

    /// <summary>How it ended, as in the history.</summary>
    public string? LastRunStatus { get; init; }

    /// <summary>The stable identifier of its failure; null when it did not fail.</summary>
    public string? LastRunErrorId { get; init; }

    /// <summary>What went wrong with it; null when nothing did.</summary>
    public string? LastRunError { get; init; }

    /// <summary>How many runs of the last 24 hours failed.</summary>
    public long? FailedRunsLast24Hours { get; init; }

    /// <summary>Size of the store's file.</summary>
    public long? SizeBytes { get; init; }

    /// <summary>Size of the write-ahead log beside it; 0 when there is none.</summary>
    public long? WalSizeBytes { get; init; }

    /// <summary>Free space on the store's disk for the account that asked.</summary>
    public long? FreeBytes { get; init; }

    /// <summary>Full path of the store.</summary>
    public required string Destination { get; init; }

    /// <summary>The permanent table.</summary>
    public required string DestinationTable { get; init; }

    /// <summary>When the store was looked at, in UTC.</summary>
    public required DateTime CheckedAt { get; init; }

    /// <summary>What is known of a store that could not be read.</summary>
    internal StoreHealth NewUnreadable(AuditException failure) => this with
    {
        Accessible = false,
        ErrorId = failure.ErrorId.ToString(),
        Reason = failure.Message,
        Problems = [HealthProblem.Unreadable],
    };
}
