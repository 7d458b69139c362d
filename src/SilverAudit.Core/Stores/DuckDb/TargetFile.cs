namespace SilverAudit.Stores.DuckDb;

/// <summary>
/// A file that gets its name when it is whole and not before: it is written in a folder of its own beside that place, and moved
/// there at the end.
/// </summary>
internal sealed class TargetFile : IDisposable
{
    private const string WorkName = ".silver-audit";

    private readonly bool _overwrite;
    private readonly SpillFolder _work;

    private TargetFile(string path, string place, bool overwrite, SpillFolder work)
    {
        FilePath = path;
        Place = place;
        _overwrite = overwrite;
        _work = work;
        Draft = Path.Combine(work.Location, Path.GetFileName(place));
    }

    /// <summary>What the file is going to be called.</summary>
    public string FilePath { get; private set; }

    /// <summary>Where to write it.</summary>
    public string Draft { get; }

    /// <summary>Finds out whether a file may be written, and makes room beside it. What killed processes left there goes.</summary>
    /// <param name="path">Full path of the file. Where it is a link, the file is written to which that leads.</param>
    /// <param name="overwrite">True to replace a file that is there.</param>
    /// <param name="storePath">The store, which is never written over.</param>
    /// <param name="log">Where the work is reported.</param>
    /// <exception cref="AuditException">One of the Target errors.</exception>
    public static TargetFile Prepare(string path, bool overwrite, string storePath, AuditLog log)
    {
        var place = FileLocation.Resolve(path);
        RefuseWhatIsNoTarget(path, place, storePath);
        if (!overwrite && File.Exists(place))
            throw Exists(path);
        var workPath = Path.Combine(Path.GetDirectoryName(place)!, WorkName);
        try
        {
            var work = SpillFolder.Require(workPath);
            work.RemoveAbandoned(workPath, log);
            return new TargetFile(path, place, overwrite, work);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw EngineFailures.ForTarget(cause, workPath, path, storePath);
        }
    }

    /// <summary>Where it is going to be: its path, with every link in it followed.</summary>
    public string Place { get; private set; }

    /// <summary>Refuses a database beside whose place a log lies: that would become its own.</summary>
    /// <exception cref="AuditException"><see cref="AuditErrorId.TargetExists"/>.</exception>
    public void RefuseLog()
    {
        if (File.Exists(FileLocation.LogOf(Place)))
        {
            throw new AuditException(AuditErrorId.TargetExists, FilePath,
                $"Beside '{FilePath}' lies the log '{FileLocation.LogOf(Place)}' of a database that is in use, or was not closed. Name another file, or open and close that database first.");
        }
    }

    /// <summary>Refuses to let what is no database take the place of one, which may be a store.</summary>
    /// <exception cref="AuditException"><see cref="AuditErrorId.TargetExists"/>, <see cref="AuditErrorId.TargetNotWritable"/>.</exception>
    public void RefuseDatabase()
    {
        if (IsDatabase())
        {
            throw new AuditException(AuditErrorId.TargetExists, FilePath,
                $"'{FilePath}' is a DuckDB database, which no export replaces, and was left as it is. Name another file, or remove the database first.");
        }
    }

    /// <summary>True when there is a database at its place.</summary>
    /// <exception cref="AuditException"><see cref="AuditErrorId.TargetNotWritable"/>: what is there can't be read.</exception>
    public bool IsDatabase()
    {
        try
        {
            return DatabaseSignature.IsAt(Place);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw NotWritable(FilePath, $"what is there can't be read, and may be a database: {cause.Message}", cause);
        }
    }

    /// <summary>Writes to the disk what the system still holds of the draft.</summary>
    public void Flush()
    {
        using var file = new FileStream(Draft, FileMode.Open, FileAccess.Write, FileShare.Read);
        file.Flush(flushToDisk: true);
    }

    /// <summary>Gives the file its name.</summary>
    public void Complete()
    {
        if (!_overwrite)
        {
            if (!TryCompleteNew())
                throw Exists(FilePath);
            return;
        }

        Move(() => File.Move(Draft, Place, overwrite: true));
    }

    /// <summary>Gives the file its name, unless something has it.</summary>
    public bool TryCompleteNew()
    {
        var isPlaced = false;
        Move(() => isPlaced = FilePlacement.TryMoveNew(Draft, Place));
        return isPlaced;
    }

    /// <summary>Chooses another name in the same folder.</summary>
    public void Rename(string path) => (FilePath, Place) = (path, FileLocation.Resolve(path));

    private void Move(Action move)
    {
        try
        {
            move();
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw NotWritable(FilePath, cause.Message, cause);
        }
    }

    public void Dispose() => _work.Dispose();

    public static AuditException NotWritable(
        string path, string reason, Exception? cause = null, string advice = "Give the account that runs this write access to the folder, or name another file.") =>
        new(AuditErrorId.TargetNotWritable, path, $"'{path}' can't be written: {EngineFailures.FirstLine(reason)} {advice}", cause);

    private static AuditException Exists(string path) => new(AuditErrorId.TargetExists, path,
        $"'{path}' exists already, and was left as it is. Name another file, or replace it with -Force.");

    private static void RefuseWhatIsNoTarget(string path, string place, string storePath)
    {
        if (!Directory.Exists(Path.GetDirectoryName(place)) || (Path.EndsInDirectorySeparator(path) && !Directory.Exists(place)))
        {
            throw new AuditException(AuditErrorId.TargetFolderMissing, path,
                $"The folder of '{path}' does not exist. Check the path, or create the folder.");
        }

        if (Directory.Exists(place))
            throw NotWritable(path, "it is a folder");
        if (FileLocation.IsIrregular(place))
            throw NotWritable(path, "it is a pipe, a socket or a device");
        if (FileLocation.IsSame(place, storePath) || FileLocation.IsSame(place, FileLocation.LogOf(storePath)))
        {
            throw new AuditException(AuditErrorId.TargetIsStore, path,
                $"'{path}' is the store itself, or its log, which nothing is written over. Name another file.");
        }
    }
}
