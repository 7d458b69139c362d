namespace SilverAudit.Runner;

/// <summary>Runs one command or script with the module loaded, in PowerShell's own engine.</summary>
internal static class Program
{
    private static int Main(string[] arguments)
    {
        // Read by the engine once, at its start: a host that nobody installed has nothing to report about its user.
        Environment.SetEnvironmentVariable("POWERSHELL_TELEMETRY_OPTOUT", "1");

        var options = RunnerOptions.Parse(arguments);
        if (options.Error is not null)
        {
            Console.Error.WriteLine(options.Error);
            Console.Error.WriteLine();
            Console.Error.WriteLine(RunnerOptions.Usage);
            return ExitCode.BadCommandLine;
        }

        if (options.ShowUsage)
        {
            Console.WriteLine(RunnerOptions.Usage);
            return ExitCode.Success;
        }

        using var session = new RunnerSession(options);
        Console.CancelKeyPress += (_, e) =>
        {
            // The first Ctrl+C asks the cmdlets to stop and roll back; a second one ends the process.
            e.Cancel = session.Stop();
        };
        return session.Run();
    }
}
