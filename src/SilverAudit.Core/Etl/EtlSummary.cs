namespace SilverAudit;

/// <summary>What a batch of sources did as a whole.</summary>
public sealed record EtlSummary
{
    /// <summary>Sources that were worked on.</summary>
    public required int TotalSources { get; init; }

    /// <summary>Those that did not fail.</summary>
    public int SuccessfulSources => TotalSources - FailedSources;

    /// <summary>Those that failed.</summary>
    public int FailedSources => Failures.Count;

    /// <summary>True when no source failed, and nothing else that was asked for: no check of the store, no archiving.</summary>
    public bool Success => FailedSources == 0 && Problems.Count == 0;

    /// <summary>The sources that failed, with their reasons.</summary>
    public required IReadOnlyList<EtlFailure> Failures { get; init; }

    /// <summary>The names of the checks of the store that failed; empty when none did, or none was asked for.</summary>
    public IReadOnlyList<string> FailedChecks { get; init; } = [];

    /// <summary>The sources that were loaded but not archived although that was asked for, with their reasons.</summary>
    public IReadOnlyList<EtlFailure> NotArchived { get; init; } = [];

    /// <summary>What failed besides the sources, a sentence each: checks of the store, and sources that were not archived.</summary>
    public IReadOnlyList<string> Problems =>
    [
        .. FailedChecks.Select(check => $"A check of the store failed: {check}"),
        .. NotArchived.Select(failure => $"Not archived: {failure.Source}: {failure.ErrorId}"),
    ];

    /// <summary>Rows in the sources.</summary>
    public required long SourceRows { get; init; }

    /// <summary>Loads that were new to the store.</summary>
    public required long InsertedRows { get; init; }

    /// <summary>Loads that a reprocessing replaced.</summary>
    public required long UpdatedRows { get; init; }

    /// <summary>Rows whose load was there already and was left as it is, and exact copies of another row.</summary>
    public required long SkippedRows { get; init; }

    /// <summary>The part of <see cref="SkippedRows"/> whose content differs from the store's.</summary>
    public required long ChangedRows { get; init; }

    /// <summary>Invalid rows that were filed.</summary>
    public required long RejectedRows { get; init; }

    /// <summary>Sources that were archived.</summary>
    public required int ArchivedSources { get; init; }

    /// <summary>Full path of the store.</summary>
    public required string Destination { get; init; }

    /// <summary>The permanent table.</summary>
    public required string DestinationTable { get; init; }

    /// <summary>When the first source was begun, in UTC.</summary>
    public required DateTime StartedAt { get; init; }

    /// <summary>From the beginning of the first source to the end of the last.</summary>
    public required TimeSpan Duration { get; init; }
}
