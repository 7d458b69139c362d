namespace SilverAudit;

/// <summary>How important a message is to the user, from the least to the most.</summary>
public enum HostMessageLevel
{
    /// <summary>For developers: the statements that were executed.</summary>
    Debug,

    /// <summary>Details of the work.</summary>
    Verbose,

    /// <summary>What was done.</summary>
    Information,

    /// <summary>A risk that the user should know of.</summary>
    Warning,
}
