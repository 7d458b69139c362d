using System.Security.Cryptography;

namespace SilverAudit;

/// <summary>
/// A file of a source on its way into the archive. It is kept open until it is gone from its place: to close it would take this
/// process's locks off it, and on Windows nobody can write it meanwhile.
/// </summary>
internal sealed class HeldFile : IDisposable
{
    private const int BufferSize = 1024 * 1024;

    private readonly FileStream _stream;
    private readonly string _draft;
    private bool _hasDraft;

    private HeldFile(FileStream stream, string target)
    {
        _stream = stream;
        Target = target;
        _draft = $"{target}.{Guid.NewGuid():N}.partial";
    }

    /// <summary>Where it is.</summary>
    public string Path => _stream.Name;

    /// <summary>Where it goes.</summary>
    public string Target { get; }

    /// <summary>What it holds, once it was copied.</summary>
    public ArchivedFile Contents { get; private set; } = new("", 0, "");

    /// <summary>Opens a file; null where there is none.</summary>
    public static HeldFile? Open(string path, string target) => !File.Exists(path)
        ? null
        : new HeldFile(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete), target);

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

        using (var copy = File.OpenRead(_draft))
        {
            if (Hash(copy, Stream.Null, cancellationToken) != hash)
                throw new IOException($"The copy of '{Path}' in '{_draft}' is not the same.");
        }

        File.SetLastWriteTimeUtc(_draft, File.GetLastWriteTimeUtc(Path));
        Contents = new ArchivedFile(Secrets.Redact(System.IO.Path.GetFileName(Path)), _stream.Length, hash);
    }

    /// <summary>Gives the copy its name. False when a file of that name is there.</summary>
    public bool Place()
    {
        try
        {
            File.Move(_draft, Target, overwrite: false);
            _hasDraft = false;
            return true;
        }
        catch (IOException) when (File.Exists(Target))
        {
            return false;
        }
    }

    public void Dispose()
    {
        if (_hasDraft)
            File.Delete(_draft);
        _stream.Dispose();
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
