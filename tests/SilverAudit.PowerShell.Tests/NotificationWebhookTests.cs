using System.Net;
using System.Text.Json;

namespace SilverAudit.PowerShell.Tests;

public sealed class NotificationWebhookTests : IDisposable
{
    private const string Secret = "S3cr3t-Hunter2";
    private const string PathAndQuery = $"/services/{Secret}?sig={Secret}";
    private const string Load = "Invoke-SilverAuditEtl -LiteralPath $args[1] -NoLog -ErrorAction SilentlyContinue";
    private const string Send = "Send-SilverAuditNotification -WebhookUri $args[0]";

    private readonly Module _module = new();

    private string[] Sources => [Path.Combine(Module.SamplesPath, "batch1.db"), _module.File("missing.db")];

    public void Dispose() => _module.Dispose();

    [Fact]
    public void A_webhook_gets_the_summary_as_text_for_chats_and_the_results_for_programs()
    {
        using var server = new WebServer();

        var outcome = _module.Run($"{Load} | {Send}", server.Uri(PathAndQuery), Sources);

        Assert.Empty(outcome.Errors);
        var request = Assert.Single(server.Requests);
        Assert.Equal(("POST", PathAndQuery, "application/json; charset=utf-8"), (request.Method, request.PathAndQuery, request.ContentType));
        using var document = JsonDocument.Parse(request.Body);
        var body = document.RootElement;
        var subject = body.GetProperty("subject").GetString()!;
        Assert.Matches(@"^ETL FAILURE - \d{4}-\d\d-\d\d - 1 of 2 sources failed$", subject);
        Assert.StartsWith(subject + "\n\nETL batch FAILED\n", body.GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.Contains($"Failed sources\n  {Sources[1]}\n    SourceNotFound: ", body.GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.False(body.GetProperty("success").GetBoolean());
        var summary = body.GetProperty("summary");
        Assert.Equal(
            (2, 1, 1, 5), (Number(summary, "totalSources"), Number(summary, "successful"), Number(summary, "failed"), Number(summary, "insertedRows")));
        var results = body.GetProperty("results").EnumerateArray().ToList();
        Assert.Equal(Sources.Reverse(), results.Select(result => result.GetProperty("source").GetString()));
        Assert.Equal("SourceNotFound", results[0].GetProperty("errorId").GetString());
        Assert.Equal("AllNew", results[1].GetProperty("status").GetString());
        Assert.Equal(5, Number(results[1], "insertedRows"));
        Assert.Equal(DateTimeKind.Utc, results[1].GetProperty("startedAt").GetDateTime().Kind);
        Assert.Equal(0, Number(body, "omittedResults"));
    }

    [Fact]
    public void The_result_names_the_host_and_not_the_secret_part_of_the_uri()
    {
        using var server = new WebServer();

        var outcome = _module.Run($"$VerbosePreference = $DebugPreference = 'Continue'; {Load} | {Send}", server.Uri(PathAndQuery), Sources);

        var result = Assert.Single(outcome.Output);
        Assert.Equal(
            ("Webhook", $"http://localhost:{server.Port}", $"localhost:{server.Port}", true),
            (result.Text("Kind"), result.Text("Target"), result.Text("Server"), result.Value<bool>("Sent")));
        Assert.DoesNotContain(Secret, Said(outcome), StringComparison.Ordinal);
    }

    [Fact]
    public void Mail_and_webhook_go_together()
    {
        using var web = new WebServer();
        using var mail = new MailServer();

        var outcome = _module.Run($"{Load} | {Send} -SmtpServer localhost -Port $args[2] -From etl@example.com -To admin@example.com", web.Uri("/hook"), Sources, mail.Port);

        Assert.Equal(["Mail", "Webhook"], outcome.Output.Select(result => result.Text("Kind")));
        Assert.Single(web.Requests);
        Assert.Single(mail.Mails);
    }

    [Theory]
    [InlineData(HttpStatusCode.NotFound, "404 Not Found")]
    [InlineData(HttpStatusCode.InternalServerError, "500 Internal Server Error")]
    [InlineData(HttpStatusCode.TooManyRequests, "429 Too Many Requests")]
    public void A_refusal_is_an_error_with_the_status(HttpStatusCode status, string words)
    {
        using var server = new WebServer(status);

        AssertFailure(_module.Run($"{Load} | {Send}", server.Uri(PathAndQuery), Sources), $"The host answered {words}.");
    }

    [Fact]
    public void A_redirection_is_not_followed()
    {
        using var other = new WebServer();
        using var server = new WebServer(HttpStatusCode.TemporaryRedirect, other.Uri("/elsewhere"));

        AssertFailure(_module.Run($"{Load} | {Send}", server.Uri(PathAndQuery), Sources), "a redirection is not followed");
        Assert.Single(server.Requests);
        Assert.Empty(other.Requests);
    }

    [Fact]
    public void A_host_that_is_not_there() => AssertFailure(
        _module.Run($"{Load} | {Send}", $"http://localhost:{SilentServer.ClosedPort()}{PathAndQuery}", Sources), "The host could not be reached: ");

    [Fact]
    public void A_host_whose_name_nobody_knows() => AssertFailure(
        _module.Run($"{Load} | {Send}", $"http://no-such-host.invalid{PathAndQuery}", Sources), "The host could not be reached: ");

    [Fact]
    public void A_host_that_never_answers()
    {
        using var server = new SilentServer();

        AssertFailure(_module.Run($"{Load} | {Send} -TimeoutSec 1", $"http://localhost:{server.Port}{PathAndQuery}", Sources), "It was not done within 1 seconds.");
    }

    [Fact]
    public void A_host_that_does_not_speak_tls()
    {
        using var server = new WebServer();

        AssertFailure(_module.Run($"{Load} | {Send}", $"https://localhost:{server.Port}{PathAndQuery}", Sources), "The connection could not be secured: ");
    }

    [Fact]
    public void The_text_for_chats_mentions_nobody_and_links_nowhere()
    {
        using var server = new WebServer();

        _module.Run($"{Load} | {Send}", server.Uri("/hook"), (string[])[_module.File("<!channel> [click](http:example.com).db")]);

        using var body = JsonDocument.Parse(Assert.Single(server.Requests).Body);
        var text = body.RootElement.GetProperty("text").GetString()!;
        Assert.DoesNotContain("<!channel>", text, StringComparison.Ordinal);
        Assert.DoesNotContain("](", text, StringComparison.Ordinal);
        Assert.Equal(_module.File("<!channel> [click](http:example.com).db"), body.RootElement.GetProperty("results")[0].GetProperty("source").GetString());
    }

    [Fact]
    public void A_path_that_holds_a_password_is_posted_without_it()
    {
        using var server = new WebServer();

        _module.Run($"{Load} | {Send}", server.Uri("/hook"), (string[])[_module.File($"Password={Secret};x.db")]);

        var body = Assert.Single(server.Requests).Body;
        Assert.DoesNotContain(Secret, body, StringComparison.Ordinal);
        Assert.Contains("Password=***", body, StringComparison.Ordinal);
    }

    private static long Number(JsonElement element, string name) => element.GetProperty(name).GetInt64();

    private static string Said(ScriptOutcome outcome) => string.Join(
        '\n',
        [
            .. outcome.Verbose, .. outcome.Debug, .. outcome.Warnings, .. outcome.Information,
            .. outcome.Errors.Select(error => $"{error} {error.Exception} {error.TargetObject}"),
            .. outcome.Output.SelectMany(result => result.Properties.Select(property => property.Value?.ToString() ?? "")),
        ]);

    private static void AssertFailure(ScriptOutcome outcome, string reason)
    {
        Assert.Equal("WebhookNotSent", outcome.ErrorId);
        Assert.Contains(reason, outcome.Errors[0].Exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, Said(outcome), StringComparison.Ordinal);
        var result = Assert.Single(outcome.Output);
        Assert.Equal((false, "WebhookNotSent"), (result.Value<bool>("Sent"), result.Text("ErrorId")));
    }
}
