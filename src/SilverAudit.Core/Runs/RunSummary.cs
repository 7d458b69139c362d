namespace SilverAudit;

/// <summary>Several runs, summed up.</summary>
public sealed record RunSummary
{
    /// <summary>All runs. An undo is no load and is left out of everything here.</summary>
    public required long TotalRuns { get; init; }

    /// <summary>Those that did not fail.</summary>
    public required long SuccessfulRuns { get; init; }

    /// <summary>Those that failed.</summary>
    public required long FailedRuns { get; init; }

    /// <summary>Loads that were new to the store.</summary>
    public required long InsertedRows { get; init; }

    /// <summary>Loads that a reprocessing replaced.</summary>
    public required long UpdatedRows { get; init; }

    /// <summary>Rows whose load was there already and was left as it is, and exact copies.</summary>
    public required long SkippedRows { get; init; }

    /// <summary>Rows that were rejected.</summary>
    public required long RejectedRows { get; init; }

    /// <summary>How long a run took on average; zero when there was none.</summary>
    public required TimeSpan AverageDuration { get; init; }

    /// <summary>When the first of them started, in UTC; null when there was none.</summary>
    public required DateTime? First { get; init; }

    /// <summary>When the last of them started, in UTC; null when there was none.</summary>
    public required DateTime? Last { get; init; }

    /// <summary>The days on which any of them started, the earliest first.</summary>
    public required IReadOnlyList<RunDay> Days { get; init; }

    /// <summary>Full path of the store.</summary>
    public string Destination { get; init; } = "";

    /// <summary>The permanent table.</summary>
    public string DestinationTable { get; init; } = "";
}
