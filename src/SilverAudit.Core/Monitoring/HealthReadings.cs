using System.Diagnostics;

namespace SilverAudit.Monitoring;

/// <summary>
/// Looks at the store for everybody who asks, once in an interval at most. While a writer holds the store, the last good reading
/// stands in, marked as stale.
/// </summary>
internal sealed class HealthReadings(MonitorOptions options)
{
    /// <summary>A store that was held is looked at again sooner: whoever held it may be gone in a moment.</summary>
    private static readonly TimeSpan s_heldInterval = TimeSpan.FromSeconds(1);

    /// <summary>How long those who ask wait for a reading that takes its time, where there is an older one to give them.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    private readonly object _gate = new();
    private Entry? _latest;
    private Entry? _good;
    private Task? _running;

    /// <summary>Returns what is known, after a look at the store if that is due.</summary>
    /// <param name="stop">Ends the wait and the reading.</param>
    public async Task<HealthReading> GetAsync(CancellationToken stop)
    {
        Task running;
        bool hasGood;
        lock (_gate)
        {
            if (_latest is { } latest && Stopwatch.GetElapsedTime(latest.Ticks) < IntervalAfter(latest.Health))
                return NewReading(isWaiting: false);
            running = _running ??= Task.Run(() => Read(stop), CancellationToken.None);
            hasGood = _good is not null;
        }

        if (hasGood)
            await Task.WhenAny(running, Task.Delay(s_patience, stop)).ConfigureAwait(false);
        else
            await running.WaitAsync(stop).ConfigureAwait(false);
        stop.ThrowIfCancellationRequested();
        if (running.IsCompleted)
            await running.ConfigureAwait(false);
        lock (_gate)
        {
            return NewReading(isWaiting: !running.IsCompleted);
        }
    }

    /// <summary>Waits for the end of a reading that is under way, so that the store is free.</summary>
    public void WaitForEnd(TimeSpan timeout)
    {
        Task? running;
        lock (_gate)
        {
            running = _running;
        }

        if (running is not null)
            ((IAsyncResult)running).AsyncWaitHandle.WaitOne(timeout);
    }

    private void Read(CancellationToken stop)
    {
        try
        {
            stop.ThrowIfCancellationRequested();
            var entry = new Entry(options.Read(stop), Stopwatch.GetTimestamp());
            lock (_gate)
            {
                _latest = entry;
                if (entry.Health.Accessible)
                    _good = entry;
            }
        }
        finally
        {
            lock (_gate)
            {
                _running = null;
            }
        }
    }

    private TimeSpan IntervalAfter(StoreHealth health) =>
        IsHeld(health) && s_heldInterval < options.RefreshInterval ? s_heldInterval : options.RefreshInterval;

    private HealthReading NewReading(bool isWaiting)
    {
        var isStale = _good is not null && (isWaiting || IsHeld(_latest!.Health));
        var entry = isStale ? _good! : _latest!;
        return new HealthReading(options.Limits.Judge(entry.Health, DateTime.UtcNow), isStale, Stopwatch.GetElapsedTime(entry.Ticks));
    }

    private static bool IsHeld(StoreHealth health) => health.ErrorId == nameof(AuditErrorId.StoreLocked);

    private sealed record Entry(StoreHealth Health, long Ticks);
}
