using System.Management.Automation.Language;
using System.Runtime.InteropServices;

namespace SilverAudit.PowerShell;

/// <summary>Knows how to start another process on the runtime that this one runs on.</summary>
internal static class EngineLauncher
{
    private const string HostAssembly = "SilverAudit.EngineHost.dll";

    /// <summary>The command that runs the module's engine host.</summary>
    public static EngineCommand NewCommand()
    {
        var host = Path.Combine(Path.GetDirectoryName(typeof(EngineLauncher).Assembly.Location)!, HostAssembly);
        var runtime = RuntimeEnvironment.GetRuntimeDirectory();
        // pwsh brings its runtime along and is the only program that starts on it; a shared runtime has dotnet three levels up.
        var pwsh = Path.Combine(runtime, Program("pwsh"));
        if (!File.Exists(pwsh))
            return new EngineCommand(Path.GetFullPath(Path.Combine(runtime, "..", "..", "..", Program("dotnet"))), [host]);
        var start = $"[System.Reflection.Assembly]::LoadFrom('{CodeGeneration.EscapeSingleQuotedStringContent(host)}').EntryPoint.Invoke($null, (, [string[]]$args))";
        // What follows the command becomes part of its text: the name of the pipe, which needs no quotes.
        return new EngineCommand(pwsh, ["-NoProfile", "-NonInteractive", "-NoLogo", "-Command", $"& {{ {start} }}"]);
    }

    private static string Program(string name) => OperatingSystem.IsWindows() ? name + ".exe" : name;
}
