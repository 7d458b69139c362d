using System.Management.Automation;
using System.Net;
using SmtpServer.Protocol;

namespace SilverAudit.PowerShell.Tests;

/// <summary>What goes wrong on the way to a mail server is an error with an id and a reason, and no secret in it.</summary>
public sealed class NotificationFailureTests : IDisposable
{
    private const string Secret = "S3cr3t-Hunter2";
    private const string Send = "Send-SilverAuditNotification -From etl@example.com";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly Module _module = new();

    public NotificationFailureTests() =>
        _module.Succeed("$global:results = Invoke-SilverAuditEtl $args[0] -NoLog", Path.Combine(Module.SamplesPath, "batch1.db"));

    public void Dispose() => _module.Dispose();

    [Fact]
    public async Task A_server_that_never_ends_what_it_says()
    {
        using var listener = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        long sent = 0;
        var talking = Task.Run(async () =>
        {
            using var client = await listener.AcceptTcpClientAsync();
            var words = System.Text.Encoding.ASCII.GetBytes("220-" + new string('x', 60_000) + "\r\n");
            try
            {
                for (; sent < 2_000_000_000; sent += words.Length)
                {
                    await client.GetStream().WriteAsync(words);
                }
            }
            catch (IOException)
            {
                // It had enough, as it should.
            }
        });

        var outcome = Fail("-SmtpServer localhost -Port $args[0] -To admin@example.com", ((IPEndPoint)listener.LocalEndpoint).Port);
        await talking;

        AssertFailure(outcome, "");
        Assert.InRange(sent, 0, 50_000_000);
    }

    [Fact]
    public void A_server_that_is_not_there()
    {
        var outcome = Fail("-SmtpServer localhost -Port $args[0] -To admin@example.com", SilentServer.ClosedPort());

        AssertFailure(outcome, "It could not be reached: ");
    }

    [Fact]
    public void A_server_whose_name_nobody_knows()
    {
        var outcome = Fail("-SmtpServer no-such-host.invalid -To admin@example.com");

        AssertFailure(outcome, "It could not be reached: ");
    }

    [Fact]
    public void A_server_that_never_answers()
    {
        using var server = new SilentServer();

        var outcome = Fail("-SmtpServer localhost -Port $args[0] -To admin@example.com -TimeoutSec 1", server.Port);

        AssertFailure(outcome, "It was not done within 1 seconds.");
    }

    [Fact]
    public void A_recipient_that_the_server_does_not_know()
    {
        using var server = new MailServer();
        server.UnknownAddresses.Add("nobody@example.com");

        var outcome = Fail("-SmtpServer localhost -Port $args[0] -To nobody@example.com", server.Port);

        AssertFailure(outcome, "It accepted none of the recipients: 550 ");
        Assert.Empty(server.Mails);
    }

    [Fact]
    public void One_unknown_recipient_does_not_keep_the_mail_from_the_others_and_is_an_error_all_the_same()
    {
        using var server = new MailServer();
        server.UnknownAddresses.Add("nobody@example.com");

        var outcome = Fail("-SmtpServer localhost -Port $args[0] -To nobody@example.com, admin@example.com", server.Port);

        AssertFailure(outcome, "The mail was sent through ", sent: true);
        Assert.Contains("nobody@example.com (550 ", outcome.Errors[0].Exception.Message, StringComparison.Ordinal);
        Assert.Equal(["admin@example.com"], Assert.Single(server.Mails).Recipients);
    }

    [Fact]
    public void A_sender_that_the_server_does_not_accept()
    {
        using var server = new MailServer();
        server.UnknownAddresses.Add("etl@example.com");

        var outcome = Fail("-SmtpServer localhost -Port $args[0] -To admin@example.com", server.Port);

        AssertFailure(outcome, "It did not accept the sender 'etl@example.com': 550 ");
    }

    [Fact]
    public void A_message_that_the_server_does_not_accept()
    {
        using var server = new MailServer { Refusal = new SmtpResponse(SmtpReplyCode.InsufficientStorage, "the disk is full") };

        var outcome = Fail("-SmtpServer localhost -Port $args[0] -To admin@example.com", server.Port);

        AssertFailure(outcome, "It did not accept the message: 452 the disk is full");
    }

    [Fact]
    public void A_server_that_wants_a_user()
    {
        using var authority = new CertificateAuthority();
        using var certificate = authority.Issue("localhost");
        using var server = new MailServer(certificate, wantsUser: true);

        var outcome = Fail("-SmtpServer localhost -Port $args[0] -To admin@example.com", server.Port);

        AssertFailure(outcome, "It wants to know who sends (");
    }

    [Fact]
    public void A_server_without_encryption_where_encryption_was_asked_for()
    {
        using var server = new MailServer();

        var outcome = Fail("-SmtpServer localhost -Port $args[0] -To admin@example.com -UseTls -Credential $args[1]", server.Port, Credential());

        AssertFailure(outcome, "It offers no encryption (STARTTLS).");
        Assert.Empty(server.Mails);
        Assert.Empty(server.PasswordsSeen);
    }

    [Fact]
    public void A_certificate_that_nobody_vouches_for_gets_no_password_and_no_mail()
    {
        using var authority = new CertificateAuthority();
        using var certificate = authority.Issue("localhost");
        using var server = new MailServer(certificate);

        var outcome = Fail("-SmtpServer localhost -Port $args[0] -To admin@example.com -UseTls -Credential $args[1]", server.Port, Credential());

        AssertFailure(outcome, "Its certificate is not valid: ");
        Assert.Empty(server.Mails);
        Assert.Empty(server.PasswordsSeen);
    }

