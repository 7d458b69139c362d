namespace SilverAudit;

/// <summary>What became of one notification, and why it failed if it did.</summary>
/// <param name="Result">What is reported, whether it was sent or not.</param>
/// <param name="Failure">The failure; null when there was none.</param>
public sealed record NotificationOutcome(NotificationResult Result, AuditException? Failure);
