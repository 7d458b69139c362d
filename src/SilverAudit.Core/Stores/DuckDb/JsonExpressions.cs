using SilverAudit.Schema;

namespace SilverAudit.Stores.DuckDb;

/// <summary>Expressions that turn values and rows into JSON text without losing a value.</summary>
internal static class JsonExpressions
{
    /// <summary>The value as JSON; SQL NULL stays NULL.</summary>
    public static string Value(string alias, AuditColumn column)
    {
        var value = Sql.Column(alias, column.Name);
        return column.Type switch
        {
            // A JSON column holds text that the engine does not check again; text that is no JSON is kept as a string.
            AuditSchema.Json => $"CASE WHEN json_valid({value}) THEN CAST({value} AS VARCHAR) ELSE CAST(to_json(CAST({value} AS VARCHAR)) AS VARCHAR) END",
            // JSON knows neither NaN nor infinity.
            "DOUBLE" or "FLOAT" => $"CASE WHEN isfinite({value}) THEN CAST(to_json({value}) AS VARCHAR) ELSE CAST(to_json(CAST({value} AS VARCHAR)) AS VARCHAR) END",
            _ => $"CAST(to_json({value}) AS VARCHAR)",
        };
    }

    /// <summary>An object of the columns that are not NULL; NULL when all are.</summary>
    public static string ObjectOfValues(string alias, IEnumerable<AuditColumn> columns) =>
        $"CAST('{{' || nullif(concat_ws(',', {string.Join(", ", columns.Select(column => Member(alias, column)))}), '') || '}}' AS JSON)";

    /// <summary>An object of all columns, NULLs included.</summary>
    public static string ObjectOfRow(string alias, IEnumerable<AuditColumn> columns)
    {
        var members = columns.Select(column => $"{Sql.JsonMember(column.Name)} || coalesce({Value(alias, column)}, 'null')");
        return $"CAST('{{' || concat_ws(',', {string.Join(", ", members)}) || '}}' AS JSON)";
    }

    private static string Member(string alias, AuditColumn column) => $"{Sql.JsonMember(column.Name)} || {Value(alias, column)}";
}
