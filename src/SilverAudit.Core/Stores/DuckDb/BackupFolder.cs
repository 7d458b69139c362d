using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace SilverAudit.Stores.DuckDb;

/// <summary>
/// The backups of one store in a folder, told from all else by their names: the store's, a few digits that stand for its full path,
/// and the time of the backup. One that was written to since is a backup no more.
/// </summary>
/// <param name="folder">The folder.</param>
/// <param name="storePath">Full path of the store, with every link in it followed.</param>
/// <param name="lease">Tells what this process has open.</param>
/// <param name="log">Where the work is reported.</param>
internal sealed class BackupFolder(string folder, string storePath, StoreLease lease, AuditLog log)
{
    private const string TimeFormat = "yyyyMMdd'T'HHmmss'Z'";
    private const int DigestBytes = 4;

    /// <summary>Some file systems keep times to two seconds only.</summary>
    private static readonly TimeSpan s_tolerance = TimeSpan.FromSeconds(2);

    private readonly string _prefix = $"{Path.GetFileNameWithoutExtension(storePath)}-{DigestOf(storePath)}-";
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

    /// <summary>Gives the backup its name; another one where somebody else has taken that meanwhile.</summary>
    /// <param name="target">The backup, written.</param>
    /// <param name="time">When it was made.</param>
    public void Complete(TargetFile target, DateTime time)
    {
        Stamp(target.Draft, target.FilePath);
        while (!target.TryCompleteNew())
        {
            target.Rename(NewPath(time));
            target.RefuseLog();
            Stamp(target.Draft, target.FilePath);
        }
    }

    /// <summary>Gives a backup the time in its name as the one at which it was written last, so that any later one shows.</summary>
    /// <param name="draft">The backup.</param>
    /// <param name="path">What it is going to be called.</param>
    private void Stamp(string draft, string path)
    {
        try
        {
            File.SetLastWriteTimeUtc(draft, TimeOf(path)!.Value);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            log.Detail($"The backup '{path}' could not be given its time, so -Keep will take it for one that was written to, and keep it: {failure.Message}");
        }
    }

    /// <summary>Removes the oldest backups and returns their paths. What can't be removed is worth a warning: the new one is made.</summary>
    /// <param name="newest">The backup that was made just now, which stays.</param>
    /// <param name="keep">How many may stay, that one included.</param>
    public IReadOnlyList<string> RemoveOldest(string newest, int keep)
    {
        var removed = new List<string>();
        try
        {
            var others = Directory.EnumerateFiles(folder).Where(path => IsBackup(path) && !FileLocation.Comparer.Equals(path, newest))
                .OrderByDescending(Path.GetFileName, StringComparer.Ordinal).ToList();
            var kept = 1;
            foreach (var path in others)
            {
                if (kept < keep)
                    kept += IsUntouched(path) ? 1 : 0;
                else if (TryRemove(path))
                    removed.Add(path);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            log.Warning($"Old backups in '{folder}' could not be looked for: {failure.Message} The new one is made.");
        }

        removed.Reverse();
        return removed;
    }

    /// <summary>The same for a file under whatever path it was named, another for a file of the same name elsewhere.</summary>
    private static string DigestOf(string path)
    {
        var text = OperatingSystem.IsWindows() ? path.ToUpperInvariant() : path;
        return string.Concat(SHA256.HashData(Encoding.UTF8.GetBytes(text)).Take(DigestBytes).Select(value => value.ToString("x2", CultureInfo.InvariantCulture)));
    }

    private bool IsBackup(string path) =>
        TimeOf(path) is not null && new FileInfo(path).LinkTarget is null && !FileLocation.IsSame(path, storePath);

    /// <summary>The time in a name; null when it is none of a backup of this store.</summary>
    private DateTime? TimeOf(string path)
    {
        var name = Path.GetFileName(path);
        return name.StartsWith(_prefix, StringComparison.Ordinal) && name.EndsWith(_extension, StringComparison.Ordinal)
            && name.Length > _prefix.Length + _extension.Length
            && DateTime.TryParseExact(
                name[_prefix.Length..^_extension.Length], TimeFormat, CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            ? time
            : null;
    }

    private bool IsUntouched(string path) =>
        !File.Exists(FileLocation.LogOf(path)) && File.GetLastWriteTimeUtc(path) <= TimeOf(path) + s_tolerance;

    private bool TryRemove(string path)
    {
        try
        {
            using var claim = lease.TryClaimForRemoval(path);
            if (claim is null || !IsUntouched(path))
            {
                log.Warning($"The old backup '{path}' was kept, because it is in use, or was written to since it was made.");
                return false;
            }

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
