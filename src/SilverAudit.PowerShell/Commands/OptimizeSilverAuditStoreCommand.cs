using System.Management.Automation;

namespace SilverAudit.PowerShell;

/// <summary>Keeps the permanent store small and fast.</summary>
[Cmdlet(VerbsCommon.Optimize, "SilverAuditStore", SupportsShouldProcess = true)]
[OutputType(typeof(StoreOptimization))]
public sealed class OptimizeSilverAuditStoreCommand : EachStoreCmdlet
{
    /// <summary>Gives unused space back: a verified copy takes the place of the store.</summary>
    [Parameter]
    public SwitchParameter Compact { get; set; }

    private protected override void ProcessStore() => Try(() =>
    {
        if (ShouldProcess(VisibleText.Of(Store.Location), Compact ? "Optimize and compact" : "Optimize"))
            WriteObject(Store.Optimize(Compact, StopToken));
    });
}