    [Fact]
    public void A_mail_that_was_not_sent_does_not_stop_the_webhook_whatever_the_error_action()
    {
        using var web = new WebServer();

        var outcome = _module.Run(
            $"$results | {Send} -SmtpServer localhost -Port $args[0] -To admin@example.com -WebhookUri $args[1] -ErrorAction Stop",
            SilentServer.ClosedPort(), web.Uri("/hook"));

        Assert.StartsWith("MailNotSent,", outcome.Terminating!.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Single(web.Requests);
    }

    [Theory]
    [InlineData("", "NotificationTargetMissing", "Nobody is named")]
    [InlineData("-To admin@example.com -From etl@example.com", "NotificationTargetMissing", "-SmtpServer")]
    [InlineData("-To admin@example.com -SmtpServer localhost", "NotificationTargetMissing", "-From")]
    [InlineData("-SmtpServer localhost -From etl@example.com", "NotificationTargetMissing", "-To")]
    [InlineData("-WebhookUri http://localhost/x -UseTls", "NotificationTargetMissing", "-SmtpServer")]
    [InlineData("-SmtpServer localhost -From etl@example.com -To admin", "MailAddressInvalid", "'admin'")]
    [InlineData("-SmtpServer localhost -From etl@example.com -To 'a@example.com, b@example.com'", "MailAddressInvalid", "each address of several on its own")]
    [InlineData("-SmtpServer localhost -From etl@example.com -To \"a@example.com`r`nBcc: b@example.com\"", "MailAddressInvalid", "no address")]
    [InlineData("-SmtpServer localhost -From 'etl' -To admin@example.com", "MailAddressInvalid", "'etl'")]
    [InlineData("-SmtpServer smtp://localhost:25 -From etl@example.com -To admin@example.com", "SmtpServerInvalid", "-Port")]
    [InlineData("-SmtpServer localhost:587 -From etl@example.com -To admin@example.com", "SmtpServerInvalid", "-Port")]
    [InlineData("-WebhookUri ftp://localhost/x", "WebhookUriInvalid", "https://")]
    [InlineData("-WebhookUri localhost", "WebhookUriInvalid", "https://")]
    [InlineData("-WebhookUri file:///etc/passwd", "WebhookUriInvalid", "https://")]
    [InlineData("-WebhookUri http://user:S3cr3t-Hunter2@localhost/x", "WebhookUriInvalid", "user name or password")]
    [InlineData("-WebhookUri 'http://[S3cr3t-Hunter2'", "WebhookUriInvalid", "https://")]
    [InlineData("-SmtpServer localhost -From etl@example.com -To admin@example.com -Subject \"a`nb\"", "ParameterArgumentValidationError", "on one line")]
    public void A_mistake_ends_the_command_before_the_first_source_is_loaded(string parameters, string errorId, string advice)
    {
        var outcome = _module.Run($"Invoke-SilverAuditEtl never-looked-at.db -NoLog | Send-SilverAuditNotification {parameters}");

        Assert.Equal(errorId, outcome.ErrorId);
        var error = outcome.Errors[0];
        Assert.Contains(advice, error.Exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, error + error.Exception.ToString() + error.TargetObject, StringComparison.Ordinal);
    }

    [Fact]
    public void A_password_is_not_sent_where_everybody_can_read_it()
    {
        using var server = new MailServer();

        var outcome = _module.Run($"$results | {Send} -SmtpServer localhost -Port $args[0] -To admin@example.com -Credential $args[1]", server.Port, Credential());

        Assert.Equal("CredentialNotProtected", outcome.ErrorId);
        Assert.EndsWith("Add -UseTls or, if the server wants no password, do without -Credential.", outcome.Errors[0].Exception.Message, StringComparison.Ordinal);
        Assert.Empty(server.PasswordsSeen);
        Assert.Empty(server.Mails);
    }

    [Theory]
    [InlineData("-SmtpServer localhost -Port $args[0] -To admin@example.com")]
    [InlineData("-WebhookUri \"http://localhost:$($args[0])/x\" -SmtpServer 127.0.0.1 -Port $args[0] -To admin@example.com")]
    public void A_stop_ends_the_wait_for_a_server(string parameters)
    {
        using var server = new SilentServer();
        using var shell = _module.NewShell($"$results | {Send} {parameters} -TimeoutSec 3600", server.Port);
        var running = shell.BeginInvoke();
        Assert.True(server.WaitForConnection(s_patience), "Nobody connected.");

        var stopping = shell.BeginStop(null, null);

        Assert.True(stopping.AsyncWaitHandle.WaitOne(s_patience), "The stop was not prompt.");
        shell.EndStop(stopping);
        Assert.Throws<PipelineStoppedException>(() => shell.EndInvoke(running));
    }

    private static PSCredential Credential() => new("etl", new NetworkCredential("", Secret).SecurePassword);

    private ScriptOutcome Fail(string parameters, params object[] arguments) =>
        _module.Run($"$DebugPreference = $VerbosePreference = 'Continue'; $results | {Send} {parameters}", arguments);

    private static void AssertFailure(ScriptOutcome outcome, string reason, bool sent = false)
    {
        Assert.Equal("MailNotSent", outcome.ErrorId);
        var error = outcome.Errors[0];
        Assert.Contains(reason, error.Exception.Message, StringComparison.Ordinal);
        Assert.Equal(ErrorCategory.ConnectionError, error.CategoryInfo.Category);
        var result = Assert.Single(outcome.Output);
        Assert.Equal((sent, "MailNotSent", error.Exception.Message), (result.Value<bool>("Sent"), result.Text("ErrorId"), result.Text("Error")));
        var said = string.Join('\n', [.. outcome.Verbose, .. outcome.Debug, .. outcome.Warnings, .. outcome.Information, error.ToString(), error.Exception.ToString()]);
        Assert.DoesNotContain(Secret, said, StringComparison.Ordinal);
    }
}
