namespace SilverAudit.Stores.DuckDb;

/// <summary>What the file system says about a store, whether or not the store can be opened.</summary>
internal static class StoreFiles
{
    /// <summary>Measures the store's files and its disk.</summary>
    /// <param name="options">Which store.</param>
    /// <param name="path">Full path of its file, with every link in it followed.</param>
    public static StoreHealth Measure(StoreOptions options, string path)
    {
        var size = LengthOf(path);
        return new StoreHealth
        {
            Destination = options.Destination,
            DestinationTable = options.DestinationTable,
            CheckedAt = DateTime.UtcNow,
            SizeBytes = size,
            WalSizeBytes = LengthOf(FileLocation.LogOf(path)) ?? (size is null ? null : 0),
            FreeBytes = FreeBytesOf(Path.GetDirectoryName(path)),
        };
    }

    private static long? LengthOf(string path)
    {
        try
        {
            var file = new FileInfo(path);
            return file.Exists && !FileLocation.IsIrregular(path) ? file.Length : null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null; // Gone just now, or not ours to look at.
        }
    }

    private static long? FreeBytesOf(string? folder)
    {
        if (!Directory.Exists(folder))
            return null;
        try
        {
            // Unix tells the space of the disk that a folder is on; Windows has drives only, and a share is none.
            return new DriveInfo(OperatingSystem.IsWindows() ? Path.GetPathRoot(folder)! : folder).AvailableFreeSpace;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }
}
