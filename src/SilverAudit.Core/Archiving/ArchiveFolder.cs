using SilverAudit.Stores.DuckDb;

namespace SilverAudit;

/// <summary>The folder that sources go to once the store has proved that it holds every row of them.</summary>
public static class ArchiveFolder
{
    /// <summary>Creates the folder if there is none.</summary>
    /// <param name="path">Full path of the folder.</param>
    /// <exception cref="AuditException"><see cref="AuditErrorId.TargetNotWritable"/>.</exception>
    public static void Create(string path) => Write(path, () => Directory.CreateDirectory(path));

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
}
