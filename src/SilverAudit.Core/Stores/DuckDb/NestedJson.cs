namespace SilverAudit.Stores.DuckDb;

/// <summary>
/// Expressions that write nested values with JSON in them as one JSON text. The engine would read that JSON and write it anew, and so
/// round its numbers.
/// </summary>
internal static class NestedJson
{
    /// <summary>The value as JSON; SQL NULL stays NULL.</summary>
    /// <param name="value">An expression of the value.</param>
    /// <param name="type">Its type.</param>
    public static string Value(string value, NestedType type) => Value(value, type, 0);

    private static string Value(string value, NestedType type, int depth)
    {
        var element = $"e{depth}";
        return type.Kind switch
        {
            NestedTypeKind.Json => $"CASE WHEN json_valid({value}) THEN CAST({value} AS VARCHAR) ELSE CAST(to_json(CAST({value} AS VARCHAR)) AS VARCHAR) END",
            NestedTypeKind.List when type.HoldsJson =>
                $"'[' || array_to_string(list_transform({value}, lambda {element}: {OrNull(element, type.Members[0].Type, depth)}), ',') || ']'",
            NestedTypeKind.Structure when type.HoldsJson =>
                $"CASE WHEN {value} IS NOT NULL THEN '{{' || {string.Join(" || ',' || ", type.Members.Select(member =>
                    $"{Sql.JsonMember(member.Name)} || {OrNull($"struct_extract({value}, {Sql.Text(member.Name)})", member.Type, depth)}"))} || '}}' END",
            NestedTypeKind.Map when type.HoldsJson =>
                $"'{{' || array_to_string(list_transform(map_entries({value}), lambda {element}: CAST(to_json(CAST({element}.key AS VARCHAR)) AS VARCHAR) || ':' || "
                + $"{OrNull($"{element}.value", type.Members[1].Type, depth)}), ',') || '}}'",
            NestedTypeKind.Union when type.HoldsJson =>
                $"CASE CAST(union_tag({value}) AS VARCHAR) {string.Join(' ', type.Members.Select(member =>
                    $"WHEN {Sql.Text(member.Name)} THEN '{{' || {Sql.JsonMember(member.Name)} || {OrNull($"union_extract({value}, {Sql.Text(member.Name)})", member.Type, depth)} || '}}'"))} END",
            _ => $"CAST(to_json({value}) AS VARCHAR)",
        };
    }

    private static string OrNull(string value, NestedType type, int depth) => $"coalesce({Value(value, type, depth + 1)}, 'null')";
}
