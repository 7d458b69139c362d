using System.Net;
using System.Net.Sockets;

namespace SilverAudit.Testing;

/// <summary>A server on a free port of the loopback address that takes connections and never says a word.</summary>
public sealed class SilentServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Task<Socket> _connected;

    public SilentServer()
    {
        _listener.Start();
        _connected = _listener.AcceptSocketAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>False when nobody has connected by the end of that time.</summary>
    public bool WaitForConnection(TimeSpan patience) => _connected.Wait(patience);

    /// <summary>A port that nobody listens on.</summary>
    public static int ClosedPort()
    {
        using var server = new SilentServer();
        return server.Port;
    }

    public void Dispose()
    {
        if (_connected.IsCompletedSuccessfully)
            _connected.Result.Dispose();
        _listener.Dispose();
    }
}
