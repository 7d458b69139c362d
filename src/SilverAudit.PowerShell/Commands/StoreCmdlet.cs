using System.Management.Automation;

namespace SilverAudit.PowerShell;

/// <summary>A cmdlet that works on a store: which one, and how long to wait for it.</summary>
public abstract class StoreCmdlet : ConfiguredCmdlet
{
    private const string DefaultDestination = "silver_metadata.db";

    private AuditLog? _log;
    private IAuditStore? _store;
    private (string Destination, string Table)? _named;

    /// <summary>Path of the store. The default is <c>silver_metadata.db</c> in the current location.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ValidateText]
    public string Destination { get; set; } = DefaultDestination;

    /// <summary>The permanent table in the store.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
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

    private protected bool IsWhatIf => MyInvocation.BoundParameters.TryGetValue("WhatIf", out var bound) && bound is SwitchParameter given
        ? given.IsPresent
        : SessionState.PSVariable.GetValue("WhatIfPreference") is true;

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

    /// <summary>Turns to the store that the object names which has just come down the pipeline. To be called for each.</summary>
    /// <param name="mayChange">False where all objects have to name the same store.</param>
    private protected void FollowPipeline(bool mayChange = true)
    {
        var named = (Destination, DestinationTable);
        if (_named == named)
            return;
        if (_named is { } before && !mayChange)
        {
            RefuseArgument("DestinationChanged",
                $"The objects in the pipeline name more than one store or table: '{before.Destination}' ({before.Table}) and '{Destination}' ({DestinationTable}). "
                + "Name one with -Destination and -DestinationTable, or run the command once for each.");
        }

        _named = named;
        if (MyInvocation.ExpectingInput)
            TurnTo(LoadConfiguration());
    }

    /// <summary>Closes the store, so that the next use of it opens the one that a configuration names.</summary>
    private protected void TurnTo(AuditConfiguration configuration)
    {
        CloseStore();
        Configuration = configuration;
    }

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

    /// <summary>The full path of a file that is to be written; one that is none ends the pipeline.</summary>
    private protected string ResolveTarget(string path)
    {
        try
        {
            return this.ResolveNewPath(path);
        }
        catch (AuditException failure)
        {
            ThrowTerminatingError(AuditErrors.NewRecord(failure));
            throw;
        }
    }

    /// <summary>Ends the pipeline because of what was asked for.</summary>
    private protected void RefuseArgument(string errorId, string message) => ThrowTerminatingError(
        new ErrorRecord(new PSArgumentException(VisibleText.Of(message)), errorId, ErrorCategory.InvalidArgument, targetObject: null));

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
