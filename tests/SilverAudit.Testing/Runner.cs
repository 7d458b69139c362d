using System.Diagnostics;

namespace SilverAudit.Testing;

/// <summary>A process of its own that runs a script with the module loaded.</summary>
public static class Runner
{
    /// <summary>Starts a script in a folder.</summary>
    public static Process Start(string folder, string script, params string[] arguments) => Start(folder, [], script, arguments);

    /// <summary>Starts a script in a folder, with environment variables of its own.</summary>
    public static Process Start(string folder, Dictionary<string, string?> environment, string script, params string[] arguments)
    {
        var file = Path.Combine(folder, $"script-{Guid.NewGuid():N}.ps1");
        File.WriteAllText(file, script);
        return ChildProcess.Start(folder, environment, "dotnet", [TestMetadata.Value("RunnerPath"), "-NonInteractive", "-File", file, .. arguments]);
    }
}
