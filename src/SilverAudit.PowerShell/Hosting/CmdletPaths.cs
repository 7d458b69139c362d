using System.Management.Automation;

namespace SilverAudit.PowerShell;

/// <summary>Turns paths of the session, with its drives and its current location, into full paths of files.</summary>
internal static class CmdletPaths
{
    private const string FileSystemProvider = "FileSystem";

    /// <summary>A path taken literally; the file need not exist.</summary>
    public static string ResolveNewPath(this PSCmdlet cmdlet, string path)
    {
        try
        {
            var resolved = cmdlet.SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out var provider, out _);
            if (provider.Name == FileSystemProvider)
                return System.IO.Path.GetFullPath(resolved);
        }
        catch (Exception failure) when (IsNoPlace(failure))
        {
        }

        // Not a place where the session has files: a file name with a colon, or nothing at all. Opening it will tell.
        return System.IO.Path.GetFullPath(path, cmdlet.SessionState.Path.CurrentFileSystemLocation.ProviderPath);
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

    private static bool IsNoPlace(Exception failure) =>
        failure is System.Management.Automation.DriveNotFoundException or ProviderNotFoundException;
}
