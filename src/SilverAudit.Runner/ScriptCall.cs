using System.Management.Automation.Language;
using System.Text.RegularExpressions;

namespace SilverAudit.Runner;

/// <summary>Writes the call of a script file as PowerShell, with arguments that mean what they mean after pwsh -File.</summary>
internal static partial class ScriptCall
{
    /// <summary>
    /// A name stays a name, everything else is quoted text, and only <c>-Name:true</c> and <c>-Name:$true</c> carry a boolean.
    /// </summary>
    public static string To(string path, IReadOnlyList<string> words)
    {
        var call = new List<string> { ".", Quoted(path) };
        for (var i = 0; i < words.Count; i++)
        {
            var match = ParameterPattern().Match(words[i]);
            if (!match.Success)
                call.Add(Quoted(words[i]));
            else if (!match.Groups["colon"].Success)
                call.Add(words[i]);
            else if (match.Groups["value"] is { Length: > 0 } value)
                call.Add($"{match.Groups["name"]}:{BooleanOrQuoted(value.Value)}");
            else if (i + 1 < words.Count)
                call.Add($"{match.Groups["name"]}:{Quoted(words[++i])}");
        }

        return string.Join(' ', call);
    }

    private static string BooleanOrQuoted(string value) =>
        bool.TryParse(value.StartsWith('$') ? value[1..] : value, out var boolean) ? $"${boolean}" : Quoted(value);

    private static string Quoted(string text) => $"'{CodeGeneration.EscapeSingleQuotedStringContent(text)}'";

    [GeneratedRegex(@"^(?<name>-[\p{L}_?][\w-]*)((?<colon>:)(?<value>.*))?\z", RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex ParameterPattern();
}
