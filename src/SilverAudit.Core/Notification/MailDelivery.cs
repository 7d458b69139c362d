using System.Net.Sockets;
using MailKit.Security;
using MimeKit;
using MimeKit.Utils;

namespace SilverAudit.Notification;

/// <summary>Sends reports as mails with a text and an HTML body.</summary>
internal sealed class MailDelivery : NotificationDelivery
{
    private const long MostBytes = 1_000_000;

    private static readonly TimeSpan s_farewell = TimeSpan.FromSeconds(2);

    private readonly MailOptions _options;
    private readonly MailboxAddress _from;
    private readonly IReadOnlyList<MailboxAddress> _to;
    private MailStep _step;

    public MailDelivery(MailOptions options, TimeSpan timeout)
        : this(Check(options), MailAddresses.Parse(options.From), [.. options.To.Select(MailAddresses.Parse)], timeout)
    {
    }

    private MailDelivery(MailOptions options, MailboxAddress from, IReadOnlyList<MailboxAddress> to, TimeSpan timeout)
        : base(NotificationKind.Mail, string.Join(", ", to.Select(address => address.Address)), options.Server, timeout)
    {
        _options = options;
        _from = from;
        _to = to;
    }

    private protected override AuditErrorId FailureId => AuditErrorId.MailNotSent;

    private protected override string FailureAdvice => "Correct that, then send the results again.";

    private protected override async Task<string?> SendAsync(NotificationReport report, CancellationToken stop)
    {
        using var message = NewMessage(report);
        // One clock is enough, the one behind the token.
        using var session = new SmtpSession { Timeout = System.Threading.Timeout.Infinite };
        _step = MailStep.Connect;
        // A server that never ends what it says would fill the memory.
        using var client = new TcpClient();
        await client.ConnectAsync(_options.SmtpServer, _options.EffectivePort, stop).ConfigureAwait(false);
        await session.ConnectAsync(new CappedStream(client.GetStream(), MostBytes), _options.SmtpServer, _options.EffectivePort, Security(), stop)
            .ConfigureAwait(false);
        _step = MailStep.SignIn;
        if (_options.Credential is { } credential)
            await session.AuthenticateAsync(credential, stop).ConfigureAwait(false);
        _step = MailStep.Send;
        await session.SendAsync(message, stop).ConfigureAwait(false);
        await LeaveAsync(session).ConfigureAwait(false);
        return session.RefusedRecipients.Count == 0 ? null : $"Not accepted: {string.Join("; ", session.RefusedRecipients)}.";
    }

    private protected override string? ReasonFor(Exception failure) => MailFailures.ReasonFor(failure, _step);

    private SecureSocketOptions Security() => _options switch
    {
        { IsTlsImplicit: true } => SecureSocketOptions.SslOnConnect,
        { UseTls: true } => SecureSocketOptions.StartTls,
        _ => SecureSocketOptions.None,
    };

    private MimeMessage NewMessage(NotificationReport report)
    {
        var message = new MimeMessage { Subject = report.Subject, Date = DateTimeOffset.Now };
        message.From.Add(_from);
        message.To.AddRange(_to);
        message.MessageId = MimeUtils.GenerateMessageId(_from.Domain);
        message.Headers.Add("Auto-Submitted", "auto-generated");
        message.Headers.Add("X-Auto-Response-Suppress", "All");
        if (!report.Success)
            message.Importance = MessageImportance.High;
        message.Body = new BodyBuilder { TextBody = TextBody.Of(report), HtmlBody = HtmlBody.Of(report) }.ToMessageBody();
        return message;
    }

    // The server has the mail by now: whether it says goodbye nicely changes nothing.
    private static async Task LeaveAsync(SmtpSession session)
    {
        using var limit = new CancellationTokenSource(s_farewell);
        try
        {
            await session.DisconnectAsync(quit: true, limit.Token).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is OperationCanceledException or IOException or MailKit.ProtocolException or System.Net.Sockets.SocketException)
        {
        }
    }

    private static MailOptions Check(MailOptions options)
    {
        if (Uri.CheckHostName(options.SmtpServer) == UriHostNameType.Unknown)
        {
            throw new AuditException(
                AuditErrorId.SmtpServerInvalid, options.SmtpServer,
                $"'{options.SmtpServer}' is no name of a server. Give its name or address alone, such as -SmtpServer smtp.example.com, and the port with -Port.");
        }

        if (options is { Credential: not null, IsEncrypted: false })
        {
            throw new AuditException(
                AuditErrorId.CredentialNotProtected, options.SmtpServer,
                $"A password would go to '{options.Server}' readable for everybody on the way. Add -UseTls or, if the server wants no password, do without -Credential.");
        }

        return options;
    }
}
