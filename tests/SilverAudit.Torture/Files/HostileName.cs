using System.Text;

namespace SilverAudit.Torture.Files;

/// <summary>Names that mean something to whoever does not quote them.</summary>
public static class HostileName
{
    private const int LongestFileName = 200;

    private static readonly string[] s_pieces =
    [
        "a", "x", "0", "'", "''", "\"", ";", "--", "/*", "*/", " ", "$x", "$(1)", "`", "[", "]", "%", "%s", "{0}", "\n", "\t", "DROP TABLE x",
        "é", "e\u0301", "日", "🦆", ":", "::", "@", "#", "&", "|", "(", ")", "~", "..", "select", "\u202e", "$$", "?", "*", "=", "<", ">", "!",
        "COLLATE", "GENERATED ALWAYS AS", "nextval(", "\a", "md:", "s3:", "http:", "load_id", "silver_temp_audit", "No space left on device",
        "Could not set lock on file", "Corrupt database file", "\ufeff", "\u0085",
    ];

    /// <summary>A name for a table or a column.</summary>
    public static string Next(Random random) =>
        string.Concat(Enumerable.Range(0, random.Next(1, 9)).Select(_ => s_pieces[random.Next(s_pieces.Length)]));

    /// <summary>A name for a file. PowerShell takes ~ at the beginning for the home folder.</summary>
    public static string NextFile(Random random)
    {
        var name = Next(random).Replace("/", "", StringComparison.Ordinal).TrimStart('~');
        while (Encoding.UTF8.GetByteCount(name) > LongestFileName)
            name = name[..^2];
        return name.Trim('.').Length == 0 ? "n" : name;
    }
}
