using System.Diagnostics;
using System.IO.Pipes;

namespace SilverAudit.Stores.Isolation;

/// <summary>A process that runs the engine for one store. What kills it leaves this process alone.</summary>
internal sealed class EngineProcess : IDisposable
{
    /// <summary>How long the two processes wait for each other at the beginning.</summary>
    public static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(1);

    /// <summary>How long a stop may take before the process is ended, which leaves the store as a stop does.</summary>
    public static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(5);

    private readonly Process _process;
    private readonly EngineChannel _channel;
    private readonly Task<string> _lastWords;
    private readonly Timer _end;
    private readonly Timer _silence;
    private volatile bool _wasSilent;
    private TimeSpan _patience;

    private EngineProcess(Process process, Stream pipe, Task<string> lastWords)
    {
        _process = process;
        _channel = new EngineChannel(pipe);
        _lastWords = lastWords;
        _end = new Timer(_ => End(process));
        _silence = new Timer(_ =>
        {
            _wasSilent = true;
            End(process);
        });
    }

    /// <summary>Starts the process and opens the store in it.</summary>
    /// <exception cref="AuditException">The process can't be started.</exception>
    public static EngineProcess Start(EngineCommand command, EngineRequest.Open request, CancellationToken cancellationToken)
    {
        var name = $"silver-audit-{Guid.NewGuid():N}";
        NamedPipeServerStream? pipe = null;
        Process? process = null;
        try
        {
            pipe = new NamedPipeServerStream(
                name, PipeDirection.InOut, 1, PipeTransmissionMode.Byte, PipeOptions.Asynchronous | PipeOptions.CurrentUserOnly);
            process = Process.Start(new ProcessStartInfo(command.FileName, [.. command.Arguments, name])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                CreateNoWindow = true,
            })!;
            // It must not read what the user types, and has nothing to say but its last words.
            process.StandardInput.Close();
            process.BeginOutputReadLine();
            var lastWords = process.StandardError.ReadToEndAsync(CancellationToken.None);
            WaitForConnection(pipe, process, lastWords, cancellationToken);
            var engine = new EngineProcess(process, pipe, lastWords);
            engine.Send(request);
            return engine;
        }
        catch (Exception failure)
        {
            if (process is not null)
                End(process);
            process?.Dispose();
            pipe?.Dispose();
            cancellationToken.ThrowIfCancellationRequested();
            throw new AuditException(AuditErrorId.IsolationUnavailable, request.Options.Destination,
                $"The engine could not be started in a process of its own, with '{command.FileName}': {failure.Message} Run it without -Isolated.", failure);
        }
    }

    /// <exception cref="EngineEndedException">The process has ended.</exception>
    public void Send(EngineRequest request)
    {
        try
        {
            _channel.Send(request);
        }
        catch (IOException)
        {
            throw NewEnded();
        }
    }

    /// <summary>
    /// Waits for the next reply. A process that gives no sign of life for long, as one does that a file leads in circles, is ended.
    /// </summary>
    /// <param name="patience">How long.</param>
    /// <exception cref="EngineEndedException">The process has ended.</exception>
    public EngineReply Receive(TimeSpan patience)
    {
        _patience = patience;
        _silence.Change(patience, Timeout.InfiniteTimeSpan);
        var reply = _channel.Receive<EngineReply>();
        _silence.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        return reply ?? throw NewEnded();
    }

    /// <summary>Asks for the end of what the process works on; if it does not come, ends the process.</summary>
    public void Stop()
    {
        _end.Change(StopGrace, Timeout.InfiniteTimeSpan);
        try
        {
            _channel.Send<EngineRequest>(new EngineRequest.Stop());
        }
        catch (IOException)
        {
            // It has ended already, as whoever waits for its reply is told.
        }
    }

    /// <summary>Says that the process has come to the end of what it was to stop.</summary>
    public void HasStopped() => _end.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    public void Dispose()
    {
        _end.Dispose();
        _silence.Dispose();
        _channel.Dispose();
        _process.WaitForExit();
        _process.Dispose();
    }

    private static void WaitForConnection(
        NamedPipeServerStream pipe, Process process, Task<string> lastWords, CancellationToken cancellationToken)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        waiting.CancelAfter(StartTimeout);
        var connected = pipe.WaitForConnectionAsync(waiting.Token);
        var ended = process.WaitForExitAsync(waiting.Token);
        if (Task.WaitAny([connected, ended], CancellationToken.None) == 1 && ended.IsCompletedSuccessfully)
            throw new InvalidOperationException($"it ended at once, with exit code {process.ExitCode}. {lastWords.GetAwaiter().GetResult().Trim()}");
        connected.GetAwaiter().GetResult();
        waiting.Cancel();
    }

    private static void End(Process process)
    {
        try
        {
            process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself.
        }
    }

    private EngineEndedException NewEnded()
    {
        _process.WaitForExit();
        if (_wasSilent)
            return EngineEndedException.ForSilence(_patience);
        var lastWords = _lastWords.GetAwaiter().GetResult().Trim();
        return new EngineEndedException(
            $"exit code {_process.ExitCode}" + (lastWords.Length > 0 ? $", {lastWords.ReplaceLineEndings("\n").Split('\n')[0]}" : ""));
    }
}
