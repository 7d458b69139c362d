using System.Globalization;
using System.Text;

namespace SilverAudit.Notification;

/// <summary>Text from outside as it may stand in a message: without secrets, on one line, of a length that can be read.</summary>
internal static class Printable
{
    private const int LongestText = 2000;
    private const int ZeroWidthNonJoiner = 0x200C;
    private const int ZeroWidthJoiner = 0x200D;

    public static string OnOneLine(string text)
    {
        var safe = new StringBuilder(text.Length);
        foreach (var rune in Secrets.Redact(text).EnumerateRunes())
        {
            if (safe.Length >= LongestText)
                return safe.Append('…').ToString();
            if (Rune.IsWhiteSpace(rune))
                safe.Append(' ');
            else if (IsInvisible(rune))
                safe.Append(Rune.ReplacementChar.ToString());
            else
                safe.Append(rune.ToString());
        }

        return safe.ToString();
    }

    // Such as marks that turn the direction of writing around: they make a name look like another one. Some scripts need joiners.
    private static bool IsInvisible(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format && rune.Value is not (ZeroWidthNonJoiner or ZeroWidthJoiner);
}
