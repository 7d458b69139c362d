namespace SilverAudit;

/// <summary>Cuts what others have written, so that a message stays one that can be read.</summary>
internal static class Excerpt
{
    private const string Ellipsis = "...";

    /// <summary>The text, or its beginning where it is longer than that.</summary>
    /// <param name="text">The text.</param>
    /// <param name="length">The most characters.</param>
    public static string Of(string text, int length)
    {
        if (text.Length <= length)
            return text;
        // Half a character would be none.
        var end = char.IsHighSurrogate(text[length - 1]) ? length - 1 : length;
        return text[..end] + Ellipsis;
    }
}
