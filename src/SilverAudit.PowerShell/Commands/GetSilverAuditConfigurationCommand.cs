using System.Management.Automation;

namespace SilverAudit.PowerShell;

/// <summary>Gets the settings in effect, each with where it comes from.</summary>
[Cmdlet(VerbsCommon.Get, "SilverAuditConfiguration")]
[OutputType(typeof(Setting))]
public sealed class GetSilverAuditConfigurationCommand : ConfiguredCmdlet
{
    /// <inheritdoc/>
    protected override void EndProcessing() => WriteObject(Configuration.Settings, enumerateCollection: true);
}
