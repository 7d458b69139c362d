using System.Globalization;
using System.Net.Sockets;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using SilverAudit.Stores.DuckDb;

namespace SilverAudit.Notification;

/// <summary>Says in words why a server did not take a mail. The words of the server are kept; no password is in them.</summary>
internal static class MailFailures
{
    public static string? ReasonFor(Exception failure, MailStep step) => failure switch
    {
        _ when Find<InvalidCertificateException>(failure) is { } cause =>
            $"Its certificate is not valid: {cause.Message}. Let this computer trust the authority that issued it, or give the name in the certificate with -SmtpServer.",
        SslHandshakeException => $"The connection could not be encrypted: {EngineFailures.FirstLine(Innermost(failure).Message)} Check the port: a server takes -UseTls on 587 or 25, and encrypts from the start on 465.",
        AuthenticationException => $"It did not accept who signed in ({failure.Message.TrimEnd('.')}). Check user name and password.",
        ServiceNotAuthenticatedException => $"It wants to know who sends ({failure.Message.TrimEnd('.')}). Give user name and password with -UseTls and -Credential.",
        SmtpCommandException refusal => $"{What(refusal)}: {Status(refusal.StatusCode)} {refusal.Message}",
        NotSupportedException when step is MailStep.Connect =>
            "It offers no encryption (STARTTLS). Use another server or port, or leave -UseTls out if the network is trusted.",
        NotSupportedException when step is MailStep.SignIn => "It takes no user name and password. Do without -Credential.",
        NotSupportedException => failure.Message,
        SocketException => $"It could not be reached: {failure.Message}",
        TimeoutException => "It did not answer in time.",
        ProtocolException or ServiceNotConnectedException or IOException => $"The connection failed: {failure.Message}",
        _ => null,
    };

    private static string What(SmtpCommandException refusal) => refusal.ErrorCode switch
    {
        SmtpErrorCode.RecipientNotAccepted => "It accepted none of the recipients",
        SmtpErrorCode.SenderNotAccepted => $"It did not accept the sender '{refusal.Mailbox?.Address}'",
        SmtpErrorCode.MessageNotAccepted => "It did not accept the message",
        _ => "It refused",
    };

    private static string Status(SmtpStatusCode code) => ((int)code).ToString(CultureInfo.InvariantCulture);

    private static T? Find<T>(Exception? failure)
        where T : Exception => failure is null or T ? (T?)failure : Find<T>(failure.InnerException);

    private static Exception Innermost(Exception failure) => failure.InnerException is { } inner ? Innermost(inner) : failure;
}
