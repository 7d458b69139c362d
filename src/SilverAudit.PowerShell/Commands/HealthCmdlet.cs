using System.Management.Automation;

namespace SilverAudit.PowerShell;

/// <summary>A cmdlet that judges how a store is.</summary>
public abstract class HealthCmdlet : EachStoreCmdlet
{
    /// <summary>The longest time without a run before the store is unhealthy. The default is any time.</summary>
    [Parameter]
    [Duration]
    public TimeSpan? MaximumAge { get; set; }

    /// <summary>The least free space on the disk of the store, in bytes, before the store is unhealthy.</summary>
    [Parameter]
    [ValidateRange(0, long.MaxValue)]
    public long MinimumFreeBytes { get; set; } = HealthLimits.DefaultMinimumFreeBytes;

    // The configured time is for those who must have the store; who asks how it is wants an answer.
    private protected override StoreOptions NewStoreOptions() => base.NewStoreOptions() with { LockTimeout = TimeSpan.FromSeconds(LockTimeoutSec) };

    private protected HealthLimits NewLimits() => new() { MaximumAge = MaximumAge, MinimumFreeBytes = MinimumFreeBytes };
}
