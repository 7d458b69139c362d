using System.Text.RegularExpressions;

namespace SilverAudit;

/// <summary>
/// Takes out of a text what looks like a password, a token or a key, and leaves the rest as it is. For what we say about data,
/// never for data itself.
/// </summary>
public static partial class Secrets
{
    // What is searched may be as long as a value of a row: each search that can fail has an end, so that none takes squared time.
    private const string Name =
        """
        (?:pass[-_ ]?(?:word|wd|phrase|code)s? | (?<![a-z])pass | pwd
        | secret(?:[-_ ]?(?:access[-_ ]?)?(?:key|id|value|string))? | token(?:[-_ ]?(?:value|secret))?
        | (?:api|access|account|shared|private|encryption|storage|master|signing|subscription)[-_ ]?(?:access[-_ ]?)?key
        | (?:shared[-_ ]?access[-_ ]?)?signature | (?<![a-z0-9])sig | credentials? | (?:proxy-)?authorization)
        """;

    private const string Separator = """(?: \\*["'`\]]? \s{0,8} (?: := | => | [:=] | %3[ad] ) \s{0,8} )""";

    private const string Quoted =
        """
        (?: (?<open>''|"") (?!\s|[,;)\]}]|$) (?>[^'"]{1,4096}) (?<close>\k<open>)
          | (?<open>\\{1,8}["']) (?:(?!\k<open>).)* (?<close>\k<open>|\z)
          | (?<open>") (?>(?:[^"\\]|\\.|"")*) (?:(?<close>")|\\?\z)
          | (?<open>') (?>(?:[^'\\]|\\.|'')*) (?:(?<close>')|\\?\z)
          | (?<open>\{) (?>[^}]{0,4096}) (?<close>\}) )
        """;

    // Where another setting follows, a value may have spaces; else it ends with the word, punctuation behind it left alone.
    private const string Bare =
        """
        (?: (?:(?:Bearer|Basic|Digest|Negotiate|AWS4-HMAC-SHA256)\s{1,8})? (?>[^\s;&"'<>]{1,4096}) (?<close>) (?=[;&<])
          | [^;\r\n"']{1,128} (?<close>) (?=;\s{0,8}[\w ]{1,64}=)
          | (?:(?:Bearer|Basic|Digest|Negotiate|AWS4-HMAC-SHA256)\s{1,8})? [^\s;]+? (?<close>) (?=[)\]}'".,:]{0,8}(?:[\s;]|\z)|<|&[\w.-]{1,64}=) )
        """;

    /// <summary>Returns the text with three asterisks in place of each secret.</summary>
    /// <param name="text">What is about to be said.</param>
    public static string Redact(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        text = KeyBlock().Replace(text, "${kept}***${close}");
        text = UserInfo().Replace(text, "${kept}***");
        text = Setting().Replace(text, "${kept}${open}***${close}");
        return Bearer().Replace(text, "${kept}***");
    }

    [GeneratedRegex(
        """(?<kept>-----BEGIN\ [A-Z\ ]{0,40}PRIVATE\ KEY-----) .*? (?<close>-----END\ [A-Z\ ]{0,40}PRIVATE\ KEY-----|\z)""",
        RegexOptions.IgnorePatternWhitespace | RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex KeyBlock();

    // A path made of a URL has one slash where there were two, or a backslash.
    [GeneratedRegex(
        """
        (?: (?<kept>(?<![a-z0-9+.-])[a-z][a-z0-9+.-]{1,30}:[/\\]{1,3}[^\s/\\?\#:@"']{0,256}:) [^\s"']{1,512}
          | (?<kept>(?<![a-z0-9+.-])[a-z][a-z0-9+.-]{1,30}:[/\\]{1,3}) [^\s/\\?\#:@"']{20,256}
          | (?<kept>(?<![\w.-])[\w.-]{1,64}:) [^\s:@/\\"']{1,128} ) (?=@[\w\[])
        """,
        RegexOptions.IgnorePatternWhitespace | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex UserInfo();

    [GeneratedRegex(
        $"(?<kept>{Name}{Separator})(?:{Quoted}|{Bare}) | (?<kept>{Name}\\s{{1,8}})(?=['\"]){Quoted} | (?<kept>(?<![\\w-])--?{Name}\\s{{1,8}})(?:{Quoted}|{Bare}) | (?<kept>{Name}>)[^<\\s][^<]{{0,512}}(?=</)",
        RegexOptions.IgnorePatternWhitespace | RegexOptions.IgnoreCase | RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex Setting();

    // The second word of 'basic checks' is none, and that of 'Basic c2E6c2VjcmV0' is: only the latter mixes case, or has digits.
    [GeneratedRegex(
        """
        (?<kept>(?<![\w])(?i:Bearer)\s{1,8}) [\w.~+/=-]{4,}
        | (?<kept>(?<![\w])(?i:Basic)\s{1,8}) (?=[A-Za-z+/]{0,256}(?:[0-9=+/]|[a-z][A-Z])) [A-Za-z0-9+/]{4,}={0,2}
        | (?<kept>)(?<![\w-])eyJ[\w-]+\.[\w-]+\.[\w-]*
        """,
        RegexOptions.IgnorePatternWhitespace | RegexOptions.CultureInvariant)]
    private static partial Regex Bearer();
}
