namespace SilverAudit;

/// <summary>Whether a store can do its work.</summary>
public enum HealthStatus
{
    /// <summary>The store can be read and nothing is amiss.</summary>
    Healthy,

    /// <summary>Somebody should look at it; the reason says why.</summary>
    Unhealthy,
}
