using System.Net;
using System.Net.Sockets;

namespace SilverAudit.Testing;

/// <summary>A server on a free port of the loopback address that takes connections and never says a word.</summary>
public sealed class SilentServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public SilentServer()
    {
        _listener.Start();
        Connected = _listener.AcceptSocketAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Completes when somebody has connected.</summary>
    public Task<Socket> Connected { get; }

    /// <summary>A port that nobody listens on.</summary>
    public static int ClosedPort()
    {
        using var server = new SilentServer();
        return server.Port;
    }

    public void Dispose()
    {
        if (Connected.IsCompletedSuccessfully)
            Connected.Result.Dispose();
        _listener.Dispose();
    }
}
