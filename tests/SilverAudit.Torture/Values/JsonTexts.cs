using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;

namespace SilverAudit.Torture.Values;

/// <summary>JSON in every shape that the engine takes for JSON, some of it beyond the standard.</summary>
public static class JsonTexts
{
    private static readonly Gen<string> s_number = Gen.OneOf(
        Gen.Elements(
            "0", "-0", "-0.0", "0.0", "1", "1.0", "1.50", "1e2", "1E+2", "1e-2", "9007199254740993", "9223372036854775807",
            "9223372036854775808", "-9223372036854775809", "18446744073709551616", "123456789012345678901234567890",
            "0.1000000000000000055511151231257827", "3.14159265358979323846264338327950288", "5e-324", "1e-400", "1e400", "-1e400",
            "1.7976931348623157e308", "NaN", "Infinity", "-Infinity"),
        Gen.Choose(int.MinValue, int.MaxValue).Select(number => FormattableString.Invariant($"{number}")));

    private static readonly Gen<string> s_string = Gen.OneOf(
        Texts.Any.Select(Quote),
        Texts.Any.Select(text => JsonSerializer.Serialize(text)),
        Gen.Elements("\"\\u0000\"", "\"\\ud83d\\ude00\"", "\"\\u00E9\\/\\b\\f\"", "\"\"", "\"nan\"", "\"{\\\"a\\\":1}\""));

    private static readonly Gen<string> s_space = Gen.Frequency((6, Gen.Constant("")), (1, Gen.Elements(" ", "  ", "\n", "\t", "\r\n ")));

    private static readonly Gen<string> s_name = Gen.OneOf(Gen.Elements("\"a\"", "\"b\"", "\"A\"", "\"\"", "\"a.b\"", "\"$\"", "\"Length\""), s_string);

    private static readonly Gen<string> s_deep =
        from depth in Gen.Elements(60, 120, 1000, 1023, 1030, 5000, 100_000)
        from isList in Gen.Elements(true, false)
        select isList ? new string('[', depth) + new string(']', depth) : Repeat("{\"a\":", depth) + "1" + new string('}', depth);

    /// <summary>Any JSON.</summary>
    public static readonly Gen<string> Any = Gen.Frequency((12, Gen.Sized(size => Tree(Math.Min(4, size / 8)))), (1, s_deep));

    /// <summary>Text that may be JSON or just fail to be.</summary>
    public static readonly Gen<string> OrNot = Gen.Frequency(
        (6, Any),
        (1, Texts.Any),
        (1, Gen.Elements(
            "\"\\ud800\"", "\"\\udc00\\ud800\"", "{\"a\":\"\\udfff\"}", "[1,]", "{\"a\":1,}", "{a:1}", "'a'", "01", "+1", ".5", "1.", "[", "}", "/* c */ 1",
            "nul", "\ufeff{}", "\"a\nb\"", "\"a\0b\"", "1 2", "\u00a0" + "1", "nan", "-nan", "inf", "TRUE")),
        (1, Gen.Elements(2000, 1_000_000).Select(depth => new string('[', depth))));

    /// <summary>JSON of many millions of characters, as an expression.</summary>
    public static Value Huge(int million) => new($"'[' || repeat('\"0123456789 \\u00e9\",', {million * 1_000_000 / 20}) || '1]'");

    private static Gen<string> Tree(int depth)
    {
        var scalar = Gen.OneOf(s_number, s_string, Gen.Elements("true", "false", "null"));
        if (depth == 0)
            return Spaced(scalar);
        var child = Tree(depth - 1);
        var list = Gen.Choose(0, 4).SelectMany(count => child.ListOf(count)).Select(items => $"[{string.Join(',', items)}]");
        var member = from name in Spaced(s_name) from value in child select $"{name}:{value}";
        var entity = Gen.Choose(0, 4).SelectMany(count => member.ListOf(count)).Zip(s_space, (members, space) => $"{{{space}{string.Join(',', members)}{space}}}");
        return Gen.Frequency((2, Spaced(scalar)), (3, Spaced(list)), (4, Spaced(entity)));
    }

    private static Gen<string> Spaced(Gen<string> json) => from before in s_space from text in json from after in s_space select before + text + after;

    /// <summary>As few escapes as JSON allows.</summary>
    private static string Quote(string text)
    {
        var result = new StringBuilder("\"");
        foreach (var character in text)
        {
            result.Append(character switch
            {
                '"' or '\\' => $"\\{character}",
                < ' ' => $"\\u{(int)character:x4}",
                _ => character.ToString(),
            });
        }

        return result.Append('"').ToString();
    }

    private static string Repeat(string text, int times) => new StringBuilder().Insert(0, text, times).ToString();
}
