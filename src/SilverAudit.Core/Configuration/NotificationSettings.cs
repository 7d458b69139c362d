namespace SilverAudit;

/// <summary>Who is told about a run, and how. What nobody has set is null.</summary>
public sealed record NotificationSettings
{
    /// <summary>True when a run is to be told of at all.</summary>
    public bool Enabled { get; init; }

    /// <summary>True when only failures are to be told of.</summary>
    public bool OnFailureOnly { get; init; }

    /// <summary>The addresses that get the mail.</summary>
    public IReadOnlyList<string> To { get; init; } = [];

    /// <summary>The address that sends the mail.</summary>
    public string? From { get; init; }

    /// <summary>The server that takes the mail.</summary>
    public string? SmtpServer { get; init; }

    /// <summary>The port of the server.</summary>
    public int? Port { get; init; }

    /// <summary>True when the connection to the server is to be encrypted.</summary>
    public bool? UseTls { get; init; }

    /// <summary>The address that gets the same as JSON.</summary>
    public Uri? WebhookUri { get; init; }
}
