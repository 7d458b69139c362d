namespace SilverAudit;

/// <summary>Where the value of a setting comes from, from the weakest to the strongest.</summary>
public enum SettingSource
{
    /// <summary>Nobody has set it.</summary>
    Default,

    /// <summary>The configuration file, where it speaks of all environments.</summary>
    File,

    /// <summary>The section of the configuration file for the environment.</summary>
    Environment,

    /// <summary>An environment variable.</summary>
    Variable,

    /// <summary>A parameter of the command.</summary>
    Parameter,
}
