namespace SilverAudit.Stores.DuckDb;

/// <summary>Tells a database by the first bytes of its file.</summary>
internal static class DatabaseSignature
{
    private const int Offset = 8;

    private static ReadOnlySpan<byte> Signature => "DUCK"u8;

    /// <summary>True when there is a database at the path. One that can't be read counts as none.</summary>
    public static bool IsAt(string path)
    {
        if (FileIdentity.Find(path) is not { IsRegular: true } file)
            return false;
        // To close a file that the engine of this process has open would end the locks of the engine.
        if (OpenFiles.Has(file))
            return true;
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            Span<byte> start = stackalloc byte[Offset + Signature.Length];
            return stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length && start[Offset..].SequenceEqual(Signature);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
