namespace SilverAudit;

/// <summary>Which configuration to load, and what overrides it.</summary>
public sealed record ConfigurationRequest
{
    /// <summary>Path of the configuration file; null for the one in the current location, if there is one.</summary>
    public string? ConfigurationPath { get; init; }

    /// <summary>The environment that was asked for; null to let the variable or the file decide.</summary>
    public string? Environment { get; init; }

    /// <summary>Makes a full path of one that starts from the current location.</summary>
    public required Func<string, string> ResolvePath { get; init; }

    /// <summary>Reads an environment variable.</summary>
    public Func<string, string?> ReadVariable { get; init; } = System.Environment.GetEnvironmentVariable;

    /// <summary>The parameters that were given, by name. Those that are no settings are passed over.</summary>
    public IReadOnlyDictionary<string, object> Parameters { get; init; } = new Dictionary<string, object>();
}
