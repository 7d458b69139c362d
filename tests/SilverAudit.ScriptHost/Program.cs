using System.Management.Automation;
using System.Management.Automation.Runspaces;

// A process with PowerShell's own engine and nothing else in it, so that a test decides what is loaded, and in which order:
// SilverAudit.ScriptHost <script text> [<arguments for $args>].
Environment.SetEnvironmentVariable("POWERSHELL_TELEMETRY_OPTOUT", "1");
var state = InitialSessionState.CreateDefault2();
if (OperatingSystem.IsWindows())
    state.ExecutionPolicy = Microsoft.PowerShell.ExecutionPolicy.Bypass;

using var runspace = RunspaceFactory.CreateRunspace(state);
runspace.Open();
using var shell = PowerShell.Create(runspace);
shell.AddScript(args[0]);
foreach (var argument in args[1..])
{
    shell.AddArgument(argument);
}

try
{
    foreach (var item in shell.Invoke())
    {
        Console.Out.WriteLine(item);
    }
}
catch (RuntimeException failure)
{
    Console.Error.WriteLine(failure);
    return 1;
}

foreach (var error in shell.Streams.Error)
{
    Console.Error.WriteLine($"{error.FullyQualifiedErrorId}: {error.Exception}");
}

return shell.HadErrors ? 1 : 0;
