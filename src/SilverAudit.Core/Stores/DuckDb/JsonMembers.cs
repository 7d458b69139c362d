using System.Text.Json;
using SilverAudit.Schema;

namespace SilverAudit.Stores.DuckDb;

/// <summary>
/// Takes the text of a JSON object apart into its members and leaves the text of each value as it is, white space included. The
/// engine's JSON is wider than the standard: it has NaN, infinities and commas before closing brackets.
/// </summary>
internal static class JsonMembers
{
    /// <exception cref="InvalidDataException">The text is no object.</exception>
    public static IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Of(ReadOnlyMemory<byte> text)
    {
        var members = new Dictionary<string, ReadOnlyMemory<byte>>(CatalogNameComparer.Instance);
        var position = SkipSpace(text.Span, 0);
        Expect(text.Span, position, '{');
        position = SkipSpace(text.Span, position + 1);
        while (At(text.Span, position) != '}')
        {
            var end = EndOfString(text.Span, position);
            var name = NameOf(text.Span[position..end]);
            position = SkipSpace(text.Span, end);
            Expect(text.Span, position, ':');
            end = EndOfValue(text.Span, ++position);
            if (!members.TryAdd(name, text[position..end]))
                throw new InvalidDataException($"it has '{name}' twice");
            position = At(text.Span, end) == ',' ? SkipSpace(text.Span, end + 1) : end;
        }

        return SkipSpace(text.Span, position + 1) == text.Length ? members : throw NewNoObject();
    }

    private static string NameOf(ReadOnlySpan<byte> text)
    {
        try
        {
            return JsonSerializer.Deserialize<string>(text) ?? throw NewNoObject();
        }
        catch (JsonException cause)
        {
            throw new InvalidDataException("a name in it can't be read", cause);
        }
    }

    private static int EndOfValue(ReadOnlySpan<byte> text, int position)
    {
        for (var depth = 0; ; position++)
        {
            switch ((char)At(text, position))
            {
                case '"':
                    position = EndOfString(text, position) - 1;
                    break;
                case '{' or '[':
                    depth++;
                    break;
                case ',' or '}' when depth == 0:
                    return position;
                case '}' or ']':
                    depth--;
                    break;
            }
        }
    }

    private static int EndOfString(ReadOnlySpan<byte> text, int position)
    {
        Expect(text, position, '"');
        while (At(text, ++position) != '"')
        {
            if (text[position] == '\\')
                position++;
        }

        return position + 1;
    }

    private static int SkipSpace(ReadOnlySpan<byte> text, int position)
    {
        while (position < text.Length && text[position] is (byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\r')
        {
            position++;
        }

        return position;
    }

    private static void Expect(ReadOnlySpan<byte> text, int position, char expected)
    {
        if (At(text, position) != expected)
            throw NewNoObject();
    }

    private static byte At(ReadOnlySpan<byte> text, int position) => position < text.Length ? text[position] : throw NewNoObject();

    private static InvalidDataException NewNoObject() => new("it is no whole JSON object");
}
