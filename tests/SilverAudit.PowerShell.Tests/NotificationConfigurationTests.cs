namespace SilverAudit.PowerShell.Tests;

public sealed class NotificationConfigurationTests : IDisposable
{
    private readonly Module _module = new();
    private readonly MailServer _server = new();

    public NotificationConfigurationTests() => Staging.Create(_module.File("1.db"), "LOAD_1");

    public void Dispose()
    {
        _server.Dispose();
        _module.Dispose();
    }

    [Fact]
    public void Whom_to_notify_and_how_comes_from_the_configuration()
    {
        Configure($$"""{ "smtpServer": "localhost", "port": {{_server.Port}}, "from": "etl@example.com", "to": ["a@example.com", "b@example.com"] }""");

        var result = Assert.Single(_module.Succeed("Invoke-SilverAuditEtl 1.db -NoLog | Send-SilverAuditNotification"));

        Assert.Equal(true, result.Value("Sent"));
        Assert.Equal(["a@example.com", "b@example.com"], Assert.Single(_server.Mails).Recipients);
    }

    [Fact]
    public void A_parameter_overrides_the_configuration()
    {
        Configure($$"""{ "smtpServer": "localhost", "port": {{_server.Port}}, "from": "etl@example.com", "to": "a@example.com" }""");

        _module.Succeed("Invoke-SilverAuditEtl 1.db -NoLog | Send-SilverAuditNotification -To c@example.com");

        Assert.Equal(["c@example.com"], Assert.Single(_server.Mails).Recipients);
    }

    [Theory]
    [InlineData("""{ "enabled": false, "smtpServer": "localhost", "from": "etl@example.com", "to": "a@example.com" }""")]
    [InlineData("{ }")]
    [InlineData(null)]
    public void A_configuration_that_names_nobody_or_says_so_sends_nothing(string? notification)
    {
        Configure(notification);

        var outcome = _module.Run("Invoke-SilverAuditEtl 1.db -NoLog -WarningAction SilentlyContinue | Send-SilverAuditNotification -Verbose");

        Assert.Empty(outcome.Errors);
        Assert.Empty(outcome.Warnings);
        Assert.Empty(outcome.Output);
        Assert.Contains(outcome.Verbose, message => message.EndsWith("Nothing is sent.", StringComparison.Ordinal));
    }

    [Fact]
    public void Who_names_somebody_as_a_parameter_wants_a_notification_whatever_the_configuration_says()
    {
        Configure($$"""{ "enabled": false, "smtpServer": "localhost", "port": {{_server.Port}}, "from": "etl@example.com", "to": "a@example.com" }""");

        _module.Succeed("Invoke-SilverAuditEtl 1.db -NoLog | Send-SilverAuditNotification -To c@example.com");

        Assert.Single(_server.Mails);
    }

    [Fact]
    public void Results_flow_on_although_nothing_is_sent()
    {
        Configure(null);

        Assert.Equal("AllNew", Assert.Single(_module.Succeed("Invoke-SilverAuditEtl 1.db -NoLog | Send-SilverAuditNotification -PassThru")).Text("Status"));
    }

    [Fact]
    public void What_failed_after_loading_is_a_failure_although_every_source_was_loaded()
    {
        Configure($$"""{ "smtpServer": "localhost", "port": {{_server.Port}}, "from": "etl@example.com", "to": "a@example.com", "onFailureOnly": true }""");
        Database.Execute(_module.File("1.db"), "UPDATE silver_temp_audit SET data_source = NULL");
        Directory.CreateDirectory(_module.File("archive/1.db"));

        _module.Run("Invoke-SilverAuditEtl 1.db -NoLog -Validate -ArchivePath archive -Summary -ErrorAction SilentlyContinue | Send-SilverAuditNotification");

        var mail = Assert.Single(_server.Mails);
        Assert.Contains(" FAILURE - ", mail.Subject, StringComparison.Ordinal);
        Assert.EndsWith(" - 2 problems after loading", mail.Subject, StringComparison.Ordinal);
        Assert.StartsWith("ETL batch FAILED\n", mail.Text, StringComparison.Ordinal);
        Assert.Contains(
            $"\nAfter loading\n  A check of the store failed: AllFieldsPopulated\n  Not archived: {_module.File("1.db")}: TargetExists\n", mail.Text, StringComparison.Ordinal);
        Assert.Contains("A check of the store failed: AllFieldsPopulated</li>", mail.Message.HtmlBody, StringComparison.Ordinal);
    }

    private void Configure(string? notification) => File.WriteAllText(
        _module.File("silver-audit.json"), notification is null ? "{}" : $$"""{ "notification": {{notification}} }""");
}
