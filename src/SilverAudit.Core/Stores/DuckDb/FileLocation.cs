namespace SilverAudit.Stores.DuckDb;

/// <summary>Tells whether two paths mean the same file.</summary>
internal static class FileLocation
{
    public static StringComparer Comparer { get; } =
        OperatingSystem.IsWindows() ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;

    /// <summary>The full path with every symbolic link in it followed.</summary>
    public static string Resolve(string path)
    {
        var fullPath = Path.GetFullPath(path);
        var directory = Path.GetDirectoryName(fullPath);
        if (directory is null)
            return fullPath;

        var candidate = Path.Combine(Resolve(directory), Path.GetFileName(fullPath));
        try
        {
            FileSystemInfo entry = Directory.Exists(candidate) ? new DirectoryInfo(candidate) : new FileInfo(candidate);
            return entry.ResolveLinkTarget(returnFinalTarget: true) is { } target ? Resolve(target.FullName) : candidate;
        }
        catch (IOException)
        {
            return candidate; // A link that leads in circles, or nowhere: opening it will say so.
        }
    }
}
