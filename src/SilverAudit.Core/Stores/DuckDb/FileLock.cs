
namespace SilverAudit.Stores.DuckDb;

/// <summary>Opens files that another process may hold, trying again until a deadline.</summary>
internal static class FileLock
{
    private const int MinimumDelay = 50;
    private const int MaximumDelay = 250;

    /// <summary>Runs <paramref name="open"/> until it succeeds, fails for another reason than a lock, or the time is over.</summary>
    public static void Open(Action open, string path, TimeSpan timeout, AuditLog log, CancellationToken cancellationToken)
    {
        var deadline = Environment.TickCount64 + (long)timeout.TotalMilliseconds;
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                open();
                return;
            }
            catch (Exception failure) when (EngineFailures.IsLocked(failure) && Environment.TickCount64 < deadline)
            {
                if (attempt == 0)
                    log.Detail($"Waiting up to {timeout.TotalSeconds:0.#} s for a file in use: {path}");
                log.ShowProgress(path, "Waiting for the file", -1);
            }

            // The engine offers no notice when a lock is given back. The jitter keeps waiting processes from moving in step.
            var delay = Math.Min(Random.Shared.Next(MinimumDelay, MaximumDelay), deadline - Environment.TickCount64);
            if (delay > 0 && cancellationToken.WaitHandle.WaitOne((int)delay))
                throw new OperationCanceledException(cancellationToken);
        }
    }
}
