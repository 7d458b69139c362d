using System.Net;
using System.Net.Sockets;

namespace SilverAudit.Core.Tests;

public sealed class MonitorServerTests : IDisposable
{
    private readonly string _nowhere = Path.Combine(Path.GetTempPath(), $"silver-audit-{Guid.NewGuid():N}", "store.db");
    private readonly HttpClient _client = new();
    private int _readings;

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task Requests_that_come_at_once_and_within_the_interval_share_one_reading_of_the_store()
    {
        using var server = Start(TimeSpan.FromHours(1), out var url);

        for (var round = 0; round < 2; round++)
        {
            foreach (var response in await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => _client.GetAsync(new Uri(url, "health")))))
            {
                Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
                response.Dispose();
            }
        }

        Assert.Equal(1, _readings);
    }

    [Fact]
    public async Task A_request_after_the_interval_looks_at_the_store_again()
    {
        using var server = Start(TimeSpan.Zero, out var url);

        for (var round = 0; round < 3; round++)
        {
            using var response = await _client.GetAsync(new Uri(url, "metrics"));
        }

        Assert.Equal(3, _readings);
    }

    [Fact]
    public void Nothing_is_read_before_somebody_asks()
    {
        using (Start(TimeSpan.Zero, out _))
        {
        }

        Assert.Equal(0, _readings);
    }

    [Fact]
    public async Task A_reading_that_fails_in_an_unforeseen_way_costs_its_requests_only()
    {
        var fails = true;
        using var server = Start(TimeSpan.Zero, out var url, () => fails ? throw new InvalidOperationException("secret") : 0);

        using var failed = await _client.GetAsync(new Uri(url, "health"));
        Assert.Equal(HttpStatusCode.InternalServerError, failed.StatusCode);
        Assert.DoesNotContain("secret", await failed.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        fails = false;
        using var next = await _client.GetAsync(new Uri(url, "health"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, next.StatusCode);
    }

    [Fact]
    public async Task The_end_stops_a_reading_that_is_under_way_and_waits_for_it()
    {
        using var reading = new ManualResetEventSlim();
        var ended = false;
        var server = Start(TimeSpan.Zero, out var url, read: stop =>
        {
            reading.Set();
            stop.WaitHandle.WaitOne();
            ended = true;
            throw new OperationCanceledException(stop);
        });
        var request = _client.GetAsync(new Uri(url, "health"));
        Assert.True(reading.Wait(TimeSpan.FromMinutes(1)));

        server.Dispose();

        Assert.True(ended);
        Assert.True(server.Completion.IsCompletedSuccessfully);
        await AssertNotHealthy(request);
    }

    /// <summary>No answer, or one that says that there is none.</summary>
    private static async Task AssertNotHealthy(Task<HttpResponseMessage> request)
    {
        try
        {
            using var response = await request;
            Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        }
        catch (HttpRequestException)
        {
            // The connection was closed.
        }
    }

    [Fact]
    public void A_server_can_be_ended_twice()
    {
        var server = Start(TimeSpan.Zero, out _);
        server.Dispose();

        server.Dispose();
    }

    private MonitorServer Start(TimeSpan interval, out Uri url, Func<int>? before = null, Func<CancellationToken, StoreHealth>? read = null)
    {
        var store = MonitorOptions.ReadingOf(new StoreOptions { Destination = _nowhere, LockTimeout = TimeSpan.Zero });
        var prefix = MonitorPrefix.Parse($"http://127.0.0.1:{FreePort()}/");
        url = new Uri(prefix.Url);
        return MonitorServer.Start(new MonitorOptions
        {
            Prefixes = [prefix],
            RefreshInterval = interval,
            Read = read ?? (stop =>
            {
                Interlocked.Increment(ref _readings);
                before?.Invoke();
                return store(stop);
            }),
        });
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
