namespace SilverAudit.PowerShell.Tests;

/// <summary>A fact that Prometheus's own promtool decides, where it is on the PATH.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PromtoolFactAttribute : FactAttribute
{
    public PromtoolFactAttribute()
    {
        if (Program is null)
            Skip = "!!! promtool is not on this machine (Debian's package prometheus has it): NOT TESTED against it !!!";
    }

    public static string? Program { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Select(folder => Path.Combine(folder, OperatingSystem.IsWindows() ? "promtool.exe" : "promtool"))
        .FirstOrDefault(File.Exists);
}
