namespace SilverAudit;

/// <summary>What became of one notification.</summary>
public sealed record NotificationResult
{
    /// <summary>The way that it took.</summary>
    public required NotificationKind Kind { get; init; }

    /// <summary>The recipients of the mail, or scheme and host of the webhook: the rest of its URI is a secret.</summary>
    public required string Target { get; init; }

    /// <summary>Host and port that it was handed to.</summary>
    public required string Server { get; init; }

    /// <summary>The subject, with success or failure.</summary>
    public required string Subject { get; init; }

    /// <summary>True when the server took it, for at least one of the recipients.</summary>
    public bool Sent { get; init; }

    /// <summary>How many sources it reports on.</summary>
    public required int Sources { get; init; }

    /// <summary>How many of them failed.</summary>
    public required int FailedSources { get; init; }

    /// <summary>When sending began, in UTC.</summary>
    public required DateTime StartedAt { get; init; }

    /// <summary>How long sending took.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>The stable identifier of the failure; null when there was none.</summary>
    public string? ErrorId { get; init; }

    /// <summary>What went wrong and what to do next; null when nothing did.</summary>
    public string? Error { get; init; }
}
