namespace SilverAudit.Testing;

/// <summary>A folder of its own for each test, gone afterwards.</summary>
public sealed class TemporaryFolder : IDisposable
{
    public TemporaryFolder() => Location = Directory.CreateTempSubdirectory("silver-audit-").FullName;

    public string Location { get; }

    /// <summary>Full path of a file in the folder.</summary>
    public string File(string name) => Path.Combine(Location, name);

    public void Dispose() => Directory.Delete(Location, recursive: true);
}
