namespace SilverAudit.Stores.DuckDb;

/// <summary>Tells what is known about the log beside a source, from its first bytes and the times of the two files.</summary>
internal static class SourceLogReader
{
    // Field 100 is the kind of entry, 98 the kind of the first one; field 101 is the log's version, field 102 the database's identifier.
    private static ReadOnlySpan<byte> Beginning => [100, 0, 98, 101, 0];

    private static ReadOnlySpan<byte> Identifier => [102, 0];

    /// <exception cref="IOException">The log can't be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The log can't be read.</exception>
    public static SourceLog Read(string source)
    {
        var log = new FileInfo(FileLocation.LogOf(source));
        if (!log.Exists || log.Length == 0)
            return FilePermissions.Find(source) is { Names: > 1 } ? SourceLog.Elsewhere : SourceLog.None;

        Span<byte> header = stackalloc byte[Beginning.Length + 1 + Identifier.Length];
        using (var stream = new FileStream(log.FullName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete))
        {
            header = header[..stream.ReadAtLeast(header, header.Length, throwOnEndOfStream: false)];
        }

        if (!header.StartsWith(Beginning))
            return SourceLog.Unreadable;
        if (header.EndsWith(Identifier))
            return SourceLog.Named;
        return log.LastWriteTimeUtc < File.GetLastWriteTimeUtc(source) ? SourceLog.Older : SourceLog.Unnamed;
    }

    /// <summary>What an operator has to know before trusting the rows; null when there is nothing to say.</summary>
    public static string? Doubt(string source) => Read(source) switch
    {
        SourceLog.Unnamed => $"nothing in '{FileLocation.LogOf(source)}' says that it is the log of this file.",
        SourceLog.Older => $"'{FileLocation.LogOf(source)}' was written before the file itself, so it is most likely the log of another one.",
        SourceLog.Elsewhere => $"'{source}' has another name (a hard link), and its log, if it has one, may lie beside that.",
        SourceLog.Unreadable => $"'{FileLocation.LogOf(source)}' is no log, and what was in it, if it ever was one, is not read.",
        _ => null,
    };
}
