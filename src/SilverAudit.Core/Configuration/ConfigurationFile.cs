namespace SilverAudit.Configuration;

/// <summary>What a configuration file says. Its relative paths are full ones already.</summary>
/// <param name="Path">Full path of the file.</param>
/// <param name="Settings">The settings of all environments, by key.</param>
/// <param name="Environments">The settings of each environment, by its name in whatever case.</param>
internal sealed record ConfigurationFile(
    string Path, IReadOnlyDictionary<string, string?> Settings, IReadOnlyDictionary<string, IReadOnlyDictionary<string, string?>> Environments)
{
    public const string DefaultName = "silver-audit.json";

    /// <summary>Reads the file that was asked for, or the one in the current location; null when there is none.</summary>
    /// <exception cref="AuditException">One of the Configuration errors.</exception>
    public static ConfigurationFile? Find(ConfigurationRequest request)
    {
        if (request.ConfigurationPath is { } named)
        {
            var path = request.ResolvePath(named);
            return System.IO.Path.Exists(path)
                ? new ConfigurationReader(path).Read()
                : throw ConfigurationErrors.NotFound(path, $"There is no configuration file '{path}'. Check -ConfigurationPath.");
        }

        var usual = request.ResolvePath(DefaultName);
        return System.IO.Path.Exists(usual) ? new ConfigurationReader(usual).Read() : null;
    }
}
