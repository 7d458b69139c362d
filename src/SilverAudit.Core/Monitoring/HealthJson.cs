using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace SilverAudit.Monitoring;

/// <summary>Formats readings as JSON. The names of the fields are a contract; new ones may join them.</summary>
internal static class HealthJson
{
    public const string ContentType = "application/json; charset=utf-8";

    private static readonly JsonSerializerOptions s_options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    private static readonly JsonSerializerOptions s_withNulls = new(s_options) { DefaultIgnoreCondition = JsonIgnoreCondition.Never };

    /// <summary>The answer to a health check. What is not known is left out.</summary>
    public static byte[] Health(HealthReading reading)
    {
        var health = reading.Health;
        return Format(new
        {
            status = NameOf(health.Status),
            timestamp = DateTime.UtcNow,
            database = new
            {
                accessible = health.Accessible,
                total_rows = health.TotalRows,
                recent_loads_24h = health.LoadsLast24Hours,
                oldest_load = health.OldestLoad,
                newest_load = health.NewestLoad,
                data_sources = health.DataSources,
                size_bytes = health.SizeBytes,
                wal_size_bytes = health.WalSizeBytes,
                free_bytes = health.FreeBytes,
            },
            last_run = health.LastRunStatus is null ? null : new
            {
                started_at = health.LastRun,
                duration_seconds = health.LastRunDuration?.TotalSeconds,
                status = HealthSummary.Status(health.LastRunStatus),
                error_id = HealthSummary.ErrorId(health.LastRunErrorId),
            },
            failed_runs_24h = health.FailedRunsLast24Hours,
            stale = reading.IsStale,
            as_of = health.CheckedAt,
            problems = health.Problems.Count == 0 ? null : health.Problems.Select(problem => problem.ToString()),
            error_id = HealthSummary.ErrorId(health.ErrorId),
            error = HealthSummary.Error(health),
        });
    }

    /// <summary>The figures, where somebody asks for them as JSON.</summary>
    public static byte[] Metrics(HealthReading reading)
    {
        var health = reading.Health;
        return Format(
            new
            {
                total_loads = health.TotalRows,
                oldest_load = health.OldestLoad,
                newest_load = health.NewestLoad,
                data_sources = health.DataSources,
                stale = reading.IsStale,
                as_of = health.CheckedAt,
            },
            s_withNulls);
    }

    /// <summary>An answer that is an error and nothing else.</summary>
    public static byte[] Error(string error, IEnumerable<string>? paths = null) => Format(new { error, paths });

    public static string NameOf(HealthStatus status) => status is HealthStatus.Healthy ? "healthy" : "unhealthy";

    private static byte[] Format<T>(T content, JsonSerializerOptions? options = null) =>
        [.. JsonSerializer.SerializeToUtf8Bytes(content, options ?? s_options), (byte)'\n'];
}
