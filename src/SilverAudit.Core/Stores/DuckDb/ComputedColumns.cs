using System.Text.RegularExpressions;

namespace SilverAudit.Stores.DuckDb;

/// <summary>
/// Computed columns are expressions that a file brings along and the engine evaluates whenever a row is read. One that depends on
/// its row alone is as good as a value. Others would let the file do things: advance a sequence of the store, sleep, fail as it
/// likes, or say something else each time it is read.
/// </summary>
internal static partial class ComputedColumns
{
    /// <summary>
    /// Functions that can take hours for one row, or make a small value a huge one, and that no stop interrupts meanwhile (DuckDB 1.5).
    /// </summary>
    private static readonly HashSet<string> s_costly =
    [
        "levenshtein", "editdist3", "damerau_levenshtein", "jaro_similarity", "jaro_winkler_similarity", "jaccard",
        "repeat", "lpad", "rpad", "format", "printf", "range", "generate_series", "list_resize", "array_resize", "factorial", "!__postfix",
    ];

    /// <summary>True when a table has computed columns.</summary>
    /// <param name="definition">The statement that creates the table.</param>
    public static bool AreIn(string definition) => Computed().IsMatch(CatalogTable.WithoutQuoted(definition));

    /// <summary>
    /// The functions in the computed columns of a table that do or depend on more than the row they are given, or that may take
    /// without end.
    /// </summary>
    /// <param name="session">The connection.</param>
    /// <param name="definition">The statement that creates the table.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static IReadOnlyList<string> FindRefusedCalls(DuckDbSession session, string definition, CancellationToken cancellationToken)
    {
        if (!AreIn(definition))
            return [];

        var functions = session.Query(
            """
            SELECT lower(function_name), coalesce(stability, ''), coalesce(macro_definition, '') FROM system.main.duckdb_functions()
            WHERE database_name = 'system' AND ((function_type = 'scalar' AND stability <> 'CONSISTENT') OR function_type = 'macro')
            """,
            row => (Name: row.GetString(0), IsMacro: row.GetString(1).Length == 0, Definition: row.GetString(2)), cancellationToken)
            .ToLookup(function => function.Name);
        var called = new HashSet<string>(Calls(definition));
        var open = new Queue<string>(called);
        while (open.TryDequeue(out var name))
        {
            // A macro of the engine does what its own expression does.
            foreach (var inner in functions[name].SelectMany(function => Calls(function.Definition)).Where(called.Add))
            {
                open.Enqueue(inner);
            }
        }

        return [.. called.Where(name => s_costly.Contains(name) || functions[name].Any(function => !function.IsMacro)).Order(StringComparer.Ordinal)];
    }

    private static IEnumerable<string> Calls(string expression) =>
        Token().Matches(expression)
            .Where(token => token.Groups["call"].Success)
            .Select(token => token.Groups["name"].Value.Replace("\"\"", "\"", StringComparison.Ordinal).ToLowerInvariant());

    [GeneratedRegex(@"\bGENERATED\s+ALWAYS\s+AS\b", RegexOptions.IgnoreCase)]
    private static partial Regex Computed();

    // Literals and quoted names are found as wholes, because they may hold what looks like a call.
    [GeneratedRegex("'(?:[^']|'')*'|\"(?<name>(?:[^\"]|\"\")*)\"\\s*(?<call>\\()?|(?<name>[A-Za-z_][A-Za-z_0-9]*)\\s*(?<call>\\()?")]
    private static partial Regex Token();
}
