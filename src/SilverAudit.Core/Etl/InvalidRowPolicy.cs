namespace SilverAudit;

/// <summary>What happens to a source that holds invalid rows.</summary>
public enum InvalidRowPolicy
{
    /// <summary>The source fails and nothing of it is written.</summary>
    Fail,

    /// <summary>The good rows load; the bad ones are filed with their reason in <c>silver_audit.rejected_row</c>.</summary>
    Reject,
}
