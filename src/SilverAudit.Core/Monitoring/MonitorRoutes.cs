using System.Net;

namespace SilverAudit.Monitoring;

/// <summary>Finds the answer to a request.</summary>
internal sealed class MonitorRoutes
{
    private const string Health = "health";
    private const string Metrics = "metrics";

    private readonly HealthReadings _readings;
    private readonly Dictionary<string, string> _targets;

    public MonitorRoutes(IReadOnlyList<MonitorPrefix> prefixes, HealthReadings readings)
    {
        _readings = readings;
        _targets = prefixes.Select(prefix => prefix.Path).Distinct(StringComparer.Ordinal)
            .SelectMany(path => new[] { Health, Metrics }.Select(name => (Path: path + name, Name: name)))
            .ToDictionary(target => target.Path, target => target.Name, StringComparer.Ordinal);
    }

    public async Task<MonitorReply> AnswerAsync(HttpListenerRequest request, CancellationToken stop)
    {
        if (!_targets.TryGetValue(request.Url?.AbsolutePath ?? "", out var target))
            return NewError(HttpStatusCode.NotFound, "There is nothing at this path.", _targets.Keys);
        if (request.HttpMethod is not ("GET" or "HEAD"))
            return NewError(HttpStatusCode.MethodNotAllowed, "Only GET and HEAD are served.");
        var reading = await _readings.GetAsync(stop).ConfigureAwait(false);
        var summary = HealthJson.NameOf(reading.Health.Status) + (reading.IsStale ? ", stale" : "");
        if (target == Health)
        {
            var status = reading.Health.Status is HealthStatus.Healthy ? HttpStatusCode.OK : HttpStatusCode.ServiceUnavailable;
            return new MonitorReply(status, HealthJson.ContentType, HealthJson.Health(reading), summary);
        }

        if (!MonitorRequest.PrefersJson(request))
        {
            // Prometheus takes an answer of any other status for none; that the store can't be read is a metric too.
            var text = await HealthMetrics.FormatAsync(reading, stop).ConfigureAwait(false);
            return new MonitorReply(HttpStatusCode.OK, HealthMetrics.ContentType, text, summary);
        }

        return reading.Health.Accessible
            ? new MonitorReply(HttpStatusCode.OK, HealthJson.ContentType, HealthJson.Metrics(reading), summary)
            : NewError(HttpStatusCode.ServiceUnavailable, HealthSummary.Error(reading.Health) ?? summary);
    }

    /// <summary>An answer that is an error and nothing else.</summary>
    public static MonitorReply NewError(HttpStatusCode status, string error, IEnumerable<string>? paths = null) =>
        new(status, HealthJson.ContentType, HealthJson.Error(error, paths), error.TrimEnd('.'));
}
