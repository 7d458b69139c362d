namespace SilverAudit;

/// <summary>The way that a notification takes.</summary>
public enum NotificationKind
{
    /// <summary>A mail through an SMTP server.</summary>
    Mail,

    /// <summary>A POST request with JSON.</summary>
    Webhook,
}
