namespace SilverAudit;

/// <summary>The result of one source, and the failure behind it when there was one.</summary>
/// <param name="Result">What happened, failed runs too.</param>
/// <param name="Failure">The failure, or null.</param>
public sealed record EtlOutcome(EtlResult Result, AuditException? Failure);
