using Prometheus;

namespace SilverAudit.Monitoring;

/// <summary>Formats readings for Prometheus. What is not known is left out.</summary>
internal static class HealthMetrics
{
    public const string ContentType = PrometheusConstants.TextContentTypeWithVersionAndEncoding;

    public static async Task<byte[]> FormatAsync(HealthReading reading, CancellationToken cancellationToken)
    {
        // A registry for each answer: nothing of another one, and nothing that the library adds by itself, gets into it.
        var registry = Metrics.NewCustomRegistry();
        var factory = Metrics.WithCustomRegistry(registry);
        foreach (var (name, help, value) in Gauges(reading))
        {
            if (value is { } known)
                factory.CreateGauge("silver_audit_" + name, help).Set(known);
        }

        if (HealthSummary.Status(reading.Health.LastRunStatus) is { } status)
        {
            factory.CreateGauge("silver_audit_last_run_status", "How the last run ended; the label has the status.", "status")
                .WithLabels(status).Set(1);
        }

        foreach (var problem in reading.Health.Problems)
        {
            factory.CreateGauge("silver_audit_problem", "1 for each problem that makes the store unhealthy.", "problem")
                .WithLabels(problem.ToString()).Set(1);
        }

        using var text = new MemoryStream();
        await registry.CollectAndExportAsTextAsync(text, cancellationToken).ConfigureAwait(false);
        return text.ToArray();
    }

    private static IEnumerable<(string Name, string Help, double? Value)> Gauges(HealthReading reading)
    {
        var health = reading.Health;
        yield return ("up", "1 when the store could be read, now or, if the reading is stale, before.", health.Accessible ? 1 : 0);
        yield return ("healthy", "1 when the store is healthy.", health.Status is HealthStatus.Healthy ? 1 : 0);
        yield return ("loads", "Loads in the permanent table.", health.TotalRows);
        yield return ("loads_last_24h", "Loads that were first processed within the last 24 hours.", health.LoadsLast24Hours);
        yield return ("oldest_load_timestamp_seconds", "When the oldest load was processed.", Seconds(health.OldestLoad));
        yield return ("newest_load_timestamp_seconds", "When the newest load was processed.", Seconds(health.NewestLoad));
        yield return ("data_sources", "Different data sources of the loads.", health.DataSources);
        yield return ("last_run_timestamp_seconds", "When the last run started.", Seconds(health.LastRun));
        yield return ("last_run_duration_seconds", "How long the last run took.", health.LastRunDuration?.TotalSeconds);
        yield return ("last_run_success", "1 when the last run did not fail.",
            health.LastRunStatus is null ? null : health.LastRunStatus == nameof(EtlStatus.Failed) ? 0 : 1);
        yield return ("failed_runs_last_24h", "Runs of the last 24 hours that failed.", health.FailedRunsLast24Hours);
        yield return ("store_size_bytes", "Size of the store's file.", health.SizeBytes);
        yield return ("store_wal_size_bytes", "Size of the write-ahead log beside the store.", health.WalSizeBytes);
        yield return ("disk_free_bytes", "Free space on the disk of the store.", health.FreeBytes);
        yield return ("reading_age_seconds", "How long ago the store was looked at.", reading.Age.TotalSeconds);
        yield return ("reading_stale", "1 when the figures are from before, because the store is held by a writer.", reading.IsStale ? 1 : 0);
    }

    private static double? Seconds(DateTime? time) => (time - DateTime.UnixEpoch)?.TotalSeconds;
}
