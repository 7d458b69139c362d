namespace SilverAudit;

/// <summary>Which run is taken back, and why.</summary>
public sealed record UndoOptions
{
    /// <summary>The run to take back.</summary>
    public required Guid RunId { get; init; }

    /// <summary>
    /// Why. It goes to the store and is read by others, so what looks like a secret is taken out of it.
    /// </summary>
    public required string Reason { get; init => field = Secrets.Redact(value); }

    /// <summary>True to look and count without writing to the store.</summary>
    public bool PlanOnly { get; init; }

    /// <summary>Runs that a plan takes for undone: those that were planned before it.</summary>
    public IReadOnlyList<Guid> PlannedBefore { get; init; } = [];
}
