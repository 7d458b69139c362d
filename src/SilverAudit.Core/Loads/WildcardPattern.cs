using System.Text;
using System.Text.RegularExpressions;

namespace SilverAudit.Loads;

/// <summary>The wildcards that users of a shell know: <c>*</c>, <c>?</c>, <c>[a-z]</c>, and a backtick before what is meant literally.</summary>
internal static partial class WildcardPattern
{
    private static readonly char[] s_special = ['*', '?', '[', '`'];

    public static bool HasWildcards(string text) => text.IndexOfAny(s_special) >= 0;

    /// <summary>The pattern that means exactly this text.</summary>
    public static string Escape(string text) => Special().Replace(text, "`$0");

    /// <summary>The pattern as it reads without its backticks: the text itself where it was made by <see cref="Escape"/>.</summary>
    public static string Unescape(string pattern) => Escaped().Replace(pattern, "$1");

    /// <summary>The pattern as a regular expression that holds for the whole text.</summary>
    public static string ToRegularExpression(string pattern)
    {
        var expression = new StringBuilder();
        for (var index = 0; index < pattern.Length; index++)
        {
            var character = pattern[index];
            if (character == '`' && index + 1 < pattern.Length)
            {
                expression.Append(Regex.Escape(pattern[++index].ToString()));
            }
            else if (character == '[' && pattern.IndexOf(']', index + 1) is var end && end > index + 1 && IsClass(pattern[(index + 1)..end]))
            {
                expression.Append(Class(pattern[(index + 1)..end]));
                index = end;
            }
            else
            {
                expression.Append(character switch { '*' => ".*", '?' => ".", _ => Regex.Escape(character.ToString()) });
            }
        }

        return expression.ToString();
    }

    [GeneratedRegex(@"[*?\[\]`]")]
    private static partial Regex Special();

    [GeneratedRegex(@"`([*?\[\]`])")]
    private static partial Regex Escaped();

    private static string Class(string members) =>
        $"[{members.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("^", "\\^", StringComparison.Ordinal)}]";

    // A range that runs backwards, such as [z-a], is no class; its brackets are meant literally.
    private static bool IsClass(string members)
    {
        try
        {
            _ = new Regex(Class(members));
            return true;
        }
        catch (RegexParseException)
        {
            return false;
        }
    }
}
