using System.Globalization;

namespace SilverAudit.PowerShell.Tests;

/// <summary>What only mails need costs nothing until one is sent, and stays apart from the session's own assemblies.</summary>
public sealed class NotificationLoadingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_assemblies_for_mail_are_loaded_by_the_first_mail_and_not_into_the_session()
    {
        using var mail = new MailServer();
        using var web = new WebServer();
        const string Script =
            """
            $module, $source, $port, $uri = $args
            function Show($moment) {
                $loaded = [System.AppDomain]::CurrentDomain.GetAssemblies() | Where-Object { $_.GetName().Name -in 'MailKit', 'MimeKit', 'BouncyCastle.Cryptography' }
                "${moment}: " + (($loaded | ForEach-Object { "$($_.GetName().Name) in $([System.Runtime.Loader.AssemblyLoadContext]::GetLoadContext($_).Name)" }) -join ', ')
            }
            Import-Module $module
            $results = Invoke-SilverAuditEtl $source -NoLog
            Show 'loaded'
            $null = $results | Send-SilverAuditNotification -WebhookUri $uri
            Show 'posted'
            $null = $results | Send-SilverAuditNotification -SmtpServer localhost -Port $port -From etl@example.com -To admin@example.com
            Show 'mailed'
            """;

        var lines = ChildProcess.Succeed(ChildProcess.Start(_folder.Location, "dotnet",
        [
            TestMetadata.Value("ScriptHostPath"), Script, TestMetadata.Value("ModulePath"), Path.Combine(Module.SamplesPath, "batch1.db"),
            mail.Port.ToString(CultureInfo.InvariantCulture), web.Uri("/hook"),
        ]));

        Assert.Equal(["loaded:", "posted:", "mailed: MimeKit in SilverAudit.PowerShell, MailKit in SilverAudit.PowerShell"], lines);
        Assert.Single(mail.Mails);
        Assert.Single(web.Requests);
    }
}
