using System.Management.Automation;

namespace SilverAudit.PowerShell;

/// <summary>Says how a store is: whether it can be read, what is in it, how its last run ended.</summary>
[Cmdlet(VerbsCommon.Get, "SilverAuditHealth")]
[OutputType(typeof(StoreHealth))]
public sealed class GetSilverAuditHealthCommand : HealthCmdlet
{
    /// <inheritdoc/>
    protected override void BeginProcessing() => Try(() => WriteObject(NewLimits().Judge(Store.ReadHealth(StopToken), DateTime.UtcNow)));
}
