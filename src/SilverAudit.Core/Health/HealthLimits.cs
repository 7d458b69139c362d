using System.Globalization;

namespace SilverAudit;

/// <summary>What a store must fulfil to be healthy, besides being readable.</summary>
public sealed record HealthLimits
{
    /// <summary>Free space for the log of a large load and for the checkpoint at its end.</summary>
    public const long DefaultMinimumFreeBytes = 100 * Megabyte;

    private const long Megabyte = 1024 * 1024;
    private const long Gigabyte = 1024 * Megabyte;

    /// <summary>The least free space on the store's disk.</summary>
    public long MinimumFreeBytes { get; init; } = DefaultMinimumFreeBytes;

    /// <summary>The longest time without a run; null when there may be any.</summary>
    public TimeSpan? MaximumAge { get; init; }

    /// <summary>Returns the health with all that is wrong as of now.</summary>
    /// <param name="health">What the store said.</param>
    /// <param name="now">The time in UTC.</param>
    public StoreHealth Judge(StoreHealth health, DateTime now)
    {
        ArgumentNullException.ThrowIfNull(health);
        var found = Find(health, now).ToList();
        return health with
        {
            Problems = [.. found.Select(item => item.Problem)],
            Reason = found.Count == 0 ? null : Secrets.Redact(string.Join(' ', found.Select(item => item.Reason))),
        };
    }

    private IEnumerable<(HealthProblem Problem, string Reason)> Find(StoreHealth health, DateTime now)
    {
        if (!health.Accessible)
            yield return (HealthProblem.Unreadable, health.Reason ?? "The store could not be read.");
        if (health.LastRunStatus == nameof(EtlStatus.Failed))
        {
            yield return (HealthProblem.LastRunFailed,
                $"The last run, of {Format(health.LastRun)}, failed: {health.LastRunError ?? health.LastRunErrorId ?? "the history does not say why."}");
        }

        if (health.FreeBytes is { } free && free < MinimumFreeBytes)
        {
            yield return (HealthProblem.FreeSpaceLow,
                $"The disk of the store has {FormatBytes(free)} left, which is less than {FormatBytes(MinimumFreeBytes)}. Make room, or lower -MinimumFreeBytes.");
        }

        if (health.Accessible && MaximumAge is { } longest && LastSignOfLife(health) is var last && !(now - last <= longest))
        {
            yield return (HealthProblem.RunOverdue,
                (last is null ? "There has been no run yet" : $"The last run ended at {Format(last)}")
                + $", and there should have been one within the last {longest}. See whether the job that loads the store still runs.");
        }
    }

    // A store that another tool wrote has loads, but no history.
    private static DateTime? LastSignOfLife(StoreHealth health) => health.LastRun + (health.LastRunDuration ?? TimeSpan.Zero) ?? health.NewestLoad;

    // In the units of the shell, where 100MB are 104857600 bytes.
    private static string FormatBytes(long bytes) => bytes >= Gigabyte
        ? string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)Gigabyte:0.0} GB")
        : string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)Megabyte:0.0} MB");

    private static string Format(DateTime? time) => time?.ToString("yyyy-MM-dd HH:mm:ss' UTC'", CultureInfo.InvariantCulture) ?? "an unknown time";
}
