namespace SilverAudit;

/// <summary>Where the log goes.</summary>
public sealed record AuditLogOptions
{
    /// <summary>Full path of the log file; null for none.</summary>
    public string? FilePath { get; init; }

    /// <summary>The least important kind of line that the file takes.</summary>
    public AuditLogLevel Level { get; init; } = AuditLogLevel.Info;
}
