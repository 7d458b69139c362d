namespace SilverAudit.Configuration;

/// <summary>What the value of a setting can be.</summary>
internal enum SettingKind
{
    Text,

    /// <summary>One text, or a list of them.</summary>
    Texts,

    Path,

    /// <summary>One path with wildcards, or a list of them.</summary>
    Sources,

    Switch,
    Number,
    Choice,
    MemorySize,
    WebAddress,
}
