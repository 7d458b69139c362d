using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace SilverAudit.Testing;

/// <summary>A real web server on a free port of the loopback address, which answers everything alike.</summary>
public sealed class WebServer : IDisposable
{
    private readonly HttpListener _listener;
    private readonly ConcurrentQueue<ReceivedRequest> _requests = new();
    private readonly Task _running;

    /// <summary>Starts a server.</summary>
    /// <param name="status">What it answers.</param>
    /// <param name="location">Where it sends the client on to.</param>
    public WebServer(HttpStatusCode status = HttpStatusCode.OK, string? location = null)
    {
        (_listener, Port) = Listen();
        _running = Task.Run(() => AnswerAsync(status, location));
    }

    public int Port { get; }

    /// <summary>The requests so far, in the order in which they came.</summary>
    public IReadOnlyList<ReceivedRequest> Requests => [.. _requests];

    public string Uri(string pathAndQuery) => string.Create(CultureInfo.InvariantCulture, $"http://localhost:{Port}{pathAndQuery}");

    public void Dispose()
    {
        _listener.Close();
        _running.GetAwaiter().GetResult();
    }

    private static (HttpListener Listener, int Port) Listen()
    {
        while (true)
        {
            // This kind of listener takes no port 0, so one is asked for; another process may be quicker to take it.
            using var probe = new TcpListener(IPAddress.Loopback, 0);
            probe.Start();
            var port = ((IPEndPoint)probe.LocalEndpoint).Port;
            probe.Stop();
            var listener = new HttpListener();
            listener.Prefixes.Add(string.Create(CultureInfo.InvariantCulture, $"http://localhost:{port}/"));
            try
            {
                listener.Start();
                return (listener, port);
            }
            catch (HttpListenerException)
            {
                listener.Close();
            }
        }
    }

    private async Task AnswerAsync(HttpStatusCode status, string? location)
    {
        while (_listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            using var reader = new StreamReader(context.Request.InputStream);
            _requests.Enqueue(new ReceivedRequest(
                context.Request.HttpMethod, context.Request.RawUrl ?? "", context.Request.ContentType ?? "", await reader.ReadToEndAsync()));
            context.Response.StatusCode = (int)status;
            if (location is not null)
                context.Response.RedirectLocation = location;
            context.Response.Close();
        }
    }
}
