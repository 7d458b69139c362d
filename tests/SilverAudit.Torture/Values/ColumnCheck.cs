namespace SilverAudit.Torture.Values;

/// <summary>
/// Conditions, for the plain engine, that tell where a value of a source (alias s) is not what the store holds (d for the
/// permanent table, f for the rescued values).
/// </summary>
public static class ColumnCheck
{
    /// <summary>True where the store holds something else, or nothing.</summary>
    public static string Differs(ValueColumn column, bool isAdded)
    {
        var (source, stored) = ($"s.{column.Name}", $"d.{column.Name}");
        if (column.Target is null && !isAdded)
            return DiffersFromRescued(column, source);
        var isJsonInStore = column.Target is { } target ? target.Type == "JSON" : IsStoredAsJson(column.Kind);
        if (isJsonInStore)
            return DiffersFromJson(column.Kind, source, stored);
        if (column.IsConverted)
            return DiffersFromConverted(column, source, stored);
        return AreDifferent(column.Kind, source, $"CAST({stored} AS {column.Kind.Type})");
    }

    /// <summary>True where two values of a kind differ in any way that can be seen.</summary>
    public static string AreDifferent(ValueKind kind, string left, string right) => kind.Type switch
    {
        "VARCHAR" or "JSON" => $"encode(CAST({left} AS VARCHAR)) IS DISTINCT FROM encode(CAST({right} AS VARCHAR))",
        "DOUBLE" => $"({left} IS DISTINCT FROM {right} OR ({left} <> 0 AND CAST({left} AS VARCHAR) <> CAST({right} AS VARCHAR)))",
        // Its text goes through a calendar that is not exact at the ends.
        "TIMESTAMP WITH TIME ZONE" => $"{left} IS DISTINCT FROM {right}",
        _ => $"({left} IS DISTINCT FROM {right} OR CAST({left} AS VARCHAR) IS DISTINCT FROM CAST({right} AS VARCHAR))",
    };

    private static bool IsStoredAsJson(ValueKind kind) =>
        kind.Type == "JSON" || kind.Type.EndsWith(']') || kind.Type.StartsWith("STRUCT", StringComparison.Ordinal)
        || kind.Type.StartsWith("MAP", StringComparison.Ordinal) || kind.Type.StartsWith("UNION", StringComparison.Ordinal);

    private static string DiffersFromRescued(ValueColumn column, string source)
    {
        var filed = $"json_extract(f.rescued, '$.{column.Name}')";
        if (JsonText(column.Kind, source) is not { } text)
            return DiffersFromRestored(column.Kind, source, filed);
        var member = $"'\"{column.Name}\":' || {text}";
        return $"(({source} IS NULL) <> ({filed} IS NULL) OR coalesce(NOT (contains(f.rescued, {member} || ',') OR contains(f.rescued, {member} || '}}')), FALSE))";
    }

    private static string DiffersFromJson(ValueKind kind, string source, string stored) =>
        JsonText(kind, source) is { } text
            ? $"encode({text}) IS DISTINCT FROM encode(CAST({stored} AS VARCHAR))"
            : DiffersFromRestored(kind, source, stored);

    // What is made of no JSON may be a value without contents, which a union takes for something else than no value.
    private static string DiffersFromRestored(ValueKind kind, string source, string json) =>
        $"CASE WHEN {source} IS NULL OR {json} IS NULL THEN ({source} IS NULL) <> ({json} IS NULL) ELSE {AreDifferent(kind, source, kind.Restore(json))} END";

    /// <summary>The JSON that has to arrive letter by letter; null for values that become JSON only on their way.</summary>
    private static string? JsonText(ValueKind kind, string source) => kind switch
    {
        // All its digits are written, but the engine's JSON functions round them.
        { Type: var type } when type.Contains("DECIMAL", StringComparison.Ordinal) => $"CAST(to_json({source}) AS VARCHAR)",
        { IsJsonText: true } => $"CAST({source} AS VARCHAR)",
        { Type: "JSON[]" } => $"'[' || array_to_string([coalesce(CAST(e AS VARCHAR), 'null') FOR e IN {source}], ',') || ']'",
        _ => null,
    };

    private static string DiffersFromConverted(ValueColumn column, string source, string stored) => (column.Kind.Type, column.Target!.Type) switch
    {
        ("TIMESTAMP WITH TIME ZONE", _) =>
            $"CASE WHEN isfinite({source}) THEN epoch_us({source}) IS DISTINCT FROM epoch_us({stored}) ELSE CAST({source} AS VARCHAR) IS DISTINCT FROM CAST({stored} AS VARCHAR) END",
        // An integer column has one zero.
        ("DOUBLE", "INTEGER") => $"{source} IS DISTINCT FROM CAST({stored} AS DOUBLE)",
        _ => AreDifferent(column.Kind, source, $"CAST({stored} AS {column.Kind.Type})"),
    };
}
