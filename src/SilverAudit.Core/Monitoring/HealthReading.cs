namespace SilverAudit.Monitoring;

/// <summary>What the monitor knows of the store.</summary>
/// <param name="Health">The health, judged as of now.</param>
/// <param name="IsStale">True when it is from before, because the store can't be looked at right now.</param>
/// <param name="Age">How long ago the store was looked at.</param>
internal sealed record HealthReading(StoreHealth Health, bool IsStale, TimeSpan Age);
