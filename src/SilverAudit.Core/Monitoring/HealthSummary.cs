namespace SilverAudit.Monitoring;

/// <summary>
/// What may be said of a store to whoever can reach the monitor: no path, no text of the store or of the engine, only words of ours.
/// </summary>
internal static class HealthSummary
{
    private const string Undo = "Undo";
    private const string Unknown = "Unknown";

    /// <summary>What is wrong; null when nothing is.</summary>
    public static string? Error(StoreHealth health) =>
        health.Problems.Count == 0 ? null : string.Join(' ', health.Problems.Select(problem => Describe(problem, health)));

    /// <summary>A status of the history, if it is one that this module writes.</summary>
    public static string? Status(string? text) => text switch
    {
        null => null,
        Undo => Undo,
        _ => Enum.GetNames<EtlStatus>().Contains(text) ? text : Unknown,
    };

    /// <summary>An identifier of a failure, if it is one of ours.</summary>
    public static string? ErrorId(string? text) => text is null || Enum.GetNames<AuditErrorId>().Contains(text) ? text : Unknown;

    private static string Describe(HealthProblem problem, StoreHealth health) => problem switch
    {
        HealthProblem.Unreadable => health.ErrorId switch
        {
            nameof(AuditErrorId.StoreLocked) => "The store is in use and has not been read yet.",
            nameof(AuditErrorId.StoreNotFound) => "There is no store.",
            var errorId => $"The store can't be read ({ErrorId(errorId) ?? Unknown}); Get-SilverAuditHealth on its machine says more.",
        },
        HealthProblem.LastRunFailed => $"The last run failed ({ErrorId(health.LastRunErrorId) ?? Unknown}).",
        HealthProblem.FreeSpaceLow => "The disk of the store is nearly full.",
        HealthProblem.RunOverdue => "There has been no run for too long.",
        _ => problem.ToString(),
    };
}
