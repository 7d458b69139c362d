using System.Diagnostics;

namespace SilverAudit.Testing;

/// <summary>A process that a test has started.</summary>
public static class ChildProcess
{
    /// <summary>Starts a program with its streams redirected.</summary>
    public static Process Start(string folder, string program, params IEnumerable<string> arguments) => Start(folder, [], program, arguments);

    /// <summary>Starts a program with its streams redirected and environment variables of its own.</summary>
    public static Process Start(string folder, Dictionary<string, string?> environment, string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    /// <summary>Waits for the end and returns what was written.</summary>
    public static (int ExitCode, string Output, string Error) Complete(Process process)
    {
        using (process)
        {
            process.StandardInput.Close();
            var error = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, output, error.GetAwaiter().GetResult());
        }
    }

    /// <summary>Waits for the end, which must be a success, and returns the output line by line.</summary>
    public static string[] Succeed(Process process)
    {
        var (exitCode, output, error) = Complete(process);
        Assert.Equal("", error);
        Assert.Equal(0, exitCode);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }
}
