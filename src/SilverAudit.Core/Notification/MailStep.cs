namespace SilverAudit.Notification;

/// <summary>How far a mail has come.</summary>
internal enum MailStep
{
    Connect,
    SignIn,
    Send,
}
