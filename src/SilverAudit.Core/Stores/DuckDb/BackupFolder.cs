using System.Globalization;

namespace SilverAudit.Stores.DuckDb;

/// <summary>The backups of one store in a folder, told from all else by their names: the store's, with the time of the backup.</summary>
internal sealed class BackupFolder(string folder, string storePath, AuditLog log)
{
    private const string TimeFormat = "yyyyMMdd'T'HHmmss'Z'";

    private readonly string _prefix = Path.GetFileNameWithoutExtension(storePath) + '-';
    private readonly string _extension = Path.GetExtension(storePath);

    /// <summary>A name that is not taken yet.</summary>
    public string NewPath(DateTime time)
    {
        while (true)
        {
            var path = Path.Combine(folder, _prefix + time.ToString(TimeFormat, CultureInfo.InvariantCulture) + _extension);
            if (!Path.Exists(path))
                return path;
            time = time.AddSeconds(1);
        }
    }

    /// <summary>Removes the oldest backups and returns their paths.</summary>
    /// <param name="newest">The backup that was made just now, which stays.</param>
    /// <param name="keep">How many may stay, that one included.</param>
    public IReadOnlyList<string> RemoveOldest(string newest, int keep)
    {
        var others = Directory.EnumerateFiles(folder).Where(IsBackup).Where(path => !FileLocation.Comparer.Equals(path, newest))
            .OrderByDescending(Path.GetFileName, StringComparer.Ordinal);
        return [.. others.Skip(keep - 1).Reverse().Where(TryRemove)];
    }

    private bool IsBackup(string path)
    {
        var name = Path.GetFileName(path);
        return name.StartsWith(_prefix, StringComparison.Ordinal) && name.EndsWith(_extension, StringComparison.Ordinal)
            && name.Length > _prefix.Length + _extension.Length
            && DateTime.TryParseExact(name[_prefix.Length..^_extension.Length], TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out _)
            && new FileInfo(path).LinkTarget is null;
    }

    private bool TryRemove(string path)
    {
        if (File.Exists(FileLocation.LogOf(path)))
        {
            log.Warning($"The old backup '{path}' was kept, because a log beside it shows that it is in use, or was written to.");
            return false;
        }

        try
        {
            File.Delete(path);
            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            log.Warning($"The old backup '{path}' could not be removed: {failure.Message}");
            return false;
        }
    }
}
