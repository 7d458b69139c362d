namespace SilverAudit.Stores.DuckDb;

/// <summary>What an engine instance has a file open for.</summary>
internal enum FileUse
{
    /// <summary>A source is read from it.</summary>
    Source,

    /// <summary>It is the store, and only read.</summary>
    ReadStore,

    /// <summary>It is the store, and written.</summary>
    WrittenStore,
}
