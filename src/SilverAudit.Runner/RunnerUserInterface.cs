using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Management.Automation.Internal;
using System.Security;

namespace SilverAudit.Runner;

/// <summary>Text out, and the one question that cmdlets ask: to confirm.</summary>
internal sealed class RunnerUserInterface(bool interactive) : PSHostUserInterface, IDisposable
{
    private const string Highlight = "\u001b[33;1m";
    private const string Reset = "\u001b[0m";

    private readonly CancellationTokenSource _stopAsking = new();
    private readonly ProgressLine _progress = new();

    public override PSHostRawUserInterface RawUI { get; } = new RunnerRawUserInterface();

    public override bool SupportsVirtualTerminal { get; } = Terminal.OutputTakesEscapes;

    /// <summary>Set while the report of an error is formatted as output.</summary>
    public bool OutputGoesToError { get; set; }

    public override void Write(string value)
    {
        if (OutputGoesToError)
        {
            WriteError(value);
            return;
        }

        _progress.Clear();
        Console.Out.Write(SupportsVirtualTerminal ? value : WithoutEscapes(value));
    }

    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) => Write(value);

    public override void WriteLine(string value) => Write(value + Environment.NewLine);

    public override void WriteErrorLine(string value) => WriteError(value + Environment.NewLine);

    public override void WriteWarningLine(string message) => WriteLine($"{Highlight}WARNING: {message}{Reset}");

    public override void WriteVerboseLine(string message) => WriteLine($"{Highlight}VERBOSE: {message}{Reset}");

    public override void WriteDebugLine(string message) => WriteLine($"{Highlight}DEBUG: {message}{Reset}");

    public override void WriteProgress(long sourceId, ProgressRecord record) => _progress.Show(record);

    public override string ReadLine()
    {
        RequireInteractive();
        _progress.Clear();
        return ReadAnswer();
    }

    public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice)
    {
        RequireInteractive();
        WriteLine(string.Empty);
        foreach (var text in new[] { caption, message }.Where(text => !string.IsNullOrEmpty(text)))
            WriteLine(text);

        var options = choices.Select(ChoiceOption.From).ToArray();
        var question = string.Join("  ", options.Select(option => $"[{option.Key}] {option.Name}"));
        var suffix = defaultChoice >= 0 ? $" (default is \"{options[defaultChoice].Key}\")" : string.Empty;
        while (true)
        {
            Write($"{question}{suffix}: ");
            var answer = ReadAnswer().Trim();
            if (answer.Length == 0 && defaultChoice >= 0)
                return defaultChoice;

            var chosen = Array.FindIndex(options, option => option.Matches(answer));
            if (chosen >= 0)
                return chosen;
        }
    }

    // A mandatory parameter that is missing is an error here, as under pwsh -NonInteractive.
    public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions) =>
        throw NoAnswer();

    public override SecureString ReadLineAsSecureString() => throw NoAnswer();

    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName) =>
        throw NoAnswer();

    public override PSCredential PromptForCredential(
        string caption,
        string message,
        string userName,
        string targetName,
        PSCredentialTypes allowedCredentialTypes,
        PSCredentialUIOptions options) => throw NoAnswer();

    /// <summary>Ends a question that waits for its answer.</summary>
    public void StopAsking() => _stopAsking.Cancel();

    public void Dispose()
    {
        _progress.Clear();
        _stopAsking.Dispose();
    }

    private static string WithoutEscapes(string value) => new StringDecorated(value).ToString(OutputRendering.PlainText);

    private static PSInvalidOperationException NoAnswer() =>
        new("The command asks for input, and there is nobody to answer. Give all parameters, or -Confirm:$false.");

    /// <summary>Reads on another thread: nothing ends a read of the console, and Ctrl+C must not wait for a key.</summary>
    private string ReadAnswer()
    {
        var line = Task.Run(Console.ReadLine);
        try
        {
            line.Wait(_stopAsking.Token);
        }
        catch (OperationCanceledException)
        {
            throw new PipelineStoppedException();
        }

        return line.Result ?? throw NoAnswer();
    }

    private void WriteError(string value)
    {
        _progress.Clear();
        Console.Error.Write(Terminal.ErrorTakesEscapes ? value : WithoutEscapes(value));
    }

    private void RequireInteractive()
    {
        if (!interactive)
            throw NoAnswer();
    }
}
