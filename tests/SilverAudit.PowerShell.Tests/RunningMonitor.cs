using System.Globalization;
using System.Management.Automation;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;

namespace SilverAudit.PowerShell.Tests;

/// <summary>A monitor that serves as a job of a session, and a client that asks it.</summary>
internal sealed class RunningMonitor : IDisposable
{
    /// <summary>Far longer than anything takes; a condition that is waited for must come about within it.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Module _module;
    private readonly HttpClient _client;

    public RunningMonitor(Module module, string parameters = "", string path = "")
    {
        _module = module;
        Port = FreePort();
        Job = Assert.Single(module.Succeed($"Start-SilverAuditMonitor -AsJob -Prefix http://127.0.0.1:{Port}/{path} {parameters}"));
        _client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{Port}/"), Timeout = Patience };
    }

    public PSObject Job { get; }

    public int Port { get; }

    public Uri Url => _client.BaseAddress!;

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public HttpResponseMessage Get(string path, string? accept = null) => Send(HttpMethod.Get, path, accept);

    public HttpResponseMessage Send(HttpMethod method, string path, string? accept = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (accept is not null)
            request.Headers.Add("Accept", accept);
        return _client.Send(request);
    }

    public Task<HttpResponseMessage> GetAsync(string path) => _client.GetAsync(new Uri(Url, path));

    public (HttpStatusCode Status, JsonElement Body) Health() => Json("health");

    /// <summary>An answer that must be JSON.</summary>
    public (HttpStatusCode Status, JsonElement Body) Json(string path, string? accept = null)
    {
        using var response = Get(path, accept);
        Assert.Equal(MediaTypeHeaderValue.Parse("application/json; charset=utf-8"), response.Content.Headers.ContentType);
        return (response.StatusCode, JsonDocument.Parse(Text(response)).RootElement);
    }

    public ExpositionText Metrics()
    {
        using var response = Get("metrics");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        return ExpositionText.Parse(Text(response));
    }

    /// <summary>Asks for the health until it is as expected.</summary>
    public (HttpStatusCode Status, JsonElement Body) HealthWhen(Func<HttpStatusCode, JsonElement, bool> isExpected)
    {
        (HttpStatusCode Status, JsonElement Body) answer = default;
        Assert.True(
            SpinWait.SpinUntil(
                () =>
                {
                    answer = Health();
                    return isExpected(answer.Status, answer.Body);
                },
                Patience),
            $"The health never was as expected. The last: {answer.Status} {answer.Body}");
        return answer;
    }

    public static string Text(HttpResponseMessage response)
    {
        using var reader = new StreamReader(response.Content.ReadAsStream());
        return reader.ReadToEnd();
    }

    public void Dispose()
    {
        _client.Dispose();
        _module.Run("$args[0] | Remove-Job -Force", Job);
    }

    public override string ToString() => Port.ToString(CultureInfo.InvariantCulture);
}
