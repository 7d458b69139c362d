using System.Globalization;
using System.Text;

namespace SilverAudit.Configuration;

/// <summary>A place in a text file, as editors count: from one.</summary>
internal readonly record struct FilePosition(int Line, int Column)
{
    /// <summary>The position of a byte in a text.</summary>
    public static FilePosition Of(ReadOnlySpan<byte> text, long index)
    {
        var before = text[..(int)Math.Clamp(index, 0, text.Length)];
        return new FilePosition(before.Count((byte)'\n') + 1, Encoding.UTF8.GetCharCount(before[(before.LastIndexOf((byte)'\n') + 1)..]) + 1);
    }

    /// <summary>The position of a byte within a line, both counted from zero.</summary>
    public static FilePosition Of(ReadOnlySpan<byte> text, long line, long byteInLine)
    {
        var start = 0;
        for (; line > 0 && text[start..].IndexOf((byte)'\n') is var end and >= 0; line--)
        {
            start += end + 1;
        }

        return Of(text, start + byteInLine);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"line {Line}, position {Column}");
}
