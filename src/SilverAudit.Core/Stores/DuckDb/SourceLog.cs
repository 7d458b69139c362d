namespace SilverAudit.Stores.DuckDb;

/// <summary>What the write-ahead log beside a source says about itself, before anybody believes it.</summary>
internal enum SourceLog
{
    /// <summary>There is none, or it is empty.</summary>
    None,

    /// <summary>It names its database. The engine compares that when it reads the two, and refuses another's.</summary>
    Named,

    /// <summary>It names no database, as with all files of the default storage version: whose it is can't be told.</summary>
    Unnamed,

    /// <summary>It names no database, and was written before the database was: most likely it is another's.</summary>
    Older,

    /// <summary>There is none, but the file has another name, beside which it may lie.</summary>
    Elsewhere,

    /// <summary>It does not begin as a log does, so the engine passes it over.</summary>
    Unreadable,
}
