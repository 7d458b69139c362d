namespace SilverAudit.Stores.DuckDb;

/// <summary>
/// A private copy of a source and its log. Some logs, such as those that create an index, the engine takes in only where it may
/// write, and a source is never written.
/// </summary>
internal sealed class SourceCopy : IDisposable
{
    private readonly SpillFolder _folder;

    private SourceCopy(SpillFolder folder, string path)
    {
        _folder = folder;
        FilePath = path;
    }

    /// <summary>Full path of the copy.</summary>
    public string FilePath { get; }

    /// <summary>Copies a source that nobody writes.</summary>
    /// <param name="source">Full path of the source.</param>
    /// <param name="storePath">Full path of the store, whose disk is meant for data.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="AuditException"><see cref="AuditErrorId.SourceLocked"/>, when it was written meanwhile.</exception>
    /// <exception cref="IOException">It can't be copied.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be copied.</exception>
    public static SourceCopy Make(string source, string storePath, CancellationToken cancellationToken)
    {
        var folder = SpillFolder.Create(storePath);
        if (!folder.IsOwned)
            folder = SpillFolder.Require(Path.Combine(Path.GetTempPath(), Path.GetFileName(storePath)));
        var copy = new SourceCopy(folder, Path.Combine(folder.Location, "source.db"));
        try
        {
            var before = FileStamp.Of(source);
            Copy(source, copy.FilePath, cancellationToken);
            Copy(FileLocation.LogOf(source), FileLocation.LogOf(copy.FilePath), cancellationToken);
            return FileStamp.Of(source) == before
                ? copy
                : throw NewWritten(source);
        }
        catch
        {
            copy.Dispose();
            throw;
        }
    }

    /// <summary>The failure of a source that somebody has written while it was being read.</summary>
    public static AuditException NewWritten(string source) => new(AuditErrorId.SourceLocked, source,
        $"'{source}' was written while it was being read, and nothing of it was loaded. Run again when the program that writes it has ended.");

    public void Dispose() => _folder.Dispose();

    private static void Copy(string from, string to, CancellationToken cancellationToken)
    {
        using var source = new FileStream(from, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        using var target = new FileStream(to, FileMode.CreateNew, FileAccess.Write, FileShare.None);
        var buffer = new byte[1024 * 1024];
        for (var count = source.Read(buffer); count > 0; count = source.Read(buffer))
        {
            cancellationToken.ThrowIfCancellationRequested();
            target.Write(buffer, 0, count);
        }
    }
}
