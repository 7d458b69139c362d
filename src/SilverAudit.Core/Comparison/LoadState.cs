namespace SilverAudit;

/// <summary>Where a load is, and whether both sides agree on it.</summary>
public enum LoadState
{
    /// <summary>Only the source has it.</summary>
    SourceOnly,

    /// <summary>Both have it, with different content.</summary>
    Changed,

    /// <summary>Both have it, with the same content.</summary>
    Equal,

    /// <summary>Only the store has it.</summary>
    DestinationOnly,
}
