using MimeKit;

namespace SilverAudit.Testing;

/// <summary>A mail as a server received it: the envelope and the message.</summary>
public sealed record ReceivedMail(string Sender, IReadOnlyList<string> Recipients, string? User, bool IsEncrypted, MimeMessage Message)
{
    public string Subject => Message.Subject ?? "";

    public string Text => Message.TextBody?.ReplaceLineEndings("\n") ?? "";

    public string Html => Message.HtmlBody ?? "";
}
