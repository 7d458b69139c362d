using System.Management.Automation;

namespace SilverAudit.PowerShell;

/// <summary>Checks what the permanent store holds.</summary>
[Cmdlet(VerbsDiagnostic.Test, "SilverAuditStore")]
[OutputType(typeof(CheckResult))]
[OutputType(typeof(bool))]
public sealed class TestSilverAuditStoreCommand : EachStoreCmdlet
{
    /// <summary>Returns true when every check passed, and false otherwise.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    private protected override void ProcessStore()
    {
        IReadOnlyList<CheckResult>? results = null;
        Try(() => results = Store.Check(StopToken));
        if (Quiet)
            WriteObject(results?.All(result => result.Passed) ?? false);
        else if (results is not null)
            WriteObject(results, enumerateCollection: true);
    }
}
