using System.Globalization;
using System.Text;

namespace SilverAudit;

/// <summary>What is said to people: without secrets, and without characters that a terminal would obey.</summary>
public static class VisibleText
{
    /// <summary>The text as it may be shown. A file name may hold codes that clear a screen, or that forge what stands on it.</summary>
    /// <param name="text">What is about to be said.</param>
    public static string Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return WithoutControls(Secrets.Redact(text));
    }

    /// <summary>The text on one line, with each control character written out.</summary>
    internal static string WithoutControls(string text)
    {
        if (!text.Any(char.IsControl))
            return text;
        var line = new StringBuilder(text.Length + 16);
        foreach (var character in text)
        {
            _ = character switch
            {
                '\n' => line.Append("\\n"),
                '\r' => line.Append("\\r"),
                '\t' => line.Append("\\t"),
                _ when char.IsControl(character) => line.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}"),
                _ => line.Append(character),
            };
        }

        return line.ToString();
    }
}
