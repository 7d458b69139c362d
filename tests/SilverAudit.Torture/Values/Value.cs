using System.Text;

namespace SilverAudit.Torture.Values;

/// <summary>A value as the expression that makes it.</summary>
/// <param name="Sql">The expression.</param>
/// <param name="Text">The text that it makes, where that can be shortened; null for others.</param>
public sealed record Value(string Sql, string? Text = null)
{
    private const int ShownLength = 300;

    public static readonly Value Null = new("NULL");

    public bool IsNull => Sql == Null.Sql;

    /// <summary>A text, whatever is in it: statements end at a NUL, so it goes through its bytes.</summary>
    public static Value OfText(string text) => new(Bytes(text), text);

    /// <summary>A text as JSON, which can't be shortened without ceasing to be JSON.</summary>
    public static Value OfJson(string text) => new(Bytes(text));

    public override string ToString()
    {
        var shown = Text is null ? Sql : $"{Sql} /* {Readable(Text)} */";
        return shown.Length <= ShownLength ? shown : $"{shown[..ShownLength]}... ({shown.Length} characters)";
    }

    private static string Bytes(string text) => $"decode(unhex('{Convert.ToHexString(Encoding.UTF8.GetBytes(text))}'))";

    private static string Readable(string text) =>
        string.Concat(text.Select(character => character is >= ' ' and <= '~' ? character.ToString() : $"\\u{(int)character:x4}"));
}
