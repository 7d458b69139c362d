using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace SilverAudit.Torture.Values;

/// <summary>Texts that are easily damaged on their way.</summary>
public static class Texts
{
    private static readonly string[] s_delicate =
    [
        "", " ", "trailing ", " leading", "a", "A", "a ", "\0", "a\0", "a\0b", "\0\0\0", "\t", "\r\n", "\n", "\u0001\u001f\u007f",
        "e\u0301", "\u00e9", "\u00c9", "A\u030a", "\u212b", "\u00c5", "\ufeff", "\ufeffa", "a\u200bb", "a\u200db", "\u202eabc\u202c",
        "\u200fa", "\u2028\u2029", "\u0085", "\u00a0", "\ufffd", "\ufffe\uffff", "\ud83d\ude00", "\ud800\udc00", "\udbff\udfff",
        "\ud83d\udc69\u200d\ud83d\ude80", "\u4e2d\u6587", "\u05d0\u05d1", "stra\u00dfe", "STRASSE", "\u0130i\u0131I", "\ufb01",
        "'", "''", "\"", "\\", "\\u0000", "\\x00", "%", "_", "*", "?", "[a-z]", "[", "]", "`", "a`*b", "$1", "--", "/*", ";",
        "NULL", "null", "nan", "NaN", "true", "{}", "[1]", "{\"a\":1}", "#", "a#b", "a,b", "a:b", "{", "}", "~", "/", "~0~1",
        new string('x', 5000), string.Concat(Enumerable.Repeat("\u00e9\ud83d\ude00\0", 1000)),
    ];

    /// <summary>Characters of all planes, control characters among them.</summary>
    private static readonly Gen<string> s_character = Gen.OneOf(
        Gen.Choose(0, 0x7f), Gen.Choose(0x80, 0x2ff), Gen.Choose(0x300, 0x36f), Gen.Choose(0x2000, 0x206f),
        Gen.Choose(0x370, 0xd7ff), Gen.Choose(0xe000, 0xffff), Gen.Choose(0x10000, 0x10ffff))
        .Select(code => new Rune(code).ToString());

    private static readonly Gen<string> s_any = Gen.Choose(0, 12).SelectMany(length => s_character.ArrayOf(length)).Select(string.Concat);

    /// <summary>Any text that has a UTF-8.</summary>
    public static readonly Gen<string> Any = Gen.Frequency((3, Gen.Elements(s_delicate)), (4, s_any), (1, s_any.Zip(Gen.Elements(s_delicate), string.Concat)));

    /// <summary>Texts in groups that differ by what is easily overlooked: case, normalisation, spaces, characters without width.</summary>
    public static Gen<string[]> Lookalikes => Any.Where(text => !string.IsNullOrWhiteSpace(text)).Select(text => new[]
    {
        text, text + " ", " " + text, text + "\0", text + "\u200b", "\ufeff" + text, text.ToUpperInvariant(), text.ToLowerInvariant(),
        Normalize(text, NormalizationForm.FormC), Normalize(text, NormalizationForm.FormD), Normalize(text, NormalizationForm.FormKC),
    });

    // .NET refuses to normalise a text with U+FFFE or U+FFFF.
    private static string Normalize(string text, NormalizationForm form) => text.AsSpan().ContainsAny('\ufffe', '\uffff') ? text : text.Normalize(form);

    /// <summary>A text of many millions of characters, as an expression.</summary>
    public static Value Huge(int million) => new($"repeat('0123456789abcde' || chr(233), {million * 1_000_000 / 16})");
}
