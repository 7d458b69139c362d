using System.Net;

namespace SilverAudit;

/// <summary>Where notifications go, as far as it was said: by parameters, or by whatever else knows.</summary>
public sealed record NotificationSettings
{
    /// <summary>False when nobody is to be told, whatever else is set.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>The recipients of a mail.</summary>
    public IReadOnlyList<string> To { get; init; } = [];

    /// <summary>The sender of a mail.</summary>
    public string? From { get; init; }

    /// <summary>Name or address of the SMTP server.</summary>
    public string? SmtpServer { get; init; }

    /// <summary>Port of the SMTP server; null takes the usual one.</summary>
    public int? Port { get; init; }

    /// <summary>Encrypts the connection to the SMTP server, or sends nothing.</summary>
    public bool UseTls { get; init; }

    /// <summary>User name and password for the SMTP server. They come from no file.</summary>
    public NetworkCredential? Credential { get; init; }

    /// <summary>Where JSON is posted to.</summary>
    public string? WebhookUri { get; init; }

    /// <summary>Sends nothing when no source failed.</summary>
    public bool OnFailureOnly { get; init; }

    /// <summary>How long one notification may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>True when somebody is named to notify.</summary>
    public bool HasTarget => To.Count > 0 || SmtpServer is not null || WebhookUri is not null;

    /// <summary>The ways that a notification takes by these settings: a mail, a webhook, or both.</summary>
    /// <exception cref="AuditException">Something that is needed is missing, or is not what it should be.</exception>
    public IReadOnlyList<NotificationDelivery> NewDeliveries()
    {
        var deliveries = new List<NotificationDelivery>();
        if (WantsMail)
            deliveries.Add(new Notification.MailDelivery(NewMailOptions(), Timeout));
        if (WebhookUri is not null)
            deliveries.Add(new Notification.WebhookDelivery(WebhookUri, Timeout));
        return deliveries.Count > 0 ? deliveries : throw NewTargetMissing(
            "Nobody is named to notify. Give -SmtpServer, -From and -To for a mail, -WebhookUri for a webhook, or both.");
    }

    // Who says something about a mail wants one, and is told what is missing.
    private bool WantsMail => To.Count > 0 || From is not null || SmtpServer is not null || Port is not null || UseTls || Credential is not null;

    private MailOptions NewMailOptions() => new()
    {
        SmtpServer = SmtpServer ?? throw NewTargetMissing("A mail needs a server. Give it with -SmtpServer."),
        From = From ?? throw NewTargetMissing("A mail needs a sender. Give the address with -From."),
        To = To.Count > 0 ? To : throw NewTargetMissing("A mail needs a recipient. Give one or more addresses with -To."),
        Port = Port,
        UseTls = UseTls,
        Credential = Credential,
    };

    private static AuditException NewTargetMissing(string message) => new(AuditErrorId.NotificationTargetMissing, "", message);
}
