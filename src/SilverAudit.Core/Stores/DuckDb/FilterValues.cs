using System.Text;
using SilverAudit.Loads;

namespace SilverAudit.Stores.DuckDb;

/// <summary>The values of a filter on their way into a statement, as its parameters.</summary>
internal sealed class FilterValues
{
    private readonly List<(string Name, object? Value)> _parameters = [];

    /// <summary>What is to be passed along with the statement.</summary>
    public (string Name, object? Value)[] Parameters => [.. _parameters];

    /// <summary>True where an expression is one of the texts, or matches one that has wildcards.</summary>
    /// <param name="expression">The expression.</param>
    /// <param name="texts">The texts.</param>
    /// <param name="tellsCase">True when a text without wildcards means only what is spelled just like it.</param>
    public string AnyOf(string expression, IEnumerable<string> texts, bool tellsCase = false) =>
        $"({string.Join(" OR ", texts.Select(text => Matches(expression, text, tellsCase)))})";

    public string Bind(DateTime value) => $"CAST({Add(value)} AS TIMESTAMP)";

    public string Bind(bool value) => $"CAST({Add(value)} AS BOOLEAN)";

    // A text that is bound ends at its first NUL, so its bytes are bound.
    public string Bind(string value) => $"decode(CAST({Add(Encoding.UTF8.GetBytes(value))} AS BLOB))";

    private string Matches(string expression, string text, bool tellsCase)
    {
        var exact = tellsCase ? $"{expression} = {Bind(text)}" : $"lower({expression}) = lower({Bind(text)})";
        return WildcardPattern.HasWildcards(text)
            ? $"{exact} OR regexp_full_match({expression}, {Bind(WildcardPattern.ToRegularExpression(text))}, 'is')"
            : exact;
    }

    private string Add(object value)
    {
        var name = "p" + _parameters.Count;
        _parameters.Add((name, value));
        return '$' + name;
    }
}
