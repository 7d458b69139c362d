using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Reflection;
using Microsoft.PowerShell;

namespace SilverAudit.Runner;

/// <summary>One runspace with the module in it, and the one command or script that runs there.</summary>
internal sealed class RunnerSession : IDisposable
{
    private readonly RunnerOptions _options;
    private readonly RunnerHost _host;
    private readonly Runspace _runspace;
    private readonly Lock _lock = new();
    private Pipeline? _running;
    private bool _stopped;

    public RunnerSession(RunnerOptions options)
    {
        _options = options;
        _host = new RunnerHost(interactive: !options.NonInteractive && !Console.IsInputRedirected);

        // CreateDefault would look for the modules that ship with pwsh; CreateDefault2 takes the engine alone.
        var state = InitialSessionState.CreateDefault2();
        if (OperatingSystem.IsWindows())
            state.ExecutionPolicy = ExecutionPolicy.Bypass;

        _runspace = RunspaceFactory.CreateRunspace(_host, state);
        _runspace.Open();
    }

    public int Run()
    {
        try
        {
            if (!Complete(ImportModule()) || !Complete(CommandToRun()))
                return ExitCode.Failure;

            return _host.RequestedExitCode ?? (LastSucceeded() ? ExitCode.Success : ExitCodeOfFailure());
        }
        catch (PipelineStoppedException)
        {
            return ExitCode.Interrupted;
        }
    }

    /// <summary>Asks what runs to stop. False when that was asked before, or nothing is left to stop.</summary>
    public bool Stop()
    {
        lock (_lock)
        {
            if (_stopped)
                return false;

            _stopped = true;
            _host.UI.StopAsking();
            _running?.StopAsync();
            return true;
        }
    }

    public void Dispose()
    {
        lock (_lock)
            _stopped = true;

        _host.UI.Dispose();
        _runspace.Dispose();
    }

    private static Command ImportModule()
    {
        var path = Assembly.GetExecutingAssembly().GetCustomAttributes<AssemblyMetadataAttribute>()
            .First(metadata => metadata.Key == "ModulePath").Value;
        var command = new Command("Import-Module");
        command.Parameters.Add("Name", WildcardPattern.Escape(path));
        command.Parameters.Add("ErrorAction", ActionPreference.Stop);
        return command;
    }

    // Called from a command, the file leaves $? as pwsh -File needs it: false after exit n, true after a program that failed.
    private Command CommandToRun()
    {
        var text = _options.Command ?? ScriptCall.To(_options.File!, _options.FileArguments);
        return new Command(text, isScript: true, useLocalScope: false);
    }

    /// <summary>Runs the command with its output and errors formatted to the host. False when an error ended it.</summary>
    private bool Complete(Command command)
    {
        command.MergeMyResults(PipelineResultTypes.Error, PipelineResultTypes.Output);
        try
        {
            Invoke([command, new Command("Out-Default")]);
            return true;
        }
        catch (IncompleteParseException e)
        {
            // The engine's view of this one is empty, made for a prompt that waits for the rest.
            _host.UI.WriteErrorLine($"ParserError: {e.Message}");
            return false;
        }
        catch (RuntimeException e) when (e is not PipelineStoppedException)
        {
            Report(e.ErrorRecord);
            return false;
        }
    }

    /// <summary>
    /// Formats an error that ended a pipeline. A cmdlet that wrote it to the error stream would replace the position that it
    /// was raised at with its own, so it is output like any object, but to stderr.
    /// </summary>
    private void Report(ErrorRecord error)
    {
        _host.UI.OutputGoesToError = true;
        Invoke([new Command("Out-Default")], error);
        _host.UI.OutputGoesToError = false;
    }

    private Collection<PSObject> Invoke(ReadOnlySpan<Command> commands, params ReadOnlySpan<object> input)
    {
        // Only a pipeline that enters the history leaves its $? behind.
        using var pipeline = _runspace.CreatePipeline(commands[0].CommandText, addToHistory: true);
        pipeline.Commands.Clear();
        foreach (var command in commands)
            pipeline.Commands.Add(command);

        foreach (var item in input)
            pipeline.Input.Write(item);

        pipeline.Input.Close();
        lock (_lock)
        {
            if (_stopped)
                throw new PipelineStoppedException();

            _running = pipeline;
        }

        try
        {
            return pipeline.Invoke();
        }
        finally
        {
            lock (_lock)
                _running = null;
        }
    }

    private bool LastSucceeded() => LanguagePrimitives.IsTrue(Invoke([new Command("$global:?", isScript: true)]).Single());

    /// <summary>An exit in a script file only ends that file and leaves its code in $LASTEXITCODE.</summary>
    private int ExitCodeOfFailure() =>
        _options.File is not null && _runspace.SessionStateProxy.GetVariable("LASTEXITCODE") is int code && code != 0
            ? code
            : ExitCode.Failure;
}
