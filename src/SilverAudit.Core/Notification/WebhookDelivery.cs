using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Sockets;

namespace SilverAudit.Notification;

/// <summary>Posts reports as JSON. Path and query of the URI are its secret: they are never said.</summary>
internal sealed class WebhookDelivery(Uri uri, TimeSpan timeout) : NotificationDelivery(
    NotificationKind.Webhook, $"{uri.Scheme}://{uri.Authority}", string.Create(CultureInfo.InvariantCulture, $"{uri.Host}:{uri.Port}"), timeout)
{
    public WebhookDelivery(string uri, TimeSpan timeout)
        : this(Parse(uri), timeout)
    {
    }

    private protected override AuditErrorId FailureId => AuditErrorId.WebhookNotSent;

    private protected override string FailureAdvice =>
        "Check -WebhookUri and whether this computer reaches that host, then send the results again.";

    private protected override async Task<string?> SendAsync(NotificationReport report, CancellationToken stop)
    {
        // Another host must not get the report because the first one says so.
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false };
        using var client = new HttpClient(handler) { Timeout = System.Threading.Timeout.InfiniteTimeSpan };
        using var content = new ByteArrayContent(JsonBody.Of(report));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json") { CharSet = "utf-8" };
        using var request = new HttpRequestMessage(HttpMethod.Post, uri) { Content = content };
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("SilverAudit.PowerShell", typeof(WebhookDelivery).Assembly.GetName().Version?.ToString(3)));
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop).ConfigureAwait(false);
        return response.IsSuccessStatusCode ? null : throw new HttpRequestException(Refusal(response), inner: null, response.StatusCode);
    }

    private protected override string? ReasonFor(Exception failure) => failure switch
    {
        HttpRequestException { StatusCode: not null } => failure.Message,
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => $"The connection could not be secured: {Innermost(failure).Message}",
        HttpRequestException when Innermost(failure) is SocketException cause => $"The host could not be reached: {cause.Message}",
        HttpRequestException or IOException => $"The connection failed: {Innermost(failure).Message}",
        _ => null,
    };

    private static string Refusal(HttpResponseMessage response)
    {
        var status = string.Create(CultureInfo.InvariantCulture, $"{(int)response.StatusCode} {response.ReasonPhrase}").TrimEnd();
        return (int)response.StatusCode is >= 300 and < 400
            ? $"The host answered {status}; a redirection is not followed, so that no other host gets the report."
            : $"The host answered {status}.";
    }

    private static Exception Innermost(Exception failure) => failure.InnerException is { } inner ? Innermost(inner) : failure;

    private static Uri Parse(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps) || uri.Host.Length == 0)
            throw NewInvalid("The URI of the webhook is none that can be posted to. Give one that begins with https:// (or http://) and names a host.");
        if (uri.UserInfo.Length > 0)
            throw NewInvalid("The URI of the webhook holds a user name or password in front of the host, which would not be sent. Leave it out.");
        return uri;
    }

    private static AuditException NewInvalid(string message) => new(AuditErrorId.WebhookUriInvalid, "", message);
}
