using System.Net;
using System.Net.Http.Headers;

namespace SilverAudit.Monitoring;

/// <summary>What a client asked for.</summary>
internal static class MonitorRequest
{
    private const string Json = "application/json";
    private const int LongestShownPath = 100;

    /// <summary>True when the client would rather have JSON than text.</summary>
    public static bool PrefersJson(HttpListenerRequest request)
    {
        var accepted = (request.Headers["Accept"] ?? "").Split(',')
            .Select(text => MediaTypeWithQualityHeaderValue.TryParse(text, out var type) ? type : null)
            .OfType<MediaTypeWithQualityHeaderValue>()
            .ToLookup(type => type.MediaType ?? "", type => type.Quality ?? 1, StringComparer.OrdinalIgnoreCase);
        var json = accepted[Json].DefaultIfEmpty(0).Max();
        return json > 0 && json >= accepted["text/plain"].DefaultIfEmpty(0).Max();
    }

    /// <summary>The request in one line, without its query, which may hold anything.</summary>
    public static string Describe(HttpListenerRequest request)
    {
        var path = request.Url?.AbsolutePath ?? "/";
        return $"{request.HttpMethod} {(path.Length > LongestShownPath ? path[..LongestShownPath] + "..." : path)} from {request.RemoteEndPoint}";
    }
}
