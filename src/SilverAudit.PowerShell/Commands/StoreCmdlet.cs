using System.Management.Automation;

namespace SilverAudit.PowerShell;

/// <summary>A cmdlet that works on a store: which one, and how long to wait for it.</summary>
public abstract class StoreCmdlet : ConfiguredCmdlet
{
    private const string DefaultDestination = "silver_metadata.db";

    private AuditLog? _log;
    private IAuditStore? _store;

    /// <summary>Path of the store. The default is <c>silver_metadata.db</c> in the current location.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ValidateText]
    public string Destination { get; set; } = DefaultDestination;

    /// <summary>The permanent table in the store.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ValidateText]
    public string DestinationTable { get; set; } = "silver_staging_audit";

    /// <summary>How many seconds to wait for a file that another process holds; 0 looks once.</summary>
    [Parameter]
    [ValidateRange(0, 86400)]
    public int LockTimeoutSec { get; set; } = 30;

    /// <summary>Runs the engine in a process of its own, so that a file that makes it crash does not end the session.</summary>
    [Parameter]
    public SwitchParameter Isolated { get; set; }

    private protected PowerShellHost AuditHost => field ??= new PowerShellHost(this);

    /// <summary>The store, opened on first use and kept for the whole pipeline.</summary>
    private protected IAuditStore Store => _store ??= AuditStore.Open(NewStoreOptions(), Log);

    /// <summary>Where the work is reported, opened on first use and kept for the whole pipeline.</summary>
    private protected AuditLog Log => _log ??= OpenLog();

    private protected virtual StoreOptions NewStoreOptions() => new()
    {
        Destination = Configuration.Destination,
        DestinationTable = Configuration.DestinationTable,
        LockTimeout = Configuration.LockTimeout,
        Isolation = Isolated ? EngineLauncher.NewCommand() : null,
    };

    private protected virtual AuditLogOptions NewLogOptions() => new();

    /// <inheritdoc/>
    protected override void BeginProcessing() => _ = Configuration;

    /// <summary>Runs work on the store; its failure becomes an error record and the pipeline goes on.</summary>
    private protected void Try(Action work)
    {
        try
        {
            work();
        }
        catch (AuditException failure)
        {
            WriteError(AuditErrors.NewRecord(failure));
        }
        catch (OperationCanceledException) when (Stopping)
        {
            throw new PipelineStoppedException();
        }

        AuditHost.ThrowPending();
    }

    /// <summary>Ends the pipeline because of what was asked for.</summary>
    private protected void RefuseArgument(string errorId, string message) => ThrowTerminatingError(
        new ErrorRecord(new PSArgumentException(Secrets.Redact(message)), errorId, ErrorCategory.InvalidArgument, targetObject: null));

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        CloseStore();
        AuditHost.CompleteProgress();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            // Past the end of the pipeline nothing may be written to it.
            AuditHost.Silence();
            CloseStore();
        }

        base.Dispose(disposing);
    }

    private AuditLog OpenLog()
    {
        var log = AuditLog.Open(NewLogOptions(), AuditHost);
        Configuration.Report(log);
        return log;
    }

    private void CloseStore()
    {
        _store?.Dispose();
        _store = null;
        _log?.Dispose();
        _log = null;
    }
}
