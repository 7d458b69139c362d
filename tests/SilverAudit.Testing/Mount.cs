using System.Diagnostics;

namespace SilverAudit.Testing;

/// <summary>A small disk of its own for a process, to be filled up.</summary>
public static class Mount
{
    /// <summary>
    /// Stands before a command whose process may have mounts of its own, and to which file permissions apply although it takes
    /// itself for the administrator.
    /// </summary>
    public static IReadOnlyList<string> Prefix { get; } =
        ["unshare", "--map-root-user", "--mount", "setpriv", "--bounding-set=-dac_override,-dac_read_search"];

    /// <summary>Why nothing can be mounted on this machine; null when it can.</summary>
    public static string? Obstacle =>
        IsPossible ? null : "This account may not mount a small file system to fill up (Linux, 'unshare --map-root-user --mount').";

    /// <summary>True where this account may mount a file system for a process and its children.</summary>
    public static bool IsPossible { get; } = OperatingSystem.IsLinux() && TryMount();

    /// <summary>Runs a script whose process sees a small disk at a folder, and returns its output, line by line.</summary>
    public static string[] RunWithDisk(string location, string folder, string size, string script)
    {
        var file = Path.Combine(location, "with-disk.ps1");
        File.WriteAllText(file, script);
        return ChildProcess.Succeed(Start(
            location, $"mount -t tmpfs -o size={size} none \"$1\" && exec dotnet \"$2\" -NonInteractive -File \"$3\"",
            Path.Combine(location, folder), TestMetadata.Value("RunnerPath"), file));
    }

    private static bool TryMount()
    {
        try
        {
            return ChildProcess.Complete(Start("/", "mount -t tmpfs -o size=1m none /tmp")).ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private static Process Start(string location, string command, params string[] arguments) =>
        ChildProcess.Start(location, "unshare", ["--map-root-user", "--mount", "sh", "-c", command, "sh", .. arguments]);
}

/// <summary>A fact that needs a disk of its own.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class MountFactAttribute : FactAttribute
{
    public MountFactAttribute() => Skip = Mount.Obstacle;
}
