using System.Management.Automation;

namespace SilverAudit.PowerShell;

/// <summary>Says how a store is: whether it can be read, what is in it, how its last run ended.</summary>
[Cmdlet(VerbsCommon.Get, "SilverAuditHealth")]
[OutputType(typeof(StoreHealth))]
public sealed class GetSilverAuditHealthCommand : HealthCmdlet
{
    private const int PatienceSec = 2;

    /// <summary>Creates the cmdlet. A store that is held is a finding, which need not be waited for.</summary>
    public GetSilverAuditHealthCommand() => LockTimeoutSec = PatienceSec;

    private protected override void ProcessStore() => Try(() => WriteObject(NewLimits().Judge(Store.ReadHealth(StopToken), DateTime.UtcNow)));
}
