using SilverAudit.Schema;

namespace SilverAudit.Stores.DuckDb;

/// <summary>Expressions that turn values and rows into JSON text without losing a value.</summary>
internal static class JsonExpressions
{
    /// <summary>The value as JSON; SQL NULL stays NULL. A JSON column must hold JSON.</summary>
    public static string Value(string alias, AuditColumn column)
    {
        var value = Sql.Column(alias, column.Name);
        return column.Type switch
        {
            AuditSchema.Json or AuditSchema.Integer or "BOOLEAN" or "BIGINT" => $"CAST({value} AS VARCHAR)",
            // JSON knows neither NaN nor infinity.
            "DOUBLE" or "FLOAT" => $"CASE WHEN isfinite({value}) THEN CAST(to_json({value}) AS VARCHAR) ELSE {TextAsJson(value)} END",
            ExactValues.ZonedTimestamp => $"CAST(to_json({ExactValues.Text(column.Type, value)}) AS VARCHAR)",
            "VARIANT" => $"CASE WHEN {value} IS NOT NULL THEN {ExactValues.Text(column.Type, value)} END",
            // Read by the engine and written anew, the elements would not be the same texts.
            "JSON[]" => $"'[' || array_to_string([coalesce(CAST(e AS VARCHAR), 'null') FOR e IN {value}], ',') || ']'",
            _ => $"CAST(to_json({value}) AS VARCHAR)",
        };
    }

    /// <summary>The value as JSON, also when a JSON column holds text that is none: that is kept as a string.</summary>
    public static string AnyValue(string alias, AuditColumn column)
    {
        var value = Sql.Column(alias, column.Name);
        return column.IsJson ? $"CASE WHEN json_valid({value}) THEN CAST({value} AS VARCHAR) ELSE {TextAsJson(value)} END" : Value(alias, column);
    }

    /// <summary>The text of an object of the columns that are not NULL.</summary>
    public static string ObjectOfValues(string alias, IReadOnlyList<AuditColumn> columns)
    {
        if (columns.Count == 0)
            return "'{}'";
        var members = columns.Select(column => $"{Sql.JsonMember(column.Name)} || {Value(alias, column)}");
        return $"'{{' || concat_ws(',', {string.Join(", ", members)}) || '}}'";
    }

    /// <summary>An object of all columns, NULLs included.</summary>
    public static string ObjectOfRow(string alias, IEnumerable<AuditColumn> columns)
    {
        var members = columns.Select(column => $"{Sql.JsonMember(column.Name)} || coalesce({AnyValue(alias, column)}, 'null')");
        return $"CAST('{{' || concat_ws(',', {string.Join(", ", members)}) || '}}' AS JSON)";
    }

    /// <summary>The JSON pointer to the member that an expression names.</summary>
    public static string Pointer(string member) => $"'/' || replace(replace({member}, '~', '~0'), '/', '~1')";

    private static string TextAsJson(string value) => $"CAST(to_json(CAST({value} AS VARCHAR)) AS VARCHAR)";
}
