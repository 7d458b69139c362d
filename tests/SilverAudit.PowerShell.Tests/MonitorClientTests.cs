using System.Net;
using System.Net.Sockets;
using System.Text;

namespace SilverAudit.PowerShell.Tests;

/// <summary>Whatever clients do, the monitor goes on.</summary>
public sealed class MonitorClientTests : IDisposable
{
    private readonly Module _module = new();
    private readonly RunningMonitor _monitor;

    public MonitorClientTests()
    {
        _module.Load(Staging.Create(_module.File("source.db"), "LOAD_1"));
        _monitor = new RunningMonitor(_module);
    }

    public void Dispose()
    {
        _monitor.Dispose();
        _module.Dispose();
    }

    [Fact]
    public void Clients_that_never_end_what_they_send_keep_nobody_from_being_answered()
    {
        var clients = Enumerable.Range(0, 40).Select(_ => Connect()).ToList();
        foreach (var client in clients)
        {
            client.GetStream().Write(Encoding.ASCII.GetBytes($"GET /health HTTP/1.1\r\nHost: 127.0.0.1:{_monitor.Port}\r\nContent-Length: 100000000\r\n\r\n0123456789"));
        }

        AssertServes();
        clients.ForEach(client => ReadToEnd(client.GetStream()));
        clients.ForEach(client => client.Dispose());
    }

    [Fact]
    public async Task Fifty_clients_at_once_are_all_answered()
    {
        var requests = Enumerable.Range(0, 50).Select(number => _monitor.GetAsync(number % 2 == 0 ? "health" : "metrics")).ToArray();

        foreach (var response in await Task.WhenAll(requests))
        {
            using (response)
            {
                Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            }
        }
    }

    [Theory]
    [InlineData("\0\u0001\u0002\u00ff\u00fe garbage \r\n\r\n")]
    [InlineData("GET\r\n\r\n")]
    [InlineData("GET /health HTTP/9.9\r\n\r\n")]
    [InlineData("GET /health HTTP/1.1\r\n\r\n")]
    [InlineData("GET http://[::1/%%% HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nno colon\r\n\r\n")]
    [InlineData("POST /health HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: -1\r\n\r\n")]
    [InlineData("POST /health HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")]
    [InlineData("\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003")]
    public void Garbage_does_not_end_it(string garbage)
    {
        using (var client = Connect())
        {
            var stream = client.GetStream();
            stream.Write(Encoding.Latin1.GetBytes(garbage.Replace("127.0.0.1", $"127.0.0.1:{_monitor.Port}", StringComparison.Ordinal)));
            client.Client.Shutdown(SocketShutdown.Send);
            ReadToEnd(stream);
        }

        AssertServes();
    }

    [Fact]
    public void A_header_without_an_end_does_not_end_it()
    {
        using (var client = Connect())
        {
            var line = Encoding.ASCII.GetBytes("X-Filler: " + new string('x', 1000) + "\r\n");
            try
            {
                client.GetStream().Write(Encoding.ASCII.GetBytes("GET /health HTTP/1.1\r\n"));
                for (var number = 0; number < 1000; number++)
                {
                    client.GetStream().Write(line);
                }
            }
            catch (IOException)
            {
                // It had enough, as it should.
            }
        }

        AssertServes();
    }

    [Fact]
    public void Clients_that_hang_up_without_reading_do_not_end_it()
    {
        for (var number = 0; number < 50; number++)
        {
            using var client = Connect();
            client.GetStream().Write(Encoding.ASCII.GetBytes($"GET /metrics HTTP/1.1\r\nHost: 127.0.0.1:{_monitor.Port}\r\n\r\n"));
            client.Client.LingerState = new LingerOption(true, 0);
        }

        AssertServes();
    }

    [Fact]
    public void Clients_that_say_nothing_keep_nobody_waiting()
    {
        var silent = Enumerable.Range(0, 100).Select(_ => Connect()).ToList();

        AssertServes();

        silent.ForEach(client => client.Dispose());
    }

    [Fact]
    public void Clients_that_owe_a_body_keep_nobody_waiting_for_it()
    {
        var owing = Enumerable.Range(0, 50).Select(_ => Connect()).ToList();
        foreach (var client in owing)
        {
            client.GetStream().Write(Encoding.ASCII.GetBytes($"POST /health HTTP/1.1\r\nHost: 127.0.0.1:{_monitor.Port}\r\nContent-Length: 1000000\r\n\r\n"));
        }

        AssertServes();

        owing.ForEach(client => client.Dispose());
    }

    private TcpClient Connect() => new("127.0.0.1", _monitor.Port);

    private static void ReadToEnd(NetworkStream stream)
    {
        try
        {
            stream.CopyTo(Stream.Null);
        }
        catch (IOException)
        {
            // Reset: an answer to garbage as good as any.
        }
    }

    private void AssertServes()
    {
        Assert.Equal(HttpStatusCode.OK, _monitor.Health().Status);
        Assert.Equal("Running", _module.Succeed("$args[0].State", _monitor.Job)[0].BaseObject);
    }
}
