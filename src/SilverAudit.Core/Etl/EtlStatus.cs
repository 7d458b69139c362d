namespace SilverAudit;

/// <summary>How the run of one source ended.</summary>
public enum EtlStatus
{
    /// <summary>Every load was new to the store.</summary>
    AllNew,

    /// <summary>Some loads were inserted, updated or rejected, others were there already.</summary>
    PartialUpdate,

    /// <summary>Every load was there already; nothing was written.</summary>
    AlreadyPresent,

    /// <summary>The source table has no rows.</summary>
    Empty,

    /// <summary>The run failed; nothing of its source was written.</summary>
    Failed,

    /// <summary>Nothing was written because only a plan was asked for; the counts are what a run would give.</summary>
    Planned,
}
