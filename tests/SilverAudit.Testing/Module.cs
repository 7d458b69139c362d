using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace SilverAudit.Testing;

/// <summary>The laid-out module, imported into the real engine; one session, with a folder of its own as the current location.</summary>
public sealed class Module : IDisposable
{
    /// <summary>An environment variable that, when set, makes every cmdlet of every session run isolated: the same tests must pass.</summary>
    public const string IsolationVariable = "SILVERAUDIT_TESTS_ISOLATED";

    private static readonly object s_opening = new();

    private readonly Runspace _runspace;

    public Module()
    {
        Folder = new TemporaryFolder();
        var state = InitialSessionState.CreateDefault2();
        if (OperatingSystem.IsWindows())
            state.ExecutionPolicy = Microsoft.PowerShell.ExecutionPolicy.Bypass;
        _runspace = RunspaceFactory.CreateRunspace(state);
        // Two that are the first of a process at the same moment can end up without a location.
        lock (s_opening)
        {
            _runspace.Open();
        }

        GoTo(Folder.Location);
        Succeed("Import-Module -Name $args[0] -ErrorAction Stop", TestMetadata.Value("ModulePath"));
        if (Environment.GetEnvironmentVariable(IsolationVariable) is not null)
            Run("$global:PSDefaultParameterValues = @{ '*SilverAudit*:Isolated' = $true; '*Orphan*:Isolated' = $true }");
    }

    public TemporaryFolder Folder { get; }

    public static string SamplesPath => TestMetadata.Value("SamplesPath");

    /// <summary>Full path of a file in the current location of the session.</summary>
    public string File(string name) => Folder.File(name);

    /// <summary>Makes another folder the current location of the session.</summary>
    public void GoTo(string folder) => _runspace.SessionStateProxy.Path.SetLocation(System.Management.Automation.WildcardPattern.Escape(folder));

    /// <summary>Runs a script, with arguments for <c>$args</c>, and returns everything that it wrote.</summary>
    public ScriptOutcome Run(string script, params object?[] arguments)
    {
        using var shell = NewShell(script, arguments);
        Exception? terminating = null;
        IReadOnlyList<PSObject> output = [];
        try
        {
            output = [.. shell.Invoke()];
        }
        catch (RuntimeException failure)
        {
            terminating = failure;
        }

        return new ScriptOutcome(
            output, [.. shell.Streams.Error], [.. shell.Streams.Warning.Select(record => record.Message)],
            [.. shell.Streams.Verbose.Select(record => record.Message)], [.. shell.Streams.Debug.Select(record => record.Message)],
            [.. shell.Streams.Information.Select(record => record.MessageData?.ToString() ?? "")],
            [.. shell.Streams.Progress.Select(record => $"{record.Activity} - {record.StatusDescription}")],
            (terminating as IContainsErrorRecord)?.ErrorRecord);
    }

    /// <summary>Runs a script that must not fail.</summary>
    public IReadOnlyList<PSObject> Succeed(string script, params object?[] arguments)
    {
        var outcome = Run(script, arguments);
        Assert.Null(outcome.Terminating);
        Assert.Empty(outcome.Errors.Select(error => error.ToString()));
        return outcome.Output;
    }

    /// <summary>Loads one source that must not fail and returns its result.</summary>
    public PSObject Load(string source, string parameters = "") =>
        Assert.Single(Succeed($"Invoke-SilverAuditEtl -LiteralPath $args[0] -NoLog {parameters}", source));

    /// <summary>Takes back a run that must be one that can be, and returns the result.</summary>
    public PSObject Undo(PSObject run, string parameters = "") =>
        Assert.Single(Succeed($"Undo-SilverAuditRun -RunId $args[0] -Reason 'taken back' -Confirm:$false {parameters}", run.Value("RunId")));

    /// <summary>A shell that is ready to invoke, for tests that stop it or watch its streams.</summary>
    public System.Management.Automation.PowerShell NewShell(string script, params object?[] arguments)
    {
        var shell = System.Management.Automation.PowerShell.Create(_runspace);
        shell.AddScript(script);
        foreach (var argument in arguments)
        {
            shell.AddArgument(argument);
        }

        return shell;
    }

    public void Dispose()
    {
        _runspace.Dispose();
        Folder.Dispose();
    }
}
