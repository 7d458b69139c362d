using System.Globalization;
using System.Net;

namespace SilverAudit;

/// <summary>From whom to whom a mail goes, and through which server.</summary>
public sealed record MailOptions
{
    private const int SubmissionPort = 587;
    private const int ImplicitTlsPort = 465;
    private const int PlainPort = 25;

    /// <summary>The recipients, each as <c>name@host</c> or <c>Display name &lt;name@host&gt;</c>.</summary>
    public required IReadOnlyList<string> To { get; init; }

    /// <summary>The sender, written like a recipient.</summary>
    public required string From { get; init; }

    /// <summary>Name or address of the SMTP server.</summary>
    public required string SmtpServer { get; init; }

    /// <summary>Port of the SMTP server; null takes 587 with TLS and 25 without.</summary>
    public int? Port { get; init; }

    /// <summary>Nothing is sent before the connection is encrypted and the certificate of the server was found valid.</summary>
    public bool UseTls { get; init; }

    /// <summary>User name and password; null signs in as nobody.</summary>
    public NetworkCredential? Credential { get; init; }

    internal int EffectivePort => Port ?? (UseTls ? SubmissionPort : PlainPort);

    /// <summary>On this port a server speaks TLS from the first byte on.</summary>
    internal bool IsTlsImplicit => EffectivePort == ImplicitTlsPort;

    internal bool IsEncrypted => UseTls || IsTlsImplicit;

    internal string Server => string.Create(CultureInfo.InvariantCulture, $"{SmtpServer}:{EffectivePort}");
}
