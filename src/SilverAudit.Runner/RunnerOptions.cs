namespace SilverAudit.Runner;

/// <summary>The command line, read by pwsh's rules.</summary>
internal sealed record RunnerOptions
{
    public const string Usage = """
        Usage: SilverAudit.Runner [-NoLogo] [-NoProfile] [-NonInteractive] -Command <text>...
               SilverAudit.Runner [-NoLogo] [-NoProfile] [-NonInteractive] [-File] <script> [<arguments>...]
               SilverAudit.Runner -? | -Help

        Runs a command or a script with the SilverAudit.PowerShell module loaded, where pwsh is not installed.

          -Command, -c     The rest of the command line, joined with spaces, is the command.
          -File, -f        A script file; the rest of the command line is its arguments.
          -NonInteractive  Whatever would ask a question fails instead.
          -NoLogo, -NoProfile are accepted; there is neither logo nor profile.

        Exit codes: 0, 1 after an error, the n of 'exit n', 64 for a wrong command line, 130 after Ctrl+C.
        """;

    public string? Command { get; private init; }

    public string? File { get; private init; }

    public IReadOnlyList<string> FileArguments { get; private init; } = [];

    public bool NonInteractive { get; private init; }

    public bool ShowUsage { get; private init; }

    public string? Error { get; private init; }

    public static RunnerOptions Parse(IReadOnlyList<string> arguments)
    {
        var options = new RunnerOptions();
        for (var i = 0; i < arguments.Count; i++)
        {
            var argument = arguments[i];
            var rest = arguments.Skip(i + 1).ToArray();
            if (Is(argument, "NoLogo", 3) || Is(argument, "NoProfile", 3))
                continue;

            if (Is(argument, "NonInteractive", 4))
                options = options with { NonInteractive = true };
            else if (Is(argument, "Help", 1) || Is(argument, "?", 1))
                return options with { ShowUsage = true };
            else if (Is(argument, "Command", 1))
                return options.WithCommand(rest);
            else if (Is(argument, "File", 1))
                return options.WithFile(rest);
            else
                return options.WithFile([argument, .. rest]);
        }

        return options with { ShowUsage = true };
    }

    /// <summary>Options may be shortened as pwsh's: to any beginning that still tells them apart.</summary>
    private static bool Is(string argument, string option, int shortest)
    {
        var name = argument.StartsWith("--", StringComparison.Ordinal) ? argument[2..]
            : argument.StartsWith('-') ? argument[1..]
            : string.Empty;
        return name.Length >= shortest && option.StartsWith(name, StringComparison.OrdinalIgnoreCase);
    }

    private RunnerOptions WithCommand(string[] words) => words.Length == 0
        ? this with { Error = "A command must follow -Command." }
        : this with { Command = string.Join(' ', words) };

    private RunnerOptions WithFile(string[] words)
    {
        if (words.Length == 0)
            return this with { Error = "The path of a script must follow -File." };

        if (words[0].Length == 0 || !System.IO.File.Exists(words[0]))
        {
            return this with
            {
                Error = $"The argument '{words[0]}' is not the name of a script file. Check the spelling, or if a path was included, that it is correct.",
            };
        }

        if (!words[0].EndsWith(".ps1", StringComparison.OrdinalIgnoreCase))
            return this with { Error = $"The file '{words[0]}' is not a PowerShell script: its name must end in .ps1." };

        return this with { File = Path.GetFullPath(words[0]), FileArguments = words[1..] };
    }
}
