namespace SilverAudit.Stores.DuckDb;

/// <summary>What a database is for this module.</summary>
internal enum DatabaseKind
{
    /// <summary>Neither: an empty one, or of somebody else.</summary>
    Other,

    /// <summary>It has the source table, and nothing of a store.</summary>
    Source,

    /// <summary>It has the permanent table or the history, as a backup of a store has.</summary>
    Store,
}
