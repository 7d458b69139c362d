using SilverAudit.Stores.DuckDb;

namespace SilverAudit;

/// <summary>What changes when somebody writes a database or its log. The contents are not read.</summary>
/// <param name="File">Which file it is.</param>
/// <param name="Length">Its size in bytes.</param>
/// <param name="WrittenAt">When it was written last, in UTC.</param>
/// <param name="LogLength">The size of its log in bytes; -1 without one.</param>
/// <param name="LogWrittenAt">When the log was written last.</param>
internal readonly record struct FileStamp(FileIdentity? File, long Length, DateTime WrittenAt, long LogLength, DateTime LogWrittenAt)
{
    public static FileStamp Of(string path)
    {
        var (file, log) = (new FileInfo(path), new FileInfo(FileLocation.LogOf(path)));
        return new FileStamp(
            FileIdentity.Find(path), file.Exists ? file.Length : -1, file.LastWriteTimeUtc, log.Exists ? log.Length : -1, log.LastWriteTimeUtc);
    }
}
