namespace SilverAudit.Stores.DuckDb;

/// <summary>Tells whether two paths mean the same file.</summary>
internal static class FileLocation
{
    public static StringComparer Comparer { get; } =
        OperatingSystem.IsWindows() ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;

    /// <summary>True when both paths lead to one file: written in another way, through links, or by another name of the file.</summary>
    public static bool IsSame(string path, string other) =>
        FileIdentity.Find(path) is { } file && FileIdentity.Find(other) is { } otherFile
            ? file == otherFile
            : Comparer.Equals(Resolve(path), Resolve(other));

    /// <summary>True when there is something at the path that is no file with contents: a pipe, a socket, a device.</summary>
    public static bool IsIrregular(string path) => FileIdentity.Find(path) is { IsRegular: false };

    /// <summary>The log that the engine keeps beside a database.</summary>
    public static string LogOf(string path) => path + ".wal";

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
