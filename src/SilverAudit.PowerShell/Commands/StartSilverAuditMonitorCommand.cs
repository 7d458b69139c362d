using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Threading.Channels;

namespace SilverAudit.PowerShell;

/// <summary>Serves the health of a store and its figures over HTTP.</summary>
[Cmdlet(VerbsLifecycle.Start, "SilverAuditMonitor", DefaultParameterSetName = ForegroundSet)]
[OutputType(typeof(Job), ParameterSetName = [JobSet])]
public sealed class StartSilverAuditMonitorCommand : HealthCmdlet
{
    private const string ForegroundSet = "Foreground";
    private const string JobSet = "AsJob";
    private const string DefaultPrefix = "http://127.0.0.1:5000/";

    /// <summary>Lines of requests that wait to be written. When the host does not keep up, further ones are left out.</summary>
    private const int MaximumLines = 1000;

    private static readonly string[] s_hostTag = ["PSHOST"];

    /// <summary>Creates the cmdlet. A reading does not wait for a store that is held: the one before stands in.</summary>
    public StartSilverAuditMonitorCommand() => LockTimeoutSec = 0;

    /// <summary>Where to serve.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    [ValidateText]
    public string[] Prefix { get; set; } = [DefaultPrefix];

    /// <summary>For how many seconds a reading of the store is served before the store is looked at again.</summary>
    [Parameter]
    [ValidateRange(1, 3600)]
    public int RefreshSec { get; set; } = 5;

    /// <summary>Serves in the background and returns a job.</summary>
    [Parameter(Mandatory = true, ParameterSetName = JobSet)]
    public SwitchParameter AsJob { get; set; }

    /// <summary>The name of the job.</summary>
    [Parameter(ParameterSetName = JobSet)]
    [ValidateNotNullOrEmpty]
    public string? Name { get; set; }

    private protected override void ProcessStore()
    {
        try
        {
            var prefixes = Prefix.Select(MonitorPrefix.Parse).ToArray();
            if (AsJob)
                WriteObject(StartJob(prefixes));
            else
                Serve(prefixes);
        }
        catch (AuditException failure)
        {
            ThrowTerminatingError(AuditErrors.NewRecord(failure));
        }
        catch (OperationCanceledException) when (Stopping)
        {
            throw new PipelineStoppedException();
        }
    }

    private MonitorJob StartJob(MonitorPrefix[] prefixes)
    {
        var command = $"{MyInvocation.MyCommand.Name} -Prefix {string.Join(", ", prefixes.Select(prefix => prefix.Url))}";
        var job = new MonitorJob(command, Name, NewGreeting(prefixes));
        try
        {
            job.Start(NewOptions(prefixes, IsVerbose ? job.Report : null), Runspace.DefaultRunspace);
            WarnIfExposed(prefixes);
        }
        catch
        {
            job.Dispose();
            throw;
        }

        JobRepository.Add(job);
        return job;
    }

    private void Serve(MonitorPrefix[] prefixes)
    {
        var lines = Channel.CreateBounded<string>(new BoundedChannelOptions(MaximumLines) { FullMode = BoundedChannelFullMode.DropWrite });
        using var server = MonitorServer.Start(NewOptions(prefixes, IsVerbose ? line => lines.Writer.TryWrite(line) : null));
        _ = server.Completion.ContinueWith(end => lines.Writer.TryComplete(end.Exception?.InnerException), TaskScheduler.Default);
        WarnIfExposed(prefixes);
        WriteInformation(new HostInformationMessage { Message = NewGreeting(prefixes) + " Ctrl+C ends it." }, s_hostTag);
        while (lines.Reader.WaitToReadAsync(StopToken).AsTask().GetAwaiter().GetResult())
        {
            while (lines.Reader.TryRead(out var line))
            {
                WriteVerbose(line);
            }
        }
    }

    private bool IsVerbose => AuditHost.IsListening(HostMessageLevel.Verbose);

    private MonitorOptions NewOptions(MonitorPrefix[] prefixes, Action<string>? report) => new()
    {
        Prefixes = prefixes,
        Read = MonitorOptions.ReadingOf(NewStoreOptions()),
        Limits = NewLimits(),
        RefreshInterval = TimeSpan.FromSeconds(RefreshSec),
        Report = report,
    };

    private string NewGreeting(MonitorPrefix[] prefixes) => VisibleText.Of(
        $"Serving {string.Join(" and ", prefixes.Select(prefix => $"{prefix.Url}health and {prefix.Url}metrics"))} for '{Configuration.Destination}'.");

    private void WarnIfExposed(MonitorPrefix[] prefixes)
    {
        if (prefixes.Where(prefix => !prefix.IsLoopback).Select(prefix => prefix.Url).ToList() is { Count: > 0 } exposed)
        {
            WriteWarning($"Other machines can reach {string.Join(", ", exposed)}: whoever does can read the figures of the store without signing in. "
                + "Let a firewall or a web server in front of it decide who may.");
        }
    }
}
