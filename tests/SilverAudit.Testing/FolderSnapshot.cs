using System.Security.Cryptography;

namespace SilverAudit.Testing;

/// <summary>Every file below a folder with the hash of its bytes, to compare before and after.</summary>
public static class FolderSnapshot
{
    public static IReadOnlyList<string> Of(string folder) =>
        [.. Directory.GetFileSystemEntries(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(path => $"{Path.GetRelativePath(folder, path)} {(Directory.Exists(path) ? "folder" : Hash(path))}")];

    private static string Hash(string path) => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path)));
}
