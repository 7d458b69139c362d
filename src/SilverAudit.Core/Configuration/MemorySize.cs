using System.Text.RegularExpressions;

namespace SilverAudit;

/// <summary>Amounts of memory, as the engine takes them: a number and a unit, such as 512MB.</summary>
public static partial class MemorySize
{
    /// <summary>True when the text is an amount of memory.</summary>
    /// <param name="text">The text.</param>
    public static bool IsValid(string text) => Pattern().IsMatch(text);

    [GeneratedRegex(@"^[0-9]+(\.[0-9]+)? ?([KMGT]i?B|B)\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
