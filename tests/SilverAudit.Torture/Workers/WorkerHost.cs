using System.Management.Automation;
using System.Text.Json;

namespace SilverAudit.Torture.Workers;

/// <summary>
/// The worker's side: a process with PowerShell's engine and the module in it, which runs one script after the other. Each line
/// of standard input is a request; each line of standard output is a message of a stream, or the reply.
/// </summary>
public static class WorkerHost
{
    public const string Argument = "worker";
    public const string Ready = "ready";
    public const char MessageMark = '>';

    public static int Run()
    {
        var output = Console.Out;
        using var module = new Module();
        output.WriteLine(Ready);
        while (Console.In.ReadLine() is { } line)
        {
            output.WriteLine(JsonSerializer.Serialize(Answer(module, JsonSerializer.Deserialize<WorkerRequest>(line)!, output)));
            output.Flush();
        }

        return 0;
    }

    /// <summary>Runs a script in a session and describes what it wrote.</summary>
    public static WorkerReply Answer(Module module, WorkerRequest request, TextWriter output)
    {
        module.GoTo(request.Location);
        using var shell = module.NewShell(request.Script, [.. request.Arguments]);
        if (request.Watched)
            Watch(shell, output);

        var errors = new List<WorkerError>();
        IReadOnlyList<PSObject> results = [];
        try
        {
            results = [.. shell.Invoke()];
        }
        catch (RuntimeException failure)
        {
            errors.Add(Describe(failure.ErrorRecord, isTerminating: true));
        }

        errors.InsertRange(0, shell.Streams.Error.Select(record => Describe(record, isTerminating: false)));
        return new WorkerReply([.. results.Select(Describe)], errors, [.. shell.Streams.Warning.Select(record => record.Message)]);
    }

    private static void Watch(System.Management.Automation.PowerShell shell, TextWriter output)
    {
        shell.Streams.Information.DataAdded += (_, e) => Tell(shell.Streams.Information[e.Index].MessageData?.ToString() ?? "");
        shell.Streams.Debug.DataAdded += (_, e) => Tell(shell.Streams.Debug[e.Index].Message);

        void Tell(string message)
        {
            output.WriteLine(MessageMark + message.ReplaceLineEndings(" "));
            output.Flush();
        }
    }

    private static WorkerError Describe(ErrorRecord record, bool isTerminating) =>
        new(record.FullyQualifiedErrorId.Split(',')[0], record.Exception.Message, isTerminating);

    private static Dictionary<string, string?> Describe(PSObject item) =>
        item.BaseObject is string or ValueType
            ? new Dictionary<string, string?> { ["Value"] = Text(item.BaseObject) }
            : item.Properties.ToDictionary(property => property.Name, property => Text(property.Value));

    private static string? Text(object? value) =>
        value is null ? null : (string)LanguagePrimitives.ConvertTo(value, typeof(string), System.Globalization.CultureInfo.InvariantCulture);
}
