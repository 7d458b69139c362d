using System.Diagnostics;
using System.Management.Automation;

namespace SilverAudit.Torture.Files;

/// <summary>A command that is stopped, and how it goes when it is not.</summary>
/// <param name="Name">What it does.</param>
/// <param name="Script">The script, with the sources as <c>$args</c>.</param>
/// <param name="Known">Every source that its store may have seen.</param>
/// <param name="Paths">The sources it is given.</param>
/// <param name="Template">The store that it starts from; null for none.</param>
/// <param name="Writes">True when it changes the store.</param>
public sealed record StoppableCommand(string Name, string Script, IReadOnlyList<KnownSource> Known, string[] Paths, string? Template, bool Writes)
{
    // What differs between two runs of the same command.
    private static readonly HashSet<string> s_volatile = ["RunId", "StartedAt", "Duration", "Destination", "DestinationPath"];

    /// <summary>How long it took, unstopped.</summary>
    public TimeSpan Duration { get; private set; }

    /// <summary>How many messages it wrote, unstopped.</summary>
    public int Messages { get; private set; }

    /// <summary>What it wrote, unstopped.</summary>
    public IReadOnlyList<string> Output { get; private set; } = [];

    /// <summary>The store that it left, unstopped.</summary>
    public string Store { get; private set; } = "";

    public string SourcesFolder => Path.GetDirectoryName(Paths[0])!;

    /// <summary>Runs it to the end and keeps what it does.</summary>
    /// <param name="module">Runs it.</param>
    /// <param name="folder">An empty folder, which is kept.</param>
    public void Measure(Module module, string folder)
    {
        Store = Prepare(module, folder);
        var watch = Stopwatch.StartNew();
        var outcome = module.Run(Script, [.. Paths]);
        Duration = watch.Elapsed;
        Messages = outcome.Debug.Count + outcome.Information.Count;
        Output = Describe(outcome);
    }

    /// <summary>Puts the store that it starts from into a folder, and the module there.</summary>
    /// <returns>Full path of the store.</returns>
    public string Prepare(Module module, string folder)
    {
        Directory.CreateDirectory(folder);
        module.GoTo(folder);
        var store = Path.Combine(folder, "silver_metadata.db");
        if (Template is not null)
            File.Copy(Template, store);
        return store;
    }

    /// <summary>What a run wrote that every run writes alike.</summary>
    public static IReadOnlyList<string> Describe(ScriptOutcome outcome)
    {
        var errors = outcome.Errors.Append(outcome.Terminating).OfType<ErrorRecord>().ToList();
        Round.Expect(errors.Count == 0, $"There are errors: {string.Join("; ", errors.Select(error => error.Exception.Message))}");
        return [.. outcome.Output.Select(item => string.Join('|', item.Properties.Where(property => !s_volatile.Contains(property.Name)).Select(property => $"{property.Name}={property.Value}")))];
    }
}
