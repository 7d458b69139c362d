
namespace SilverAudit.Stores.DuckDb;

/// <summary>Opens files that another process may hold, trying again until a deadline.</summary>
internal static class FileLock
{
    private const int ShortestDelay = 40;
    private const int LongestDelay = 250;

    /// <summary>Runs <paramref name="open"/> until it succeeds, fails for another reason than a lock, or the time is over.</summary>
    public static void Open(Action open, string path, TimeSpan timeout, AuditLog log, CancellationToken cancellationToken)
    {
        var start = Environment.TickCount64;
        var deadline = start + (long)timeout.TotalMilliseconds;
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                open();
                return;
            }
            catch (Exception failure) when (EngineFailures.IsLocked(failure, path) && Environment.TickCount64 < deadline)
            {
                if (attempt == 0)
                    log.Detail($"Waiting up to {timeout.TotalSeconds:0.#} s for a file in use: {path}");
                log.ShowProgress(path, "Waiting for the file", -1);
            }

            var now = Environment.TickCount64;
            var delay = Math.Min(NextDelay(now - start), deadline - now);
            if (delay > 0 && cancellationToken.WaitHandle.WaitOne((int)delay))
                throw new OperationCanceledException(cancellationToken);
        }
    }

    /// <summary>
    /// The engine offers no notice when a lock is given back, and nobody queues. Who has waited long looks more often than who has
    /// just come, and so gets in before; the jitter keeps them from moving in step.
    /// </summary>
    private static int NextDelay(long waited)
    {
        var longest = (int)Math.Clamp(LongestDelay * 1000L / Math.Max(waited, 1), ShortestDelay, LongestDelay);
        return Random.Shared.Next(longest / 5, longest);
    }
}
