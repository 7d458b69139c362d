using System.Globalization;

namespace SilverAudit;

/// <summary>The runs that started on one day.</summary>
public sealed record RunDay
{
    /// <summary>The day; its beginning, in UTC.</summary>
    public required DateTime Date { get; init; }

    /// <summary>All runs. An undo is no load and is left out of everything here.</summary>
    public required long TotalRuns { get; init; }

    /// <summary>Those that did not fail.</summary>
    public required long SuccessfulRuns { get; init; }

    /// <summary>Those that failed.</summary>
    public required long FailedRuns { get; init; }

    /// <summary>Loads that were new to the store.</summary>
    public required long InsertedRows { get; init; }

    /// <summary>How long a run took on average.</summary>
    public required TimeSpan AverageDuration { get; init; }

    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Date:yyyy-MM-dd}: {TotalRuns} runs, {FailedRuns} failed, {InsertedRows} rows inserted");
}
