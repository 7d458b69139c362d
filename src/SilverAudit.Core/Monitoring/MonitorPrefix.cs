using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace SilverAudit;

/// <summary>A URL at which a monitor serves: <c>http://</c>, a host of this machine, a port and perhaps a path.</summary>
public sealed partial record MonitorPrefix
{
    private const int HttpPort = 80;

    private const string LoopbackAddress = "127.0.0.1";
    private const string LoopbackName = "localhost";

    private MonitorPrefix(string host, int port, string path)
    {
        Host = host.ToLowerInvariant();
        Port = port;
        Path = path;
        Url = $"http://{Host}:{port.ToString(CultureInfo.InvariantCulture)}{path}";
    }

    /// <summary>The prefix as a URL that ends with a slash.</summary>
    public string Url { get; }

    /// <summary>True when only this machine can reach it.</summary>
    public bool IsLoopback =>
        Host == LoopbackName || (IPAddress.TryParse(Host, out var address) && IPAddress.IsLoopback(address));

    internal string Host { get; }

    internal int Port { get; }

    /// <summary>The same by the name that users write for it; null where there is none.</summary>
    internal MonitorPrefix? Alias => Host == LoopbackAddress ? new MonitorPrefix(LoopbackName, Port, Path) : null;

    /// <summary>Where it begins on its host; begins and ends with a slash.</summary>
    internal string Path { get; }

    /// <summary>Reads a prefix. A port that is not given is 80, as for any URL.</summary>
    /// <param name="text">What the user wrote.</param>
    /// <exception cref="AuditException"><see cref="AuditErrorId.MonitorPrefixInvalid"/>.</exception>
    public static MonitorPrefix Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.StartsWith("https:", StringComparison.OrdinalIgnoreCase))
            throw NewInvalid(text, "HTTPS is not served. Put a web server that has a certificate in front of the monitor");
        var match = Form().Match(text);
        if (!match.Success)
            throw NewInvalid(text, "it is no URL of the form http://<host>:<port>/");
        var host = match.Groups["host"].Value;
        var path = match.Groups["path"].Value;
        var port = HttpPort;
        if (match.Groups["port"] is { Success: true } digits
            && !(int.TryParse(digits.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is > 0 and <= IPEndPoint.MaxPort))
            throw NewInvalid(text, "its port is none from 1 to 65535");
        if (host is "0.0.0.0" or "[::]")
            throw NewInvalid(text, $"it names no address. To serve at all addresses of this machine, write http://+:{port}/");
        if (host is not ("+" or "*") && Uri.CheckHostName(host) is UriHostNameType.Unknown)
            throw NewInvalid(text, "its host is none");
        return new MonitorPrefix(host, port, path.EndsWith('/') ? path : path + '/');
    }

    internal AuditException NewInvalid(string reason) => NewInvalid(Url, reason);

    /// <summary>Says in our words why the system refused to listen.</summary>
    internal static AuditException NewRefused(IReadOnlyList<MonitorPrefix> prefixes, HttpListenerException cause)
    {
        var urls = string.Join(", ", prefixes.Select(prefix => prefix.Url));
        return cause.ErrorCode switch
        {
            // In use: by another program on Linux, macOS and Windows, and by a monitor of this process on Unix and Windows.
            98 or 48 or (int)SocketError.AddressAlreadyInUse or 32 or (int)HttpStatusCode.BadRequest or 183 => new(AuditErrorId.MonitorPrefixInUse, urls,
                $"The monitor can't serve at {urls}: the port is in use. Stop what serves there, or choose another port with -Prefix.", cause),
            // Denied: Unix, Windows sockets, http.sys.
            13 or (int)SocketError.AccessDenied or 5 => new(AuditErrorId.MonitorPrefixForbidden, urls,
                $"The monitor may not serve at {urls}: access denied. Choose a port above 1023 and the host 127.0.0.1, or let an administrator permit it "
                + "(on Windows: netsh http add urlacl).", cause),
            50 => new(AuditErrorId.MonitorPrefixInvalid, urls,
                $"The monitor can't serve at {urls}: the host has no address. Give -Prefix a host or an address of this machine.", cause),
            _ => new(AuditErrorId.MonitorPrefixInvalid, urls,
                $"The monitor can't serve at {urls}: {cause.Message.TrimEnd('.')}. Give -Prefix a host or an address of this machine.", cause),
        };
    }

    private static AuditException NewInvalid(string text, string reason) => new(AuditErrorId.MonitorPrefixInvalid, text,
        $"The monitor can't serve at '{text}': {reason}. The default is http://127.0.0.1:5000/.");

    [GeneratedRegex(@"\Ahttp://(?<host>\[[0-9a-f:.]+\]|[^/:?#@\[\]\\\s%]+)(?::(?<port>[0-9]*))?(?<path>(?:/[A-Za-z0-9._~-]+)*/?)\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
