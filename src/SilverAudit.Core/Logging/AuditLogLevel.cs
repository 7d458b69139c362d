namespace SilverAudit;

/// <summary>The least important kind of line that the log file takes.</summary>
public enum AuditLogLevel
{
    /// <summary>Everything, the executed statements included.</summary>
    Debug,

    /// <summary>What was done, and what is below.</summary>
    Info,

    /// <summary>Risks, and failures.</summary>
    Warning,

    /// <summary>Failures only.</summary>
    Error,
}
