using SilverAudit.Stores.DuckDb;

namespace SilverAudit;

/// <summary>The folder that sources go to once the store has proved that it holds every row of them.</summary>
public static class ArchiveFolder
{
    /// <summary>Creates the folder if there is none.</summary>
    /// <param name="path">Full path of the folder.</param>
    /// <exception cref="AuditException"><see cref="AuditErrorId.TargetNotWritable"/>.</exception>
    public static void Create(string path) => Write(path, () => Directory.CreateDirectory(path));

    /// <summary>Removes what runs that were killed have left of files on their way. What can't be removed is in nobody's way.</summary>
    /// <param name="targets">Full paths of the files, which are there now.</param>
    internal static void RemoveDrafts(IEnumerable<string> targets)
    {
        foreach (var target in targets)
        {
            var prefix = Path.GetFileName(target) + '.';
            var drafts = Directory.EnumerateFiles(Path.GetDirectoryName(target)!).Where(path => IsDraft(Path.GetFileName(path), prefix)).ToList();
            foreach (var draft in drafts)
            {
                try
                {
                    File.Delete(draft);
                }
                catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
                {
                    // The next run of this source tries again.
                }
            }
        }
    }

    /// <summary>Does something in the folder; what keeps it from being written becomes an error that says so.</summary>
    internal static void Write(string target, Action work)
    {
        try
        {
            work();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new AuditException(AuditErrorId.TargetNotWritable, target,
                $"The archive can't be written: {EngineFailures.FirstLine(failure.Message)} Nothing is lost: what was to be archived stays where it is. "
                + "Check the folder, its permissions and its disk, and run it again.", failure);
        }
    }

    private static bool IsDraft(string name, string prefix) =>
        name.Length > prefix.Length + HeldFile.DraftExtension.Length && name.StartsWith(prefix, StringComparison.Ordinal) && name.EndsWith(HeldFile.DraftExtension, StringComparison.Ordinal)
        && Guid.TryParseExact(name.AsSpan(prefix.Length..^HeldFile.DraftExtension.Length), "N", out _);
}
