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
            _ => NestedJson.Value(value, NestedType.Parse(column.Type)),
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

    /// <summary>
    /// An object of all columns that says exactly what each of them holds, so that the row can be made from it again: in a JSON
    /// column, SQL NULL and the JSON null are not the same.
    /// </summary>
    public static string ObjectOfVersion(string alias, IEnumerable<AuditColumn> columns)
    {
        var members = columns.Select(column => $"{Sql.JsonMember(column.Name)} || {VersionValue(alias, column)}");
        return $"CAST('{{' || concat_ws(',', {string.Join(", ", members)}) || '}}' AS JSON)";
    }

    /// <summary>The value as an object of a version has it. A JSON null has a space before it, one more than it came with.</summary>
    public static string VersionValue(string alias, AuditColumn column)
    {
        var value = AnyValue(alias, column);
        if (!column.IsJson)
            return $"coalesce({value}, 'null')";
        var text = $"CAST({Sql.Column(alias, column.Name)} AS VARCHAR)";
        return $"coalesce(CASE WHEN {IsSpacedNull(text)} THEN ' ' || {text} ELSE {value} END, 'null')";
    }

    /// <summary>The value of a column from its text in an object of a version; NULL where the text has no value of that type.</summary>
    public static string FromVersionValue(string text, AuditColumn column)
    {
        if (column.IsJson)
            return $"TRY_CAST(CASE WHEN {text} = 'null' THEN NULL WHEN {IsSpacedNull(text)} THEN substr({text}, 2) ELSE {text} END AS JSON)";
        // Only a string is read by the engine; a number it would round.
        var value = $"CASE WHEN starts_with({text}, '\"') THEN json_extract_string(CAST({text} AS JSON), '$') ELSE nullif({text}, 'null') END";
        return column.Type switch
        {
            AuditSchema.Text => value,
            ExactValues.ZonedTimestamp => ExactValues.Cast(
                "TRY_CAST", $"TRY_CAST(regexp_replace({value}, '\\+00$', '') AS {AuditSchema.Timestamp})", AuditSchema.Timestamp, ExactValues.ZonedTimestamp),
            _ when column.Type.StartsWith("ENUM(", StringComparison.Ordinal) => value,
            _ => $"TRY_CAST({value} AS {column.Type})",
        };
    }

    /// <summary>The JSON pointer to the member that an expression names.</summary>
    public static string Pointer(string member) => $"'/' || replace(replace({member}, '~', '~0'), '/', '~1')";

    private static string IsSpacedNull(string text) => $"ends_with({text}, 'null') AND ltrim({text}, ' ') = 'null'";

    private static string TextAsJson(string value) => $"CAST(to_json(CAST({value} AS VARCHAR)) AS VARCHAR)";
}
