using System.Globalization;
using System.Text.RegularExpressions;

namespace SilverAudit.PowerShell.Tests;

/// <summary>Metrics as Prometheus reads them: text format 0.0.4, taken strictly.</summary>
internal sealed partial class ExpositionText
{
    private readonly Dictionary<string, string> _types = [];
    private readonly HashSet<string> _helped = [];
    private readonly Dictionary<string, double> _samples = [];

    private ExpositionText()
    {
    }

    /// <summary>The values by name; labels, where there are any, belong to the name as they are written.</summary>
    public IReadOnlyDictionary<string, double> Samples => _samples;

    public IReadOnlyDictionary<string, string> Types => _types;

    public double this[string sample] => _samples[sample];

    /// <summary>Reads a text, which must be flawless.</summary>
    public static ExpositionText Parse(string text)
    {
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\r", text, StringComparison.Ordinal);
        var result = new ExpositionText();
        foreach (var line in text[..^1].Split('\n'))
        {
            result.Read(line);
        }

        return result;
    }

    private void Read(string line)
    {
        if (Help().Match(line) is { Success: true } help)
        {
            Assert.True(_helped.Add(help.Groups["name"].Value), $"Helped twice: {line}");
        }
        else if (Type().Match(line) is { Success: true } type)
        {
            Assert.True(_types.TryAdd(type.Groups["name"].Value, type.Groups["type"].Value), $"Typed twice: {line}");
        }
        else
        {
            var sample = Sample().Match(line);
            Assert.True(sample.Success, $"No line of the format: {line}");
            Assert.True(_types.ContainsKey(sample.Groups["name"].Value), $"A sample before its type: {line}");
            Assert.Contains(sample.Groups["name"].Value, _helped);
            var value = double.Parse(sample.Groups["value"].Value, NumberStyles.Float, CultureInfo.InvariantCulture);
            Assert.True(_samples.TryAdd(sample.Groups["name"].Value + sample.Groups["labels"].Value, value), $"The same sample twice: {line}");
        }
    }

    [GeneratedRegex(@"\A# HELP (?<name>[a-zA-Z_:][a-zA-Z0-9_:]*) (?:[^\\]|\\\\|\\n)+\z")]
    private static partial Regex Help();

    [GeneratedRegex(@"\A# TYPE (?<name>[a-zA-Z_:][a-zA-Z0-9_:]*) (?<type>counter|gauge|histogram|summary|untyped)\z")]
    private static partial Regex Type();

    [GeneratedRegex("""
        \A(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(?<labels>\{[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\]|\\["\\n])*"(?:,[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\]|\\["\\n])*")*\})? (?<value>-?[0-9.]+(?:e[+-]?[0-9]+)?|NaN|[+-]Inf)\z
        """, RegexOptions.IgnoreCase)]
    private static partial Regex Sample();
}
