using System.Management.Automation;

namespace SilverAudit.PowerShell;

/// <summary>A cmdlet that works on those loads of a store which its filters let through.</summary>
public abstract class LoadFilterCmdlet : StoreCmdlet
{
    /// <summary>Only loads of these data sources. Wildcards are permitted.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateText(AllowNul = true)]
    public string[] DataSource { get; set => field = value ?? []; } = [];

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
    public string[] ValidationStatus { get; set => field = value ?? []; } = [];

    /// <summary>Only loads with one of these checksum statuses.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateText(AllowNul = true)]
    public string[] ChecksumStatus { get; set => field = value ?? []; } = [];

    /// <summary>Only loads that were reprocessed; with <c>:$false</c> only those that were not.</summary>
    [Parameter]
    public SwitchParameter Reprocessed { get; set; }

    /// <summary>At most this many loads, the newest first.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int? Newest { get; set; }

    /// <summary>The filters as they were given.</summary>
    /// <param name="loadIds">The loads, by identifier; empty for all.</param>
    private protected LoadFilter NewFilter(IEnumerable<string> loadIds) => new()
    {
        LoadIds = [.. loadIds],
        DataSources = DataSource,
        ValidationStatuses = ValidationStatus,
        ChecksumStatuses = ChecksumStatus,
        Since = Since?.ToUniversalTime(),
        Until = Until?.ToUniversalTime(),
        Reprocessed = MyInvocation.BoundParameters.ContainsKey(nameof(Reprocessed)) ? Reprocessed.IsPresent : null,
        Newest = Newest,
    };
}
