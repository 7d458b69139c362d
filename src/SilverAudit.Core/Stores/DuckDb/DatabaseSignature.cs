using Microsoft.Win32.SafeHandles;

namespace SilverAudit.Stores.DuckDb;

/// <summary>Tells a database by the first bytes of its file.</summary>
internal static class DatabaseSignature
{
    private const int Offset = 8;

    private static ReadOnlySpan<byte> Signature => "DUCK"u8;

    /// <summary>True when there is a database at the path.</summary>
    /// <exception cref="IOException">It can't be told, because the file can't be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It can't be told, because the file may not be read.</exception>
    public static bool IsAt(string path)
    {
        if (FileIdentity.Find(path) is not { IsRegular: true } file)
            return false;
        // To close a file that an engine of this process has open would end the locks of that engine.
        if (ProcessDescriptors.To(file) is { Count: > 0 } open)
            return open.Exists(IsDatabase);
        using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        return IsDatabase(handle);
    }

    /// <summary>False for what is open, but not to be read: no engine has it.</summary>
    private static bool IsDatabase(int descriptor)
    {
        try
        {
            using var handle = new SafeFileHandle(descriptor, ownsHandle: false);
            return IsDatabase(handle);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return false;
        }
    }

    private static bool IsDatabase(SafeFileHandle handle)
    {
        Span<byte> start = stackalloc byte[Offset + Signature.Length];
        return RandomAccess.Read(handle, start, fileOffset: 0) == start.Length && start[Offset..].SequenceEqual(Signature);
    }
}
