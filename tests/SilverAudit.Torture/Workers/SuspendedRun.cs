using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace SilverAudit.Torture.Workers;

/// <summary>A process with the module in it that is suspended at one of its calls to the system, until it is told to go on.</summary>
public sealed partial class SuspendedRun : IDisposable
{
    private const int ContinueSignal = 18;

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    private readonly Process _tracer;
    private readonly Task<string> _output;
    private readonly Task<List<string>> _trace;
    private readonly TaskCompletionSource<bool> _suspended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _goesOn;

    private SuspendedRun(string folder, string script, int occurrence, IEnumerable<string> tracing)
    {
        _tracer = ChildProcess.Start(
            folder, "strace",
            ["-f", "-qq", "-s", "4096", .. tracing, "dotnet", TestMetadata.Value("RunnerPath"), "-NonInteractive", "-Command", script]);
        _tracer.StandardInput.Close();
        _output = _tracer.StandardOutput.ReadToEndAsync();
        _trace = Follow(occurrence);
    }

    /// <summary>True while it is suspended. False when it had ended before.</summary>
    public bool IsSuspended { get; private set; }

    /// <summary>Runs a script to its end.</summary>
    /// <param name="folder">Where to run it.</param>
    /// <param name="script">The script.</param>
    /// <param name="files">The files of interest, relative to the folder.</param>
    /// <returns>The calls that it can be suspended at.</returns>
    public static IReadOnlyList<SystemCall> FindCalls(string folder, string script, IReadOnlyList<string> files)
    {
        using var run = new SuspendedRun(folder, script, 0, ["-e", "trace=" + SystemCall.Watched]);
        run.Complete();
        return SystemCall.FindAll(run._trace.GetAwaiter().GetResult(), folder, files);
    }

    /// <summary>Starts a script and waits until it is suspended, or over.</summary>
    /// <param name="folder">Where to run it.</param>
    /// <param name="script">The script.</param>
    /// <param name="call">What it is suspended at.</param>
    public static SuspendedRun Start(string folder, string script, SystemCall call)
    {
        var run = new SuspendedRun(folder, script, call.Occurrence, call.Suspending(folder));
        run.IsSuspended = run._suspended.Task.WaitAsync(s_patience).GetAwaiter().GetResult();
        return run;
    }

    /// <summary>Lets it go on, if it is suspended, and waits for its end.</summary>
    /// <returns>What it wrote.</returns>
    public string Complete()
    {
        _goesOn = true;
        if (IsSuspended)
            GoOn();
        IsSuspended = false;
        var output = _output.WaitAsync(s_patience).GetAwaiter().GetResult();
        _tracer.WaitForExit();
        return output;
    }

    public void Dispose()
    {
        if (!_tracer.HasExited)
            _tracer.Kill(entireProcessTree: true);
        _tracer.Dispose();
    }

    private void GoOn()
    {
        foreach (var child in File.ReadAllText($"/proc/{_tracer.Id}/task/{_tracer.Id}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            _ = Kill(int.Parse(child, CultureInfo.InvariantCulture), ContinueSignal);
        }
    }

    /// <summary>Reads what strace writes, and lets the process go on at every call but the one that is meant.</summary>
    private async Task<List<string>> Follow(int occurrence)
    {
        var (lines, calls) = (new List<string>(), 0);
        while (await _tracer.StandardError.ReadLineAsync().ConfigureAwait(false) is { } line)
        {
            lines.Add(line);
            if (line.Contains("--- SIGSTOP {", StringComparison.Ordinal))
                calls++;
            if (!line.Contains("--- stopped by SIGSTOP", StringComparison.Ordinal))
                continue;
            if (calls == occurrence && !_goesOn)
                _suspended.TrySetResult(true);
            else
                GoOn();
        }

        _suspended.TrySetResult(false);
        return lines;
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
