using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using MailKit.Net.Smtp;
using MimeKit;

namespace SilverAudit.Notification;

/// <summary>
/// A connection to an SMTP server that goes on when one of several recipients is refused, since a stale address must not keep
/// bad news from the others, and that remembers what was wrong with a certificate.
/// </summary>
internal sealed class SmtpSession : SmtpClient
{
    private readonly List<string> _refusals = [];
    private SmtpCommandException? _lastRefusal;

    public SmtpSession()
    {
        // As for web requests: job hosts seldom reach the servers that know, and would trust no certificate at all.
        CheckCertificateRevocation = false;
        ServerCertificateValidationCallback = (_, _, chain, errors) =>
            errors == SslPolicyErrors.None ? true : throw new InvalidCertificateException(Describe(errors, chain));
    }

    /// <summary>Each recipient that was not accepted, with what the server said.</summary>
    public IReadOnlyList<string> RefusedRecipients => _refusals;

    protected override void OnRecipientNotAccepted(MimeMessage message, MailboxAddress mailbox, SmtpResponse response)
    {
        _refusals.Add($"{mailbox.Address} ({(int)response.StatusCode} {response.Response})");
        _lastRefusal = new SmtpCommandException(SmtpErrorCode.RecipientNotAccepted, response.StatusCode, mailbox, response.Response);
    }

    protected override void OnNoRecipientsAccepted(MimeMessage message) => throw _lastRefusal!;

    private static string Describe(SslPolicyErrors errors, X509Chain? chain)
    {
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable))
            return "there is none";
        var faults = chain?.ChainStatus.Select(status => status.StatusInformation.Trim()).Where(text => text.Length > 0).Distinct(StringComparer.Ordinal).ToList() ?? [];
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
            faults.Insert(0, "it is for another name than the one given");
        return faults.Count > 0 ? string.Join("; ", faults) : errors.ToString();
    }
}
