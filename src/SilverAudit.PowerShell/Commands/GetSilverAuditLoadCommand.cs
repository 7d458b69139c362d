using System.Management.Automation;

namespace SilverAudit.PowerShell;

/// <summary>Reads loads from the permanent store.</summary>
[Cmdlet(VerbsCommon.Get, "SilverAuditLoad")]
[OutputType("SilverAudit.Load")]
public sealed class GetSilverAuditLoadCommand : StoreCmdlet
{
    /// <summary>The loads to read, by identifier. Wildcards are permitted.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [AllowNull]
    [AllowEmptyCollection]
    [SupportsWildcards]
    [ValidateText(AllowNul = true)]
    public string?[]? LoadId { get; set; }

    /// <summary>Only loads of these data sources. Wildcards are permitted.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateText(AllowNul = true)]
    public string[] DataSource { get; set; } = [];

    /// <summary>Only loads that were processed at this time or later.</summary>
    [Parameter]
    public DateTime? Since { get; set; }

    /// <summary>Only loads that were processed at this time or earlier.</summary>
    [Parameter]
    public DateTime? Until { get; set; }

    /// <summary>Only loads with one of these validation statuses.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateText(AllowNul = true)]
    public string[] ValidationStatus { get; set; } = [];

    /// <summary>Only loads with one of these checksum statuses.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateText(AllowNul = true)]
    public string[] ChecksumStatus { get; set; } = [];

    /// <summary>Only loads that were reprocessed; with <c>:$false</c> only those that were not.</summary>
    [Parameter]
    public SwitchParameter Reprocessed { get; set; }

    /// <summary>At most this many loads, the newest first.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int? Newest { get; set; }

    /// <summary>Leaves JSON columns as the text that the store holds.</summary>
    [Parameter]
    public SwitchParameter Raw { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Try(() =>
    {
        // A list of identifiers that turned out empty asks for none of the loads, not for all.
        if (MyInvocation.BoundParameters.ContainsKey(nameof(LoadId)) && !Identifiers.Any())
            return;

        foreach (var load in Store.ReadLoads(NewFilter(), StopToken))
        {
            WriteObject(LoadObject.From(load, Raw));
        }
    });

    private IEnumerable<string> Identifiers => LoadId?.OfType<string>() ?? [];

    private LoadFilter NewFilter() => new()
    {
        LoadIds = [.. Identifiers],
        DataSources = DataSource,
        ValidationStatuses = ValidationStatus,
        ChecksumStatuses = ChecksumStatus,
        Since = Since?.ToUniversalTime(),
        Until = Until?.ToUniversalTime(),
        Reprocessed = MyInvocation.BoundParameters.ContainsKey(nameof(Reprocessed)) ? Reprocessed.IsPresent : null,
        Newest = Newest,
    };
}
