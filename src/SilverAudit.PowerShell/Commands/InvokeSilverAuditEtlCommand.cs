using System.Management.Automation;

namespace SilverAudit.PowerShell;

/// <summary>Moves the audit rows of staging databases into the permanent store.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "SilverAuditEtl", DefaultParameterSetName = PathSet, SupportsShouldProcess = true)]
[OutputType(typeof(EtlResult))]
[OutputType(typeof(EtlSummary))]
public sealed class InvokeSilverAuditEtlCommand : SourceCmdlet
{
    private const string DefaultLog = "silver_audit_etl.log";

    /// <summary>What happens to source columns that the permanent table lacks.</summary>
    [Parameter]
    public SchemaEvolution SchemaEvolution { get; set; }

    /// <summary>What happens to a source that holds invalid rows.</summary>
    [Parameter]
    public InvalidRowPolicy InvalidRow { get; set; }

    /// <summary>Updates loads that are there already with different content. Needs a reason.</summary>
    [Parameter]
    public SwitchParameter Reprocess { get; set; }

    /// <summary>Why loads are reprocessed; kept with each of them and in the history.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ValidateText]
    public string? Reason { get; set; }

    /// <summary>The most memory that the engine may take, such as 512MB.</summary>
    [Parameter]
    [Memory]
    [ValidateNotNullOrEmpty]
    public string? MemoryLimit { get; set; }

    /// <summary>The most threads that the engine may use.</summary>
    [Parameter]
    [ValidateRange(1, 1024)]
    public int? Threads { get; set; }

    /// <summary>Path of the log file. The default is <c>silver_audit_etl.log</c> in the current location.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ValidateText]
    public string LogPath { get; set; } = DefaultLog;

    /// <summary>The least important kind of line that the log file takes.</summary>
    [Parameter]
    public AuditLogLevel LogLevel { get; set; } = AuditLogLevel.Info;

    /// <summary>Writes no log file.</summary>
    [Parameter]
    public SwitchParameter NoLog { get; set; }

    /// <summary>
    /// Moves each source to this folder once it is loaded, if a re-read of the store proves that it holds every row.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ValidateText]
    public string? ArchivePath { get; set; }

    /// <summary>Checks the store after the last source, and fails the run if a check fails.</summary>
    [Parameter]
    public SwitchParameter Validate { get; set; }

    /// <summary>Returns one more object at the end, with the sums of all sources and the failed ones.</summary>
    [Parameter]
    public SwitchParameter Summary { get; set; }

    private EtlBatch Batch => field ??= new EtlBatch(Log);

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        if (Reprocess && string.IsNullOrWhiteSpace(Reason))
            RefuseArgument("ReasonMissing", "-Reprocess replaces what the store holds, so it needs a reason: add -Reason '<why>'.");
        if (!Reprocess && Reason is not null)
            RefuseArgument("ReprocessMissing", "-Reason is for reprocessing: add -Reprocess, or leave -Reason out.");
        if (MemoryLimit is not null && !MemorySize.IsValid(MemoryLimit))
            RefuseArgument("MemoryLimitInvalid", $"'{MemoryLimit}' is no amount of memory. Give a number and a unit, such as -MemoryLimit 512MB or 2GiB.");
        base.BeginProcessing();
        // Before anything is loaded: a mistyped path is better known then.
        Require(() => NewLogOptions().RefuseDatabase(Configuration.Destination));
        if (Configuration.ArchivePath is { } folder && !IsWhatIf)
            Require(() => ArchiveFolder.Create(folder));
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (Configuration.Strict && !IsWhatIf && !Batch.IsEmpty)
            Try(() => Batch.Validate(Store, Configuration.DestinationTable, NewEtlOptions(planOnly: false), StopToken));
        if (Summary)
            WriteObject(Batch.Summarize(Store.Location, Configuration.DestinationTable));
        base.EndProcessing();
    }

    private protected override StoreOptions NewStoreOptions() => base.NewStoreOptions() with
    {
        MemoryLimit = Configuration.MemoryLimit,
        Threads = Configuration.Threads,
    };

    private protected override AuditLogOptions NewLogOptions()
    {
        // A plan changes nothing, so it leaves no log behind either, unless one is named.
        var writes = !NoLog && (!IsWhatIf || MyInvocation.BoundParameters.ContainsKey(nameof(LogPath)));
        return new AuditLogOptions { FilePath = writes ? Configuration.LogPath : null, Level = Configuration.LogLevel };
    }

    private protected override void ProcessSource(string path, bool isFound)
    {
        var created = Store.Exists ? "" : ", which will be created";
        var archived = Configuration.ArchivePath is { } archive ? $", and archiving it in '{archive}'" : "";
        var approved = ShouldProcess(
            VisibleText.Of($"Loading audit rows of '{path}' into '{Store.Location}'{created}{archived}."),
            VisibleText.Of($"Load audit rows of '{path}' into '{Store.Location}'{created}{archived}?"), "Invoke-SilverAuditEtl", out var reason);
        if (!approved && reason != ShouldProcessReason.WhatIf)
            return;

        var outcome = Store.Load(path, NewEtlOptions(planOnly: !approved) with { PassOverStores = isFound }, StopToken);
        if (isFound && outcome.Failure is { ErrorId: AuditErrorId.SourceIsStore } isStore)
        {
            PassOver(isStore);
            return;
        }

        if (approved && outcome.Failure is null && Configuration.ArchivePath is { } folder)
            outcome = Store.Archive(outcome.Result, folder, StopToken);
        Batch.Add(outcome);
        WriteObject(outcome.Result);
        if (outcome.Failure is { } failure)
            WriteError(AuditErrors.NewRecord(failure));
    }

    private protected override bool MayFindNothing => true;

    // One batch has one store, one summary and one validation.
    private protected override bool MayChangeStore => false;

    private protected override void ProcessUnfound(string path, AuditException failure)
    {
        var outcome = Batch.AddUnfound(path, failure, Store.Location, Configuration.DestinationTable, NewEtlOptions(planOnly: IsWhatIf));
        WriteObject(outcome.Result);
        WriteError(AuditErrors.NewRecord(failure));
    }

    private void Require(Action check)
    {
        try
        {
            check();
        }
        catch (AuditException failure)
        {
            ThrowTerminatingError(AuditErrors.NewRecord(failure));
        }
    }

    private EtlOptions NewEtlOptions(bool planOnly) => new()
    {
        SourceTable = Configuration.SourceTable,
        SchemaEvolution = Configuration.SchemaEvolution,
        InvalidRow = Configuration.InvalidRow,
        ReprocessingReason = Reprocess ? Reason : null,
        PlanOnly = planOnly,
    };
}
