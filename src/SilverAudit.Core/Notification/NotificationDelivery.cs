using System.Diagnostics;
using System.Globalization;
using SilverAudit.Notification;
using SilverAudit.Stores.DuckDb;

namespace SilverAudit;

/// <summary>One way to one target for notifications.</summary>
public abstract class NotificationDelivery
{
    private const string RefusalAdvice = "Correct these addresses, or leave them out.";

    private protected NotificationDelivery(NotificationKind kind, string target, string server, TimeSpan timeout)
    {
        Kind = kind;
        Target = Secrets.Redact(target);
        Server = server;
        Timeout = timeout;
    }

    /// <summary>The way that it takes.</summary>
    public NotificationKind Kind { get; }

    /// <summary>Whom it reaches, without anything secret.</summary>
    public string Target { get; }

    /// <summary>Host and port that it goes through.</summary>
    public string Server { get; }

    private protected TimeSpan Timeout { get; }

    private protected abstract AuditErrorId FailureId { get; }

    private protected abstract string FailureAdvice { get; }

    /// <summary>The result of sending nothing.</summary>
    /// <param name="report">What would have been sent.</param>
    public NotificationResult Plan(NotificationReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return new NotificationResult
        {
            Kind = Kind,
            Target = Target,
            Server = Server,
            Subject = report.Subject,
            Sources = report.Sources,
            FailedSources = report.FailedSources,
            StartedAt = DateTime.UtcNow,
        };
    }

    /// <summary>Sends a report. What goes wrong is part of the outcome.</summary>
    /// <param name="report">What is sent.</param>
    /// <param name="stop">Ends it at once.</param>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public NotificationOutcome Send(NotificationReport report, CancellationToken stop)
    {
        var started = Stopwatch.GetTimestamp();
        var result = Plan(report);
        var (sent, reason) = TrySend(report, stop);
        var failure = reason is null ? null : new AuditException(FailureId, Target, $"{Describe(sent)} {reason} {(sent ? RefusalAdvice : FailureAdvice)}");
        return new NotificationOutcome(
            result with
            {
                Sent = sent,
                Duration = Stopwatch.GetElapsedTime(started),
                ErrorId = failure?.ErrorId.ToString(),
                Error = failure?.Message,
            },
            failure);
    }

    /// <summary>Sends a report, and returns what the target did not take although it took the rest; null when it took all.</summary>
    private protected abstract Task<string?> SendAsync(NotificationReport report, CancellationToken stop);

    /// <summary>The reason in words for what went wrong; null for what was not foreseen.</summary>
    private protected abstract string? ReasonFor(Exception failure);

    private (bool Sent, string? Reason) TrySend(NotificationReport report, CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(Timeout);
        try
        {
            // Not everything below can be cancelled, such as a look-up of a host: it is left behind then.
            return (true, Task.Run(() => SendAsync(report, limit.Token), limit.Token).WaitAsync(limit.Token).GetAwaiter().GetResult());
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return (false, string.Create(CultureInfo.InvariantCulture, $"It was not done within {Timeout.TotalSeconds:0.###} seconds."));
        }
        catch (Exception failure) when (failure is not OperationCanceledException && ReasonFor(failure) is { } reason)
        {
            return (false, EngineFailures.FirstLine(Printable.OnOneLine(reason)));
        }
    }

    private string Describe(bool sent) => (Kind, sent) switch
    {
        (NotificationKind.Mail, true) => $"The mail was sent through '{Server}', but not to everybody.",
        (NotificationKind.Mail, false) => $"The mail to '{Target}' was not sent through '{Server}'.",
        _ => $"Nothing was posted to the webhook at '{Target}'.",
    };
}
