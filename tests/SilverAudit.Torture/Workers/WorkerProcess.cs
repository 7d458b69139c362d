using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;

namespace SilverAudit.Torture.Workers;

/// <summary>A process of its own with the module in it, as a script's or a user's would be. It may be killed at any time.</summary>
public sealed class WorkerProcess : IDisposable
{
    private const int LastWordsKept = 40;

    /// <summary>Far longer than any script takes: who does not answer by then hangs.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(10);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lastWords = new();
    private bool _ready;

    public WorkerProcess(string temporaryFolder, params IReadOnlyList<string> prefix)
    {
        string[] command = [.. prefix, "dotnet", typeof(WorkerProcess).Assembly.Location, WorkerHost.Argument];
        // Dumps of processes that are meant to die would fill the disk.
        var environment = new Dictionary<string, string?> { ["TMPDIR"] = temporaryFolder, ["DOTNET_DbgEnableMiniDump"] = "0" };
        _process = ChildProcess.Start(temporaryFolder, environment, command[0], command[1..]);
        _process.ErrorDataReceived += (_, e) => Keep(e.Data);
        _process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    public bool IsAlive => !_process.HasExited;

    /// <summary>Waits until scripts can be run.</summary>
    public WorkerProcess WaitUntilReady()
    {
        if (!_ready && _process.StandardOutput.ReadLine() != WorkerHost.Ready)
            throw NewDied();
        _ready = true;
        return this;
    }

    /// <summary>Runs a script and returns what it wrote.</summary>
    /// <param name="location">The folder to run it in.</param>
    /// <param name="script">The script.</param>
    /// <param name="arguments">For <c>$args</c>.</param>
    /// <exception cref="WorkerDiedException">The process ended.</exception>
    public WorkerReply Run(string location, string script, params IReadOnlyList<string> arguments) =>
        Run(new WorkerRequest(script, arguments, location, Watched: false), static _ => { });

    /// <summary>Runs a script and tells of its information and debug messages while it runs.</summary>
    /// <exception cref="WorkerDiedException">The process ended.</exception>
    public WorkerReply Run(WorkerRequest request, Action<string> onMessage)
    {
        WaitUntilReady();
        using var hang = new Timer(_ => _process.Kill(entireProcessTree: true), null, s_patience, Timeout.InfiniteTimeSpan);
        try
        {
            _process.StandardInput.WriteLine(JsonSerializer.Serialize(request));
            _process.StandardInput.Flush();
        }
        catch (IOException)
        {
            throw NewDied();
        }

        while (_process.StandardOutput.ReadLine() is { } line)
        {
            if (!line.StartsWith(WorkerHost.MessageMark))
                return Parse(line);
            onMessage(line[1..]);
        }

        throw NewDied();
    }

    /// <summary>Ends the process as a crash would: nothing of it runs any more.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        if (IsAlive)
            Kill();
        _process.Dispose();
    }

    private WorkerReply Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<WorkerReply>(line)!;
        }
        catch (JsonException)
        {
            // Killed in the middle of the line.
            throw NewDied();
        }
    }

    private WorkerDiedException NewDied()
    {
        _process.WaitForExit();
        return new WorkerDiedException(_process.ExitCode, string.Join('\n', _lastWords));
    }

    private void Keep(string? line)
    {
        if (line is null)
            return;
        _lastWords.Enqueue(line);
        if (_lastWords.Count > LastWordsKept)
            _lastWords.TryDequeue(out _);
    }
}
