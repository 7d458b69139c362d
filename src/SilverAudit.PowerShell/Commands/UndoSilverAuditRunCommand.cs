using System.Management.Automation;

namespace SilverAudit.PowerShell;

/// <summary>Takes back what one run did to a store.</summary>
[Cmdlet(VerbsCommon.Undo, "SilverAuditRun", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(UndoResult))]
public sealed class UndoSilverAuditRunCommand : StoreCmdlet
{
    private readonly List<Guid> _planned = [];

    /// <summary>The run to take back, as the result of its load and the history name it.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    public Guid RunId { get; set; }

    /// <summary>Why; kept with each load that is taken back and in the history.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ValidateText]
    public string Reason { get; set; } = "";

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        // A plan is free: nothing is written that would have to say why.
        if (string.IsNullOrWhiteSpace(Reason) && !IsWhatIf)
            RefuseArgument("ReasonMissing", "An undo takes loads out of the store, so it needs a reason: add -Reason '<why>'.");
        base.BeginProcessing();
    }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Try(() =>
    {
        FollowPipeline();
        var options = new UndoOptions { RunId = RunId, Reason = Reason };
        // Looked up first, so that whoever is asked knows what the answer means.
        var plan = Store.Undo(options with { PlanOnly = true, PlannedBefore = [.. _planned] }, StopToken);
        var what = $"run {plan.UndoneRunId} of '{plan.Source}' in '{plan.Destination}' (inserted loads to remove: {plan.RemovedLoads}, versions to restore: {plan.RestoredLoads})";
        if (ShouldProcess(VisibleText.Of($"Undoing {what}."), VisibleText.Of($"Undo {what}?"), "Undo-SilverAuditRun", out var reason))
        {
            WriteObject(Store.Undo(options, StopToken));
        }
        else if (reason is ShouldProcessReason.WhatIf)
        {
            _planned.Add(RunId);
            WriteObject(plan);
        }
    });
}
