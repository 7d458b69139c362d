using System.Management.Automation;

namespace SilverAudit.PowerShell;

/// <summary>A cmdlet that goes by a configuration: which file, and which of its environments.</summary>
public abstract class ConfiguredCmdlet : AuditCmdlet
{
    /// <summary>Path of the configuration file. The default is <c>silver-audit.json</c> in the current location, if there is one.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ValidateText]
    public string? ConfigurationPath { get; set; }

    /// <summary>The environment of the configuration file whose settings hold.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ValidateText]
    public string? Environment { get; set; }

    /// <summary>The settings in effect, those of this cmdlet's parameters included. What is wrong with them ends the cmdlet.</summary>
    private protected AuditConfiguration Configuration
    {
        get => field ??= LoadConfiguration();
        set;
    }

    /// <summary>The settings as the parameters say now: some of them come down the pipeline.</summary>
    private protected AuditConfiguration LoadConfiguration()
    {
        try
        {
            return AuditConfiguration.Load(new ConfigurationRequest
            {
                ConfigurationPath = ConfigurationPath,
                Environment = Environment,
                ResolvePath = this.ResolveNewPath,
                Parameters = MyInvocation.BoundParameters,
            });
        }
        catch (AuditException failure)
        {
            ThrowTerminatingError(AuditErrors.NewRecord(failure));
            throw;
        }
    }
}
