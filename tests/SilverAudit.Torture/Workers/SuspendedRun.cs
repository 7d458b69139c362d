using System.Diagnostics;

namespace SilverAudit.Torture.Workers;

/// <summary>A process with the module in it that is suspended at one of its calls to the system, until it is told to go on.</summary>
public sealed class SuspendedRun : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    private readonly Process _tracer;
    private readonly string _trace;

    private SuspendedRun(Process tracer, string trace) => (_tracer, _trace) = (tracer, trace);

    /// <summary>Starts a script and waits until it is suspended, or over.</summary>
    /// <param name="folder">Where to run it.</param>
    /// <param name="script">The script.</param>
    /// <param name="calls">The names of the calls, with commas between.</param>
    /// <param name="occurrence">Which of them it is suspended at, from 1.</param>
    /// <param name="paths">The paths that the calls must name; none for all.</param>
    public static SuspendedRun Start(string folder, string script, string calls, int occurrence, params IReadOnlyList<string> paths)
    {
        var trace = Path.Combine(folder, $"trace-{Guid.NewGuid():N}");
        var tracer = ChildProcess.Start(
            folder, "strace",
            ["-f", "-qq", "-o", trace, .. paths.SelectMany(path => new[] { "-P", path }), "-e", "trace=" + calls, "-e", $"inject={calls}:signal=SIGSTOP:when={occurrence}",
             "dotnet", TestMetadata.Value("RunnerPath"), "-NonInteractive", "-Command", script]);
        var run = new SuspendedRun(tracer, trace);
        SpinWait.SpinUntil(() => run.IsSuspended || tracer.HasExited, s_patience);
        return run;
    }

    /// <summary>True while it is suspended. False when it had ended before.</summary>
    public bool IsSuspended => !_tracer.HasExited && File.Exists(_trace) && ReadTrace().Contains("stopped by SIGSTOP", StringComparison.Ordinal);

    /// <summary>The call that it was suspended at, for the tally.</summary>
    public string Call => ReadTrace().Split('\n').LastOrDefault(line => line.Contains('(', StringComparison.Ordinal) && !line.Contains("SIGSTOP", StringComparison.Ordinal))?.Split('(')[0].Split(' ')[^1] ?? "nothing";

    /// <summary>Lets it go on and waits for its end.</summary>
    /// <returns>What it wrote.</returns>
    public string Continue()
    {
        foreach (var line in File.ReadAllLines($"/proc/{_tracer.Id}/task/{_tracer.Id}/children"))
        {
            foreach (var child in line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                ChildProcess.Complete(ChildProcess.Start("/", "kill", "-CONT", child));
            }
        }

        return Complete();
    }

    /// <summary>Waits for its end.</summary>
    public string Complete()
    {
        using var hang = new Timer(_ => _tracer.Kill(entireProcessTree: true), null, s_patience, Timeout.InfiniteTimeSpan);
        var (_, output, error) = ChildProcess.Complete(_tracer);
        return output + error;
    }

    public void Dispose()
    {
        _tracer.Dispose();
        File.Delete(_trace);
    }

    private string ReadTrace()
    {
        using var reader = new StreamReader(new FileStream(_trace, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        return reader.ReadToEnd();
    }
}
