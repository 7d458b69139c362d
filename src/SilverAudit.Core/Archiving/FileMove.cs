using System.Security.Cryptography;
using SilverAudit.Stores.DuckDb;

namespace SilverAudit;

/// <summary>Moves a file so that at every moment it is whole in at least one place. An existing file is never replaced.</summary>
internal static class FileMove
{
    private const string PartialExtension = ".partial";

    public static void Run(string from, string to)
    {
        if (FileIdentity.Find(from)?.Device is { } device && FileIdentity.Find(Path.GetDirectoryName(to)!)?.Device == device)
            File.Move(from, to, overwrite: false);
        else
            MoveToAnotherDisk(from, to);
    }

    private static void MoveToAnotherDisk(string from, string to)
    {
        var partial = to + PartialExtension;
        try
        {
            using (var source = File.OpenRead(from))
            using (var target = new FileStream(partial, FileMode.Create, FileAccess.Write, FileShare.None))
            {
                source.CopyTo(target);
                target.Flush(flushToDisk: true);
            }

            if (!Hash(from).AsSpan().SequenceEqual(Hash(partial)))
                throw new IOException($"The copy of '{from}' in '{partial}' is not the same.");
            File.SetLastWriteTimeUtc(partial, File.GetLastWriteTimeUtc(from));
            File.Move(partial, to, overwrite: false);
        }
        catch
        {
            File.Delete(partial);
            throw;
        }

        File.Delete(from);
    }

    private static byte[] Hash(string path)
    {
        using var file = File.OpenRead(path);
        return SHA256.HashData(file);
    }
}
