using System.Text;
using SilverAudit.Stores.DuckDb;

namespace SilverAudit.Configuration;

/// <summary>Reads the text of a configuration file, whatever there is in its place.</summary>
internal static class ConfigurationText
{
    private const int MaximumBytes = 1024 * 1024;

    /// <summary>The text as UTF-8 without a byte order mark.</summary>
    public static byte[] Read(string path)
    {
        if (Directory.Exists(path))
            throw ConfigurationErrors.Invalid(path, $"'{path}' is a folder. Name the configuration file in it.");
        if (FileLocation.IsIrregular(path))
            throw ConfigurationErrors.Invalid(path, $"'{path}' is a pipe, a socket or a device. Name a configuration file.");
        try
        {
            return Encoding.UTF8.GetBytes(Decode(path, ReadBytes(path)));
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            throw ConfigurationErrors.NotFound(path, $"The configuration file '{path}' is a link that leads nowhere, or has just been removed. Put it back.");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw ConfigurationErrors.Invalid(path, $"'{path}' can't be read: {failure.Message} Give this account read access to it.");
        }
    }

    private static ArraySegment<byte> ReadBytes(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var buffer = new byte[MaximumBytes + 1];
        var length = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        return length <= MaximumBytes
            ? new ArraySegment<byte>(buffer, 0, length)
            : throw ConfigurationErrors.Invalid(path, $"'{path}' is larger than 1 MiB, which no configuration is. Name a configuration file.");
    }

    // Windows PowerShell writes UTF-16, with a mark that tells.
    private static string Decode(string path, ArraySegment<byte> bytes)
    {
        try
        {
            using var stream = new MemoryStream(bytes.Array!, bytes.Offset, bytes.Count);
            using var reader = new StreamReader(stream, new UTF8Encoding(false, throwOnInvalidBytes: true), detectEncodingFromByteOrderMarks: true);
            return reader.ReadToEnd();
        }
        catch (DecoderFallbackException)
        {
            throw ConfigurationErrors.Invalid(path, $"'{path}' is no text in UTF-8. Save it as UTF-8.");
        }
    }
}
