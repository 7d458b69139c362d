namespace SilverAudit;

/// <summary>How sources are loaded; the same for all sources of a session.</summary>
public sealed record EtlOptions
{
    /// <summary>The table to read in each source.</summary>
    public string SourceTable { get; init; } = Schema.AuditSchema.DefaultSourceTable;

    /// <summary>What happens to source columns that the permanent table lacks.</summary>
    public SchemaEvolution SchemaEvolution { get; init; }

    /// <summary>What happens to a source that holds invalid rows.</summary>
    public InvalidRowPolicy InvalidRow { get; init; }

    /// <summary>
    /// Why loads that differ are updated; null when they are left as they are. It goes to the store and is read by others, so what
    /// looks like a secret is taken out of it.
    /// </summary>
    public string? ReprocessingReason { get; init => field = value is null ? null : Secrets.Redact(value); }

    /// <summary>True to count what a run would do without touching or creating the store.</summary>
    public bool PlanOnly { get; init; }

    /// <summary>True when a source that is a store is none that failed: nobody named it.</summary>
    public bool PassOverStores { get; init; }
}
