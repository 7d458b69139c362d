using System.Diagnostics;

namespace SilverAudit.Testing;

/// <summary>A command in a process of its own that is held up right before a statement of the engine is executed.</summary>
public sealed class HeldCommand : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly TemporaryFolder _script;

    private HeldCommand(Process process, TemporaryFolder script) => (_process, _script) = (process, script);

    /// <summary>Starts a command and returns when it is held.</summary>
    /// <param name="folder">The current location of the command.</param>
    /// <param name="command">The command.</param>
    /// <param name="statement">What the statement contains.</param>
    /// <param name="occurrence">Which of the statements that contain it, from 1.</param>
    public static HeldCommand Start(string folder, string command, string statement, int occurrence = 1)
    {
        // The message about a statement comes before it is executed, on the thread that is going to do so.
        var script = new TemporaryFolder();
        File.WriteAllText(
            script.File("held.ps1"),
            $$"""
            $statement, $occurrence = $args
            $DebugPreference = 'Continue'
            {{command}} 5>&1 | ForEach-Object {
                if ($_ -is [Management.Automation.DebugRecord] -and "$_".Contains($statement) -and ++$seen -eq $occurrence) {
                    [Console]::Out.WriteLine('held')
                    $null = [Console]::In.ReadLine()
                }
            }
            """);
        var process = ChildProcess.Start(
            folder, "dotnet", TestMetadata.Value("RunnerPath"), "-NonInteractive", "-File", script.File("held.ps1"), statement,
            occurrence.ToString(System.Globalization.CultureInfo.InvariantCulture));
        var held = new HeldCommand(process, script);
        var reading = process.StandardOutput.ReadLineAsync();
        Assert.True(reading.Wait(s_patience), $"'{statement}' was never executed.");
        Assert.True(reading.Result == "held", $"'{statement}' was never executed: {reading.Result}");
        return held;
    }

    /// <summary>Kills the process while it is held.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    /// <summary>Lets the command go on and kills it after some time, unless it has ended by then.</summary>
    public void ReleaseAndKill(TimeSpan delay)
    {
        _process.StandardInput.WriteLine();
        if (!_process.WaitForExit(delay))
            Kill();
    }

    public void Dispose()
    {
        Kill();
        _process.Dispose();
        _script.Dispose();
    }
}
