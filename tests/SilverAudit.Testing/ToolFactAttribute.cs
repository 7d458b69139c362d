namespace SilverAudit.Testing;

/// <summary>A fact that a program decides which not every machine has.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ToolFactAttribute : FactAttribute
{
    public ToolFactAttribute(string tool)
    {
        if (Find(tool) is null)
            Skip = $"!!! {tool} is not on the PATH: NOT TESTED with it !!!";
    }

    /// <summary>Full path of a program on the PATH; null where there is none.</summary>
    public static string? Find(string tool) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Select(folder => Path.Combine(folder, OperatingSystem.IsWindows() ? tool + ".exe" : tool))
        .FirstOrDefault(File.Exists);
}
