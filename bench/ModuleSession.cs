using System.Diagnostics;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using Microsoft.PowerShell;

namespace SilverAudit.Bench;

/// <summary>The laid-out module in PowerShell's own engine, called as a user's pipeline calls it.</summary>
internal sealed class ModuleSession : IDisposable
{
    private readonly Runspace _runspace;

    public ModuleSession(string manifest)
    {
        if (!File.Exists(manifest))
            throw new BenchFailedException($"There is no module at '{manifest}'.");

        var state = InitialSessionState.CreateDefault2();
        if (OperatingSystem.IsWindows())
            state.ExecutionPolicy = ExecutionPolicy.Bypass;
        _runspace = RunspaceFactory.CreateRunspace(state);
        _runspace.Open();
        using var shell = PowerShell.Create(_runspace);
        shell.AddCommand("Import-Module").AddParameter("Name", manifest).AddParameter("ErrorAction", "Stop").Invoke();
    }

    public ModuleRun Load(string source, string store, string? memoryLimit = null)
    {
        using var shell = Command(store);
        shell.AddParameter("LiteralPath", source);
        if (memoryLimit is not null)
            shell.AddParameter("MemoryLimit", memoryLimit);
        return Run(shell, input: null);
    }

    /// <summary>All sources through one pipeline, as strings.</summary>
    public ModuleRun LoadAll(IEnumerable<string> sources, string store)
    {
        using var shell = Command(store);
        return Run(shell, sources.Select(WildcardPattern.Escape).ToList());
    }

    public void Dispose() => _runspace.Dispose();

    private PowerShell Command(string store)
    {
        var shell = PowerShell.Create(_runspace);
        return shell.AddCommand("Invoke-SilverAuditEtl").AddParameter("Destination", store).AddParameter("NoLog");
    }

    private static ModuleRun Run(PowerShell shell, List<string>? input)
    {
        var time = Stopwatch.StartNew();
        var output = shell.Invoke(input);
        time.Stop();
        if (shell.Streams.Error.Count > 0)
            throw new BenchFailedException($"{shell.Streams.Error.Count} error(s), first: {shell.Streams.Error[0]}");
        return new ModuleRun(time.Elapsed, output.Select(LoadResult.From).ToList());
    }
}
