namespace SilverAudit;

/// <summary>What one check of a store has found.</summary>
public sealed record CheckResult
{
    /// <summary>The stable name of the check.</summary>
    public required string Check { get; init; }

    /// <summary>True when nothing was found to be wrong.</summary>
    public bool Passed => FailureCount == 0;

    /// <summary>How many rows, columns or tables are wrong; at least 1 when the check failed, also when it could not be made.</summary>
    public required long FailureCount { get; init; }

    /// <summary>What was found.</summary>
    public required string Message { get; init; }

    /// <summary>The names of the first few that are wrong: loads, columns or tables.</summary>
    public IReadOnlyList<string> Sample { get; init; } = [];

    /// <summary>Full path of the store.</summary>
    public string Destination { get; init; } = "";

    /// <summary>The permanent table.</summary>
    public string DestinationTable { get; init; } = "";
}
