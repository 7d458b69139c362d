namespace SilverAudit.Core.Tests;

/// <summary>A folder as the current location, with configuration files in it and environment variables of its own.</summary>
internal sealed class ConfigurationSandbox : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public string Location => _folder.Location;

    public string DefaultPath => PathOf("silver-audit.json");

    public Dictionary<string, string> Variables { get; } = [];

    public Dictionary<string, object> Parameters { get; } = new(StringComparer.OrdinalIgnoreCase);

    public string PathOf(string name) => Path.GetFullPath(name, Location);

    public string Write(string text, string name = "silver-audit.json")
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(name))!);
        File.WriteAllText(PathOf(name), text);
        return PathOf(name);
    }

    public AuditConfiguration Load(string? environment = null, string? path = null) => AuditConfiguration.Load(new ConfigurationRequest
    {
        ConfigurationPath = path,
        Environment = environment,
        ResolvePath = PathOf,
        ReadVariable = name => Variables.GetValueOrDefault(name),
        Parameters = Parameters,
    });

    public AuditException Fail(string? environment = null, string? path = null) => Assert.Throws<AuditException>(() => Load(environment, path));

    /// <summary>Writes a file that must be refused, and returns why.</summary>
    public AuditException Refuse(string text)
    {
        Write(text);
        return Fail();
    }

    public void Dispose() => _folder.Dispose();
}
