using System.Security.Cryptography;
using SilverAudit.Stores.DuckDb;

namespace SilverAudit;

/// <summary>
/// A file of a source on its way into the archive. It is kept open until it is gone from its place: to close it would take this
/// process's locks off it, and on Windows nobody can write it meanwhile.
/// </summary>
internal sealed class HeldFile : IDisposable
{
    /// <summary>The end of the names that files have on their way.</summary>
    public const string DraftExtension = ".partial";

    private const int BufferSize = 1024 * 1024;

    private readonly FileStream _stream;
    private readonly FileIdentity? _identity;
    private readonly IDisposable _ownership;
    private readonly string _draft;
    private bool _hasDraft;

    private HeldFile(string path, string target)
    {
        _identity = FileIdentity.Find(path);
        (_stream, _ownership) = OwnDescriptors.Open(path, FileShare.Read | FileShare.Delete);
        Target = target;
        _draft = NewDraft(target);
    }

    /// <summary>Where it is.</summary>
    public string Path => _stream.Name;

    /// <summary>Where it goes.</summary>
    public string Target { get; }

    /// <summary>What it holds, once it was copied.</summary>
    public ArchivedFile Contents { get; private set; } = new("", 0, "");

    /// <summary>Opens a file; null where there is none.</summary>
    public static HeldFile? Open(string path, string target) => File.Exists(path) ? new HeldFile(path, target) : null;

    /// <summary>Copies the file beside its target, under a name of its own, and reads the copy again.</summary>
    public void Copy(CancellationToken cancellationToken)
    {
        string hash;
        using (var draft = CreateDraft())
        {
            _hasDraft = true;
            hash = Hash(_stream, draft, cancellationToken);
            draft.Flush(flushToDisk: true);
        }

        if (HashOf(_draft, cancellationToken) != hash)
            throw new IOException($"The copy of '{Path}' in '{_draft}' is not the same.");
        File.SetLastWriteTimeUtc(_draft, File.GetLastWriteTimeUtc(Path));
        Contents = new ArchivedFile(Secrets.Redact(System.IO.Path.GetFileName(Path)), _stream.Length, hash);
    }

    /// <summary>Gives the copy its name. False when a file of that name is there.</summary>
    public bool Place()
    {
        if (!FilePlacement.TryMoveNew(_draft, Target))
            return false;
        _hasDraft = false;
        return true;
    }

    /// <summary>True when the file that has the target's name in the archive holds what was copied.</summary>
    public bool IsInPlace(CancellationToken cancellationToken) =>
        FileIdentity.Find(Target) is not { IsRegular: false } && HashOf(Target, cancellationToken) == Contents.Sha256;

    /// <summary>
    /// Takes the file away: this one, and not another that got its name meanwhile. So it loses its name first, which can be undone,
    /// and is looked at then. False when it was another one, which has its name again.
    /// </summary>
    /// <exception cref="IOException">It can't be taken away, or another one could not be given its name back.</exception>
    public bool TryRemove()
    {
        if (!File.Exists(Path))
            return true;
        var aside = NewDraft(Path);
        if (!FilePlacement.TryMoveNew(Path, aside))
            throw new IOException($"'{aside}' exists already.");
        if (_identity is null || FileIdentity.Find(aside) == _identity)
        {
            File.Delete(aside);
            return true;
        }

        if (!FilePlacement.TryMoveNew(aside, Path))
            throw new IOException($"another file came while it was being archived, and a third one since. The second one is '{aside}' now.");
        return false;
    }

    public void Dispose()
    {
        if (_hasDraft)
            File.Delete(_draft);
        _stream.Dispose();
        _ownership.Dispose();
    }

    private static string NewDraft(string path) => $"{path}.{Guid.NewGuid():N}{DraftExtension}";

    private static string HashOf(string path, CancellationToken cancellationToken)
    {
        using var file = File.OpenRead(path);
        return Hash(file, Stream.Null, cancellationToken);
    }

    private FileStream CreateDraft()
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = File.GetUnixFileMode(_stream.SafeFileHandle);
        return new FileStream(_draft, options);
    }

    private static string Hash(FileStream from, Stream to, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[BufferSize];
        from.Position = 0;
        for (var count = from.Read(buffer); count > 0; count = from.Read(buffer))
        {
            cancellationToken.ThrowIfCancellationRequested();
            hash.AppendData(buffer, 0, count);
            to.Write(buffer, 0, count);
        }

        return Convert.ToHexString(hash.GetHashAndReset()).ToLowerInvariant();
    }
}
