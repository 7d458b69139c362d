using System.Globalization;

namespace SilverAudit.Stores.DuckDb;

/// <summary>
/// The descriptors of this process, whoever opened them. On a Unix the engine's locks belong to the process: a second opening by
/// the same process is never refused, and its closing takes the first one's lock away. So it has to be known who else is there.
/// Windows locks files for the handle, and lets nobody in.
/// </summary>
internal static class ProcessDescriptors
{
    private static readonly string s_folder = OperatingSystem.IsMacOS() ? "/dev/fd" : "/proc/self/fd";

    private static readonly EnumerationOptions s_all = new() { AttributesToSkip = 0, IgnoreInaccessible = true };

    /// <summary>The descriptors that lead to a file; none where the system does not tell.</summary>
    public static List<int> To(FileIdentity file)
    {
        var found = new List<int>();
        if (OperatingSystem.IsWindows() || !Directory.Exists(s_folder))
            return found;
        foreach (var entry in Directory.EnumerateFileSystemEntries(s_folder, "*", s_all))
        {
            if (int.TryParse(Path.GetFileName(entry.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var descriptor)
                && FileIdentity.Of(descriptor) == file)
                found.Add(descriptor);
        }

        return found;
    }
}
