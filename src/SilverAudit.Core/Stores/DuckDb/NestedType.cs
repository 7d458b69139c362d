using SilverAudit.Schema;

namespace SilverAudit.Stores.DuckDb;

/// <summary>The type of a column, as far as it is made of others. Anything else, DECIMAL(18,3) too, is a value.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Members">The members of a structure or a union, key and value of a map, or the element of a list.</param>
/// <param name="HoldsJson">True when JSON is somewhere in it.</param>
internal sealed record NestedType(NestedTypeKind Kind, IReadOnlyList<(string Name, NestedType Type)> Members, bool HoldsJson)
{
    private const int MaximumDepth = 64;

    private static readonly NestedType s_value = new(NestedTypeKind.Value, [], HoldsJson: false);
    private static readonly NestedType s_json = new(NestedTypeKind.Json, [], HoldsJson: true);

    /// <summary>Reads the engine's name of a type. One that is not understood counts as a value.</summary>
    public static NestedType Parse(string name)
    {
        if (!name.Contains(AuditSchema.Json, StringComparison.Ordinal))
            return s_value;
        try
        {
            var position = 0;
            var type = Read(name, ref position, 0);
            return position == name.Length ? type : s_value;
        }
        catch (FormatException)
        {
            return s_value;
        }
    }

    private static NestedType Read(string text, ref int position, int depth)
    {
        if (depth > MaximumDepth)
            throw new FormatException();
        var start = position;
        while (position < text.Length && text[position] is not ('(' or '[' or ',' or ')'))
        {
            position = text[position] is '"' ? EndOfQuoted(text, position) : position + 1;
        }

        var type = text[start..position] switch
        {
            "STRUCT" => NewNested(NestedTypeKind.Structure, ReadMembers(text, ref position, isNamed: true, depth)),
            "UNION" => NewNested(NestedTypeKind.Union, ReadMembers(text, ref position, isNamed: true, depth)),
            "MAP" => NewNested(NestedTypeKind.Map, ReadMembers(text, ref position, isNamed: false, depth)),
            AuditSchema.Json => s_json,
            _ => ReadValue(text, ref position),
        };
        while (position < text.Length && text[position] is '[')
        {
            position = text.IndexOf(']', position) is >= 0 and var end ? end + 1 : throw new FormatException();
            type = NewNested(NestedTypeKind.List, [("", type)]);
        }

        return type;
    }

    private static NestedType NewNested(NestedTypeKind kind, IReadOnlyList<(string Name, NestedType Type)> members) =>
        new(kind, members, members.Any(member => member.Type.HoldsJson));

    private static List<(string Name, NestedType Type)> ReadMembers(string text, ref int position, bool isNamed, int depth)
    {
        var members = new List<(string, NestedType)>();
        Expect(text, ref position, '(');
        while (true)
        {
            var name = "";
            if (isNamed)
            {
                name = ReadName(text, ref position);
                Expect(text, ref position, ' ');
            }

            members.Add((name, Read(text, ref position, depth + 1)));
            if (position < text.Length && text[position] is ')')
                break;
            Expect(text, ref position, ',');
            Expect(text, ref position, ' ');
        }

        position++;
        return members;
    }

    private static string ReadName(string text, ref int position)
    {
        var start = position;
        if (text[position] is '"')
        {
            position = EndOfQuoted(text, position);
            return text[(start + 1)..(position - 1)].Replace("\"\"", "\"", StringComparison.Ordinal);
        }

        position = text.IndexOf(' ', position) is >= 0 and var end ? end : throw new FormatException();
        var name = text[start..position];
        return name.IndexOfAny([',', ')', '(']) < 0 ? name : throw new FormatException();
    }

    // DECIMAL(18,3), or ENUM('a', 'it''s').
    private static NestedType ReadValue(string text, ref int position)
    {
        if (position == text.Length || text[position] is not '(')
            return s_value;
        while (position < text.Length && text[position] is not ')')
        {
            position = text[position] is '"' or '\'' ? EndOfQuoted(text, position) : position + 1;
        }

        Expect(text, ref position, ')');
        return s_value;
    }

    /// <summary>The place behind a quoted text, in which the quote itself is there twice.</summary>
    private static int EndOfQuoted(string text, int start)
    {
        var quote = text[start];
        for (var position = start + 1; position < text.Length; position++)
        {
            if (text[position] != quote)
                continue;
            if (position + 1 == text.Length || text[position + 1] != quote)
                return position + 1;
            position++;
        }

        throw new FormatException();
    }

    private static void Expect(string text, ref int position, char expected)
    {
        if (position == text.Length || text[position] != expected)
            throw new FormatException();
        position++;
    }
}
