namespace SilverAudit.Stores.DuckDb;

/// <summary>How a type is made of others.</summary>
internal enum NestedTypeKind
{
    /// <summary>It is not.</summary>
    Value,

    /// <summary>It is not either: text that is JSON.</summary>
    Json,

    /// <summary>Any number of elements of one type, or a fixed one.</summary>
    List,

    /// <summary>Named members.</summary>
    Structure,

    /// <summary>Keys, each with its value.</summary>
    Map,

    /// <summary>One of several named members.</summary>
    Union,
}
