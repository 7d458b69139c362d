using System.Management.Automation;

namespace SilverAudit.PowerShell;

/// <summary>Turns paths of the session, with its drives and its current location, into full paths of files.</summary>
internal static class CmdletPaths
{
    private const string FileSystemProvider = "FileSystem";
    private const string ProviderSeparator = "::";

    /// <summary>A path taken literally; the file need not exist.</summary>
    /// <exception cref="AuditException"><see cref="AuditErrorId.PathNotResolved"/>.</exception>
    public static string ResolveNewPath(this PSCmdlet cmdlet, string path)
    {
        var paths = cmdlet.SessionState.Path;
        var literal = Path.GetFullPath(path, paths.CurrentFileSystemLocation.ProviderPath);
        try
        {
            var resolved = paths.GetUnresolvedProviderPathFromPSPath(path, out var provider, out _);
            if (provider.Name == FileSystemProvider)
                return Path.GetFullPath(resolved);
            // A session whose location is no folder, such as env:, has one that it was in before.
            return !NamesPlace(paths, path) || Path.Exists(literal) ? literal : throw NewNotResolved(path, $"{provider.Name} has no files.");
        }
        catch (Exception failure) when (IsNoPlace(failure))
        {
            // On a Unix a colon may be part of a file's name, and what begins with a slash names no drive.
            return Path.Exists(literal) || path.StartsWith('/') ? literal : throw NewNotResolved(path, failure.Message, failure);
        }
    }

    /// <summary>The files that a path with wildcards means; none when it means none.</summary>
    public static IReadOnlyList<string> FindPaths(this PSCmdlet cmdlet, string path)
    {
        try
        {
            var resolved = cmdlet.SessionState.Path.GetResolvedProviderPathFromPSPath(path, out var provider);
            if (provider.Name == FileSystemProvider)
                return resolved;
        }
        catch (Exception failure) when (failure is ItemNotFoundException or WildcardPatternException || IsNoPlace(failure))
        {
        }

        return [];
    }

    private static bool NamesPlace(PathIntrinsics paths, string path) =>
        path.Contains(ProviderSeparator, StringComparison.Ordinal) || paths.IsPSAbsolute(path, out _);

    private static bool IsNoPlace(Exception failure) =>
        failure is System.Management.Automation.DriveNotFoundException or ProviderNotFoundException;

    private static AuditException NewNotResolved(string path, string reason, Exception? cause = null) => new(AuditErrorId.PathNotResolved, path,
        $"'{path}' is no path of a file: {reason.TrimEnd('.')}. Check the drive; where the name has a colon of its own, write './' before it.", cause);
}
