namespace SilverAudit.Stores.DuckDb;

/// <summary>
/// Where one engine instance puts the rows that memory has no room for: a folder beside the store, whose disk is meant for data.
/// The engine names its files alike in every process, and at its end removes all of that name, so each instance has a folder of
/// its own. A file in it that is held for as long as the instance lives tells others that the folder is in use.
/// </summary>
internal sealed class SpillFolder : IDisposable
{
    private const string OwnerFile = "in-use";
    private const string Extension = ".tmp";
    private const int IdentifierLength = 32;

    /// <summary>How often another process may take a new folder for an abandoned one.</summary>
    private const int Attempts = 5;

    private readonly FileStream? _owner;

    private SpillFolder(string location, FileStream? owner)
    {
        Location = location;
        _owner = owner;
    }

    public string Location { get; }

    /// <summary>False where the folder could not be made.</summary>
    public bool IsOwned => _owner is not null;

    /// <summary>Makes a folder for an instance that works on a store. Where none can be made, the engine says so once it needs it.</summary>
    public static SpillFolder Create(string storePath)
    {
        try
        {
            if (Directory.Exists(Path.GetDirectoryName(storePath)))
                return Require(storePath);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // The work may not need it.
        }

        return new SpillFolder(NewLocation(storePath), null);
    }

    /// <summary>Makes a folder for what is to lie beside it, or is spilled. Nobody else may look into it.</summary>
    /// <exception cref="IOException">It can't be made.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be made.</exception>
    public static SpillFolder Require(string path)
    {
        for (var attempt = 1; ; attempt++)
        {
            var location = NewLocation(path);
            if (OperatingSystem.IsWindows())
                Directory.CreateDirectory(location);
            else
                Directory.CreateDirectory(location, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            try
            {
                var owner = Hold(location, FileMode.CreateNew);
                if (File.Exists(owner.Name))
                    return new SpillFolder(location, owner);
                owner.Dispose();
            }
            catch (IOException) when (attempt < Attempts)
            {
                // Another process takes it for an abandoned one, as it is before the file in it is held.
                DeleteIfEmpty(location);
            }
            catch
            {
                DeleteIfEmpty(location);
                throw;
            }
        }
    }

    /// <summary>Removes what processes that were killed have left beside a store.</summary>
    public void RemoveAbandoned(string storePath, AuditLog log)
    {
        try
        {
            foreach (var folder in Directory.EnumerateDirectories(Path.GetDirectoryName(storePath)!).Where(folder => IsOf(folder, storePath) && folder != Location))
            {
                RemoveUnlessInUse(folder, log);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            log.Detail($"What killed processes may have left beside the store could not be looked for: {failure.Message}");
        }
    }

    public void Dispose()
    {
        if (_owner is null)
            return;
        _owner.Dispose();
        try
        {
            Directory.Delete(Location, recursive: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // The next load into the store removes it.
        }
    }

    private static string NewLocation(string path) => $"{path}.{Guid.NewGuid():N}{Extension}";

    private static bool IsOf(string folder, string storePath)
    {
        var prefix = Path.GetFileName(storePath) + '.';
        var name = Path.GetFileName(folder);
        return name.Length == prefix.Length + IdentifierLength + Extension.Length
            && name.StartsWith(prefix, StringComparison.Ordinal)
            && name.EndsWith(Extension, StringComparison.Ordinal)
            && name[prefix.Length..^Extension.Length].All(char.IsAsciiHexDigitLower);
    }

    private static void RemoveUnlessInUse(string folder, AuditLog log)
    {
        try
        {
            // A folder without the file has an owner that is about to make it, or one that was killed before it did. It is empty then.
            var isOwned = File.Exists(Path.Combine(folder, OwnerFile));
            using var hold = isOwned ? Hold(folder, FileMode.Open) : null;
            // Held until the folder is gone, so that whoever has just made it notices. Windows removes no file that is open.
            if (OperatingSystem.IsWindows())
                hold?.Dispose();
            Directory.Delete(folder, recursive: isOwned);
            log.Detail($"Removed what a killed process had spilled: {folder}");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            log.Detail($"'{folder}' is in use, or can't be removed: {failure.Message}");
        }
    }

    private static void DeleteIfEmpty(string folder)
    {
        try
        {
            Directory.Delete(folder);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // It is gone, or the next load into the store removes it.
        }
    }

    private static FileStream Hold(string folder, FileMode mode) =>
        new(Path.Combine(folder, OwnerFile), mode, FileAccess.ReadWrite, FileShare.None);
}
