namespace SilverAudit.Testing;

/// <summary>Runs a program and records every file it names and every address it talks to.</summary>
public static class Tracer
{
    /// <summary>True where processes may be traced.</summary>
    public static bool IsPossible { get; } = OperatingSystem.IsLinux() && TryTrace();

    /// <summary>Runs a script with the module loaded, and returns the calls of its process and of all others it started.</summary>
    public static string[] Run(string folder, Dictionary<string, string?> environment, string script, string calls = "trace=%file,%network")
    {
        var (file, trace) = (Path.Combine(folder, "traced.ps1"), Path.Combine(folder, "trace.txt"));
        File.WriteAllText(file, script);
        ChildProcess.Succeed(ChildProcess.Start(
            folder, environment, "strace",
            ["-f", "-qq", "-s", "4096", "-e", calls, "-o", trace, "dotnet", TestMetadata.Value("RunnerPath"), "-NonInteractive", "-File", file]));
        return File.ReadAllLines(trace);
    }

    private static bool TryTrace()
    {
        try
        {
            return ChildProcess.Complete(ChildProcess.Start("/", "strace", "-f", "-o", "/dev/null", "true")).ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}

/// <summary>A theory that needs to see what a process does.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class TracerTheoryAttribute : TheoryAttribute
{
    public TracerTheoryAttribute() => Skip = new TracerFactAttribute().Skip;
}

/// <summary>A fact that needs to see what a process does.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class TracerFactAttribute : FactAttribute
{
    public TracerFactAttribute()
    {
        if (!Tracer.IsPossible)
            Skip = "There is no strace, or this account may not trace its processes, so nobody watches what hostile sources make the engine do.";
    }
}
