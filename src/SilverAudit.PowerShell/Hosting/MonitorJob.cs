using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace SilverAudit.PowerShell;

/// <summary>A monitor that serves in the background of a session, until it is stopped or the session ends.</summary>
internal sealed class MonitorJob : Job
{
    private const string TypeName = "AuditMonitor";

    /// <summary>Lines of requests that are kept for Receive-Job. A job may run for years: further ones are left out until then.</summary>
    private const int MaximumLines = 1000;

    private readonly string _greeting;
    private readonly object _ending = new();
    private MonitorServer? _server;
    private Runspace? _session;

    public MonitorJob(string command, string? name, string greeting)
        : base(command, name)
    {
        PSJobTypeName = TypeName;
        _greeting = greeting;
    }

    public override bool HasMoreData =>
        Output.Count > 0 || Error.Count > 0 || Verbose.Count > 0 || Warning.Count > 0 || Debug.Count > 0 || Progress.Count > 0 || Information.Count > 0;

    public override string Location => "localhost";

    public override string StatusMessage => _greeting;

    /// <summary>Begins to serve.</summary>
    /// <exception cref="AuditException">The prefix can't be served.</exception>
    public void Start(MonitorOptions options, Runspace? session)
    {
        _server = MonitorServer.Start(options);
        SetJobState(JobState.Running);
        Information.Add(new InformationRecord(new HostInformationMessage { Message = _greeting }, TypeName) { Tags = { "PSHOST" } });
        _ = _server.Completion.ContinueWith(Fail, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        _session = session;
        if (_session is not null)
            _session.StateChanged += EndWithSession;
    }

    /// <summary>Takes the line of a request. Called on any thread.</summary>
    public void Report(string line)
    {
        if (Verbose.IsOpen && Verbose.Count < MaximumLines)
            Verbose.Add(new VerboseRecord(line));
    }

    public override void StopJob()
    {
        if (IsFinishedState(JobStateInfo.State))
            return;
        SetJobState(JobState.Stopping);
        EndServing();
        SetJobState(JobState.Stopped);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            EndServing();
        base.Dispose(disposing);
    }

    private static bool IsFinishedState(JobState state) => state is JobState.Completed or JobState.Failed or JobState.Stopped;

    private void EndWithSession(object? sender, RunspaceStateEventArgs change)
    {
        if (change.RunspaceStateInfo.State is RunspaceState.Closing or RunspaceState.Closed or RunspaceState.Broken)
            StopJob();
    }

    private void Fail(Task serving)
    {
        var failure = serving.Exception!.GetBaseException();
        Error.Add(new ErrorRecord(failure, "MonitorFailed", ErrorCategory.ResourceUnavailable, targetObject: null));
        EndServing();
        SetJobState(JobState.Failed);
    }

    private void EndServing()
    {
        lock (_ending)
        {
            if (_session is not null)
                _session.StateChanged -= EndWithSession;
            _session = null;
            _server?.Dispose();
        }
    }
}
