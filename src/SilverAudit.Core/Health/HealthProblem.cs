namespace SilverAudit;

/// <summary>What makes a store unhealthy.</summary>
public enum HealthProblem
{
    /// <summary>The store could not be read.</summary>
    Unreadable,

    /// <summary>The last run into the permanent table failed.</summary>
    LastRunFailed,

    /// <summary>The disk of the store has less free space than it should have.</summary>
    FreeSpaceLow,

    /// <summary>There has been no run for longer than there should have been.</summary>
    RunOverdue,
}
