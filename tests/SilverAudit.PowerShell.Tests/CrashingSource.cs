namespace SilverAudit.PowerShell.Tests;

/// <summary>
/// A source with one block in the place of another, its checksum right, that the engine does not survive. Which of them that is
/// depends on the engine, so they are tried.
/// </summary>
public sealed class CrashingSource : IDisposable
{
    /// <summary>What the error says of it.</summary>
    public const string Message = "makes the engine crash";

    private const int SplicesTried = 100;

    private readonly Module _module = new();

    public CrashingSource()
    {
        var sound = Staging.CreateMany(_module.File("sound.db"), 3000, from: 1001);
        var blocks = DatabaseFile.BlockCountOf(sound);
        var splices = Enumerable.Range(0, blocks).SelectMany(from => Enumerable.Range(0, blocks).Select(to => (from, to)));
        if (!splices.Take(SplicesTried).Any(splice => Crashes(sound, splice.from, splice.to)))
            throw new InvalidOperationException($"None of {SplicesTried} spliced files makes the engine crash. Is -Isolated still needed?");
    }

    public string Path => _module.File("crashing.db");

    public void Dispose() => _module.Dispose();

    private bool Crashes(string sound, int from, int to)
    {
        File.Copy(sound, Path, overwrite: true);
        DatabaseFile.CopyBlock(Path, from, to);
        var outcome = _module.Run("Compare-SilverAuditSource -LiteralPath $args[0] -Isolated -Summary", Path);
        return outcome.Errors is [{ Exception.Message: var message }] && message.Contains(Message, StringComparison.Ordinal);
    }
}
