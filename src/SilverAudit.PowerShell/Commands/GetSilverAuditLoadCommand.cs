using System.Management.Automation;

namespace SilverAudit.PowerShell;

/// <summary>Reads loads from the permanent store.</summary>
[Cmdlet(VerbsCommon.Get, "SilverAuditLoad")]
[OutputType("SilverAudit.Load")]
public sealed class GetSilverAuditLoadCommand : LoadFilterCmdlet
{
    /// <summary>The loads to read, by identifier. Wildcards are permitted.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [AllowNull]
    [AllowEmptyCollection]
    [SupportsWildcards]
    [ValidateText(AllowNul = true)]
    public string?[]? LoadId { get; set; }

    /// <summary>Leaves JSON columns as the text that the store holds.</summary>
    [Parameter]
    public SwitchParameter Raw { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Try(() =>
    {
        FollowPipeline();
        // A list of identifiers that turned out empty asks for none of the loads, not for all.
        if (MyInvocation.BoundParameters.ContainsKey(nameof(LoadId)) && !Identifiers.Any())
            return;

        foreach (var load in Store.ReadLoads(NewFilter(Identifiers), StopToken))
        {
            WriteObject(LoadObject.From(load, Raw, Configuration));
        }
    });

    private IEnumerable<string> Identifiers => LoadId?.OfType<string>() ?? [];
}
