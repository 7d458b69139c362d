using System.Text;
using SilverAudit.Loads;

namespace SilverAudit.Stores.DuckDb;

/// <summary>The loads that a filter means, as a query over the permanent table (alias d).</summary>
internal sealed class LoadSelection
{
    private readonly List<(string Name, object? Value)> _parameters = [];

    /// <param name="permanent">The table.</param>
    /// <param name="filter">Which of its rows.</param>
    public LoadSelection(PermanentTable permanent, LoadFilter filter)
    {
        var conditions = Conditions(filter).DefaultIfEmpty("TRUE");
        var order = filter.Newest is { } newest
            ? $"ORDER BY d.original_processing_timestamp DESC NULLS LAST, d.load_id DESC LIMIT {newest}"
            : "ORDER BY d.original_processing_timestamp NULLS FIRST, d.load_id";
        Rows = $"FROM {permanent.Name} AS d\nWHERE {string.Join("\n  AND ", conditions)}\n{order}";
    }

    /// <summary>What stands behind the columns of a SELECT.</summary>
    public string Rows { get; }

    /// <summary>The values to bind.</summary>
    public (string Name, object? Value)[] Parameters => [.. _parameters];

    private IEnumerable<string> Conditions(LoadFilter filter)
    {
        if (filter.LoadIds.Count > 0)
            yield return AnyOf("load_id", filter.LoadIds, "d.load_id = {0}");
        if (filter.DataSources.Count > 0)
            yield return AnyOf("data_source", filter.DataSources);
        if (filter.ValidationStatuses.Count > 0)
            yield return AnyOf("validation_status", filter.ValidationStatuses);
        if (filter.ChecksumStatuses.Count > 0)
            yield return AnyOf("checksum_status", filter.ChecksumStatuses);
        if (filter.Since is { } since)
            yield return $"d.original_processing_timestamp >= {Bind(since)}";
        if (filter.Until is { } until)
            yield return $"d.original_processing_timestamp <= {Bind(until)}";
        if (filter.Reprocessed is { } reprocessed)
            yield return $"coalesce(d.is_reprocessed, FALSE) = {Bind(reprocessed)}";
    }

    /// <summary>Texts match whatever their case; a load without wildcards is matched exactly, because case tells two loads apart.</summary>
    private string AnyOf(string column, IReadOnlyList<string> texts, string exact = "lower(d.{1}) = lower({0})")
    {
        var alternatives = texts.SelectMany(text => WildcardPattern.HasWildcards(text)
            ? [$"d.{column} = {Bind(text)}", $"regexp_full_match(d.{column}, {Bind(WildcardPattern.ToRegularExpression(text))}, 'is')"]
            : new[] { string.Format(null, exact, Bind(text), column) });
        return $"({string.Join(" OR ", alternatives)})";
    }

    private string Bind(object value)
    {
        var name = "p" + _parameters.Count;
        // A text that is bound ends at its first NUL, so its bytes are bound.
        _parameters.Add((name, value is string text ? Encoding.UTF8.GetBytes(text) : value));
        return value switch
        {
            DateTime => $"CAST(${name} AS TIMESTAMP)",
            bool => $"CAST(${name} AS BOOLEAN)",
            _ => $"decode(CAST(${name} AS BLOB))",
        };
    }
}
