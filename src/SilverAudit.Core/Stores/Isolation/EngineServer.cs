using System.Collections.Concurrent;
using System.Diagnostics;
using System.IO.Pipes;
using System.Runtime.InteropServices;
using SilverAudit.Stores.DuckDb;

namespace SilverAudit.Stores.Isolation;

/// <summary>
/// The other side of <see cref="IsolatedStore"/>: serves one store to the process that started this one, and ends with it.
/// </summary>
public sealed class EngineServer : IAuditHost, IDisposable
{
    private readonly EngineChannel _channel;
    private readonly AuditLog _log;
    private readonly BlockingCollection<(EngineRequest Request, CancellationToken Stop)> _requests = [];
    private static readonly TimeSpan s_heartbeat = TimeSpan.FromSeconds(1);

    private readonly ManualResetEventSlim _served = new();
    private readonly Timer _heart;
    private volatile DuckDbStore? _store;
    private volatile bool _isWorking;
    private (double? Progress, long Megabytes, long Store, long Log)? _advance;
    private volatile CancellationTokenSource _latest = new();
    private IReadOnlyList<HostMessageLevel> _wanted = [];

    private EngineServer(Stream pipe)
    {
        _channel = new EngineChannel(pipe);
        _log = AuditLog.Open(new AuditLogOptions(), this);
        _heart = new Timer(_ => Beat(), null, s_heartbeat, s_heartbeat);
    }

    /// <summary>Serves until the store is closed, or whoever asked is gone.</summary>
    /// <param name="pipe">The name of the pipe to serve.</param>
    public static void Run(string pipe)
    {
        using var stream = new NamedPipeClientStream(".", pipe, PipeDirection.InOut, PipeOptions.Asynchronous | PipeOptions.CurrentUserOnly);
        stream.Connect(EngineProcess.StartTimeout);
        // Ctrl+C reaches every process of a terminal. Here the store is to be left in order first, as the other process will ask.
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, static context => context.Cancel = true);
        using var server = new EngineServer(stream);
        server.Serve();
    }

    bool IAuditHost.IsListening(HostMessageLevel level) => _wanted.Contains(level);

    void IAuditHost.Write(HostMessageLevel level, string message) => Send(new EngineReply.Message(level, message));

    void IAuditHost.ShowProgress(string activity, string status, int percent) => Send(new EngineReply.Progress(activity, status, percent));

    /// <inheritdoc/>
    public void Dispose()
    {
        _heart.Dispose();
        _log.Dispose();
        _channel.Dispose();
        _latest.Dispose();
    }

    private void Serve()
    {
        new Thread(Listen) { IsBackground = true, Name = "SilverAudit requests" }.Start();
        try
        {
            foreach (var (request, stop) in _requests.GetConsumingEnumerable())
            {
                if (request is EngineRequest.Open open)
                {
                    _wanted = open.Wanted;
                    _store = new DuckDbStore(open.Options, _log);
                }
                else if (_store is { } store)
                {
                    _isWorking = true;
                    Answer(() => request.Execute(store, stop));
                    _isWorking = false;
                }

                if (request is EngineRequest.Close)
                    return;
            }
        }
        finally
        {
            _store?.Dispose();
            _served.Set();
        }
    }

    /// <summary>Takes requests while another one is worked on, because one of them may be to stop that.</summary>
    private void Listen()
    {
        while (_channel.Receive<EngineRequest>() is { } request)
        {
            if (request is EngineRequest.Stop)
            {
                _latest.Cancel();
            }
            else
            {
                // A stop that comes too late must not hit the next request, so each has a source of its own.
                _latest = new CancellationTokenSource();
                _requests.Add((request, _latest.Token));
            }
        }

        // Whoever asked is gone: what is being done is rolled back, and the process ends. Some calls of the engine can't be
        // interrupted, and would keep the store locked; the end of the process leaves it as a stop does.
        _latest.Cancel();
        _requests.CompleteAdding();
        if (!_served.Wait(EngineProcess.StopGrace))
            Process.GetCurrentProcess().Kill();
    }

    /// <summary>An engine that a file leads in circles does not come further, however busy it is.</summary>
    private void Beat()
    {
        // Between two requests nobody waits, or reads.
        if (!_isWorking || _store?.Advance is not { } advance || advance == _advance)
            return;
        _advance = advance;
        Send(new EngineReply.Heartbeat());
    }

    private void Answer(Func<IEnumerable<object>> work)
    {
        try
        {
            foreach (var item in work())
            {
                Send(new EngineReply.Item(EngineChannel.ToElement(item)));
            }

            Send(new EngineReply.Completed());
        }
        catch (AuditException failure)
        {
            Send(new EngineReply.Failed(failure));
        }
        catch (OperationCanceledException)
        {
            Send(new EngineReply.Stopped());
        }
    }

    private void Send(EngineReply reply)
    {
        try
        {
            _channel.Send(reply);
        }
        catch (IOException)
        {
            _latest.Cancel(); // Nobody listens any more.
        }
    }
}
