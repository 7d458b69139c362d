using System.Diagnostics;
using System.Globalization;
using System.Net;
using SilverAudit.Monitoring;

namespace SilverAudit;

/// <summary>
/// Serves the health of a store over HTTP until disposed. Whatever a client sends, or fails to read, is that client's affair alone.
/// </summary>
public sealed class MonitorServer : IDisposable
{
    /// <summary>How many requests are worked on at a time; others wait their turn.</summary>
    private const int MaximumRequests = 32;

    /// <summary>How long a client may take to read its answer.</summary>
    private static readonly TimeSpan s_sendTimeout = TimeSpan.FromSeconds(10);

    /// <summary>How long the end waits for what is under way.</summary>
    private static readonly TimeSpan s_endTimeout = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan s_retryDelay = TimeSpan.FromMilliseconds(100);

    private readonly MonitorOptions _options;
    private readonly HttpListener _listener;
    private readonly HealthReadings _readings;
    private readonly MonitorRoutes _routes;
    private readonly SemaphoreSlim _slots = new(MaximumRequests, MaximumRequests);
    private readonly CancellationTokenSource _stop = new();
    private int _disposed;

    private MonitorServer(MonitorOptions options, HttpListener listener)
    {
        _options = options;
        _listener = listener;
        _readings = new HealthReadings(options);
        _routes = new MonitorRoutes(options.Prefixes, _readings);
        Completion = Task.Run(AcceptAsync);
    }

    /// <summary>Ends when the server does; a failure is one of the server itself.</summary>
    public Task Completion { get; }

    /// <summary>Begins to serve.</summary>
    /// <param name="options">What and where.</param>
    /// <exception cref="AuditException">
    /// <see cref="AuditErrorId.MonitorPrefixInUse"/>, <see cref="AuditErrorId.MonitorPrefixInvalid"/> or
    /// <see cref="AuditErrorId.MonitorPrefixForbidden"/>.
    /// </exception>
    public static MonitorServer Start(MonitorOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var prefixes = options.Prefixes.Distinct().ToList();
        // The name localhost is a convenience, which a machine may not have, or not at the same address.
        var aliases = prefixes.Select(prefix => prefix.Alias).OfType<MonitorPrefix>().Except(prefixes).ToList();
        var listener = TryListen([.. prefixes, .. aliases], out var refusal);
        if (listener is null && aliases.Count > 0)
            listener = TryListen(prefixes, out refusal);
        return listener is null ? throw MonitorPrefix.NewRefused(prefixes, refusal!) : new MonitorServer(options, listener);
    }

    /// <summary>Ends the server: the port is free, and so is the store, when this returns.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        _stop.Cancel();
        // To stop it first would bind the port once more on Unix, where somebody else may have it by then.
        _listener.Close();
        ((IAsyncResult)Completion).AsyncWaitHandle.WaitOne(s_endTimeout);
        _readings.WaitForEnd(s_endTimeout);
    }

    private static HttpListener? TryListen(IReadOnlyList<MonitorPrefix> prefixes, out HttpListenerException? refusal)
    {
        var listener = new HttpListener();
        refusal = null;
        try
        {
            foreach (var prefix in prefixes)
            {
                Add(listener, prefix);
            }

            listener.Start();
            return listener;
        }
        catch (HttpListenerException failure)
        {
            refusal = failure;
            listener.Close();
            return null;
        }
    }

    private static void Add(HttpListener listener, MonitorPrefix prefix)
    {
        try
        {
            listener.Prefixes.Add(prefix.Url);
        }
        catch (ArgumentException failure)
        {
            listener.Close();
            throw prefix.NewInvalid(failure.Message.TrimEnd('.'));
        }
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                await _slots.WaitAsync(_stop.Token).ConfigureAwait(false);
                HttpListenerContext? context = null;
                try
                {
                    context = await NextAsync().ConfigureAwait(false);
                }
                finally
                {
                    if (context is null)
                        _slots.Release();
                }

                if (context is not null)
                    _ = ServeAsync(context);
            }
        }
        catch (OperationCanceledException)
        {
            await DrainAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Waits until every request has been answered or given up.</summary>
    private async Task DrainAsync()
    {
        for (var slot = 0; slot < MaximumRequests; slot++)
        {
            if (!await _slots.WaitAsync(s_endTimeout, CancellationToken.None).ConfigureAwait(false))
                return;
        }
    }

    /// <summary>The next request; null when a client was gone before it could be taken.</summary>
    private async Task<HttpListenerContext?> NextAsync()
    {
        try
        {
            return await _listener.GetContextAsync().ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is HttpListenerException or ObjectDisposedException or InvalidOperationException)
        {
            _stop.Token.ThrowIfCancellationRequested();
            if (!_listener.IsListening)
                throw;
            Report($"A request could not be taken: {failure.Message}");
            await Task.Delay(s_retryDelay, _stop.Token).ConfigureAwait(false);
            return null;
        }
    }

    private async Task ServeAsync(HttpListenerContext context)
    {
        var request = "A request";
        try
        {
            // A body is read before the next request of the connection is, however slowly it comes. Nobody needs one here.
            if (context.Request.HasEntityBody)
                throw new InvalidDataException("it has a body, which no request to this monitor needs.");
            // What has no answer yet when the listener is closed gets one from the listener itself, which must not mean that all is well.
            context.Response.StatusCode = (int)HttpStatusCode.ServiceUnavailable;
            // Off the loop that takes the next request, whatever this one does.
            await Task.Yield();
            var started = Stopwatch.GetTimestamp();
            // Now: once its connection is closed, a request does not say any more whose it was.
            request = MonitorRequest.Describe(context.Request);
            var reply = await AnswerAsync(context.Request).ConfigureAwait(false);
            await SendAsync(context, reply).WaitAsync(s_sendTimeout, _stop.Token).ConfigureAwait(false);
            var milliseconds = Stopwatch.GetElapsedTime(started).TotalMilliseconds.ToString("0.0", CultureInfo.InvariantCulture);
            Report($"{request}: {(int)reply.Status} {reply.Summary}, {milliseconds} ms");
        }
        catch (Exception failure)
        {
            // The client is gone, or does not read, or the monitor ends.
            context.Response.Abort();
            if (!_stop.IsCancellationRequested)
                Report($"{request}: not answered, {failure.Message}");
        }
        finally
        {
            _slots.Release();
        }
    }

    private async Task<MonitorReply> AnswerAsync(HttpListenerRequest request)
    {
        try
        {
            return await _routes.AnswerAsync(request, _stop.Token).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            Report($"The store could not be looked at: {failure.Message}");
            return MonitorRoutes.NewError(HttpStatusCode.InternalServerError, "The monitor failed to look at the store.");
        }
    }

    private static async Task SendAsync(HttpListenerContext context, MonitorReply reply)
    {
        var response = context.Response;
        response.StatusCode = (int)reply.Status;
        response.ContentType = reply.ContentType;
        response.ContentLength64 = reply.Body.Length;
        response.Headers["Cache-Control"] = "no-store";
        response.Headers["X-Content-Type-Options"] = "nosniff";
        if (reply.Status is HttpStatusCode.MethodNotAllowed)
            response.Headers["Allow"] = "GET, HEAD";
        if (context.Request.HttpMethod != "HEAD")
            await response.OutputStream.WriteAsync(reply.Body).ConfigureAwait(false);
        response.Close();
    }

    private void Report(string line) => _options.Report?.Invoke(Secrets.Redact(line));
}
