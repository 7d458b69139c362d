using System.Globalization;

namespace SilverAudit.PowerShell.Tests;

/// <summary>Encrypted mail, in a process that was told to trust the authority of the test as it would trust any other.</summary>
public sealed class NotificationTlsTests : IDisposable
{
    private const string Script =
        """
        param($server, $port, $password, $source)
        $credential = [pscredential]::new('etl@localhost', [System.Net.NetworkCredential]::new('', $password).SecurePassword)
        $sent = Invoke-SilverAuditEtl $source -NoLog -WarningAction SilentlyContinue |
            Send-SilverAuditNotification -SmtpServer $server -Port $port -UseTls -Credential $credential -From etl@example.com -To admin@example.com -ErrorVariable problems -ErrorAction SilentlyContinue
        $sent.Sent
        $problems | ForEach-Object { $_.Exception.Message }
        """;

    private readonly TemporaryFolder _folder = new();
    private readonly CertificateAuthority _authority = new();

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Dispose();
    }

    [LinuxFact("Only there can a process be told by its environment whom to trust.")]
    public void A_mail_goes_encrypted_and_signed_in_to_a_server_whose_certificate_is_trusted()
    {
        using var certificate = _authority.Issue("localhost");
        using var server = new MailServer(certificate, wantsUser: true) { Users = { ["etl@localhost"] = "S3cr3t-Hunter2" } };

        Assert.Equal(["True"], Send(server, "localhost", "S3cr3t-Hunter2"));

        var mail = Assert.Single(server.Mails);
        Assert.True(mail.IsEncrypted);
        Assert.Equal("etl@localhost", mail.User);
    }

    [LinuxFact("Only there can a process be told by its environment whom to trust.")]
    public void A_wrong_password_is_an_error_that_does_not_repeat_it()
    {
        using var certificate = _authority.Issue("localhost");
        using var server = new MailServer(certificate, wantsUser: true) { Users = { ["etl@localhost"] = "another" } };

        var said = Send(server, "localhost", "S3cr3t-Hunter2");

        Assert.Equal("False", said[0]);
        Assert.Contains("It did not accept who signed in (535: authentication failed", said[1], StringComparison.Ordinal);
        Assert.DoesNotContain("S3cr3t-Hunter2", string.Concat(said), StringComparison.Ordinal);
        Assert.Empty(server.Mails);
    }

    [LinuxFact("Only there can a process be told by its environment whom to trust.")]
    public void A_certificate_for_another_name_is_an_error_that_says_so()
    {
        using var certificate = _authority.Issue("mail.example.com");
        using var server = new MailServer(certificate, wantsUser: true) { Users = { ["etl@localhost"] = "S3cr3t-Hunter2" } };

        var said = Send(server, "localhost", "S3cr3t-Hunter2");

        Assert.Contains("Its certificate is not valid: it is for another name than the one given.", said[1], StringComparison.Ordinal);
        Assert.Empty(server.PasswordsSeen);
    }

    private string[] Send(MailServer server, string name, string password) => ChildProcess.Succeed(Runner.Start(
        _folder.Location, new Dictionary<string, string?> { ["SSL_CERT_FILE"] = _authority.Save(_folder.File("authority.pem")) }, Script,
        name, server.Port.ToString(CultureInfo.InvariantCulture), password, Path.Combine(Module.SamplesPath, "batch1.db")));
}
