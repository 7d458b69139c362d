using SilverAudit.Schema;

namespace SilverAudit.Stores.DuckDb;

/// <summary>
/// Expressions that take values at their word. The engine converts text although a part of it is lost, and compares some values by
/// less than they say. 0.0 and -0.0, and in a column of intervals 1 month and 30 days, stay equal for comparisons: the engine does
/// not keep them apart in its files, nor does an UPDATE write one over the other.
/// </summary>
internal static class ExactValues
{
    public const string ZonedTimestamp = "TIMESTAMP WITH TIME ZONE";

    // A digit other than 0 before the exponent: the engine reads 1e-400 as 0.
    private const string NonZero = @"^[^eE]*[1-9]";

    /// <summary>A string of a JSON text, a bracket or comma, or what is between these.</summary>
    public const string JsonToken = """
        "(?:[^"\\]|\\.)*"|[{}\[\],]|[^"{}\[\],]+
        """;

    // Beyond microseconds, or an offset other than UTC's: the engine drops both.
    private const string DroppedFromTime = @"\.\d{6}\d*[1-9]|:\d\d(\.\d*)?\s*[+-][\d:]*[1-9]";

    /// <summary>True where two expressions of a type differ in any way that lasts.</summary>
    public static string Differ(string type, string left, string right) => type switch
    {
        "VARIANT" => $"({Text(type, left)} IS DISTINCT FROM {Text(type, right)})",
        _ when type != "INTERVAL" && IsComparedLoosely(type) => $"({left} IS DISTINCT FROM {right} OR {Text(type, left)} IS DISTINCT FROM {Text(type, right)})",
        _ => $"({left} IS DISTINCT FROM {right})",
    };

    /// <summary>What is the same for two values of a type only when they don't differ.</summary>
    public static string Identity(string type, string value) => type switch
    {
        "VARIANT" => Text(type, value),
        _ when IsComparedLoosely(type) => $"({value}, {Text(type, value)})",
        _ => value,
    };

    /// <summary>The value in another type. Between times with and without a zone, the engine goes through a calendar that fails at the ends.</summary>
    public static string Cast(string cast, string value, string from, string to) => (from, to) switch
    {
        (ZonedTimestamp, AuditSchema.Timestamp) => $"CASE WHEN isfinite({value}) THEN make_timestamp(epoch_us({value})) ELSE {cast}({value} AS {to}) END",
        (AuditSchema.Timestamp, ZonedTimestamp) => $"CASE WHEN isfinite({value}) THEN make_timestamptz(epoch_us({value})) ELSE {cast}({value} AS {to}) END",
        _ => $"{cast}({value} AS {to})",
    };

    /// <summary>The value as text, exact for all types but UNION, whose tag it lacks.</summary>
    public static string Text(string type, string value) => type switch
    {
        "VARIANT" => VariantText($"CAST(CAST({value} AS JSON) AS VARCHAR)"),
        ZonedTimestamp => $"CAST({Cast("CAST", value, type, AuditSchema.Timestamp)} AS VARCHAR) || CASE WHEN isfinite({value}) THEN '+00' ELSE '' END",
        _ => $"CAST({value} AS VARCHAR)",
    };

    /// <summary>A text that is the same for two values of a type only when they don't differ.</summary>
    public static string IdentityText(string type, string value) =>
        type is "DOUBLE" or "FLOAT" ? $"CASE WHEN isnan({value}) THEN 'nan' ELSE CAST({value} + 0 AS VARCHAR) END" : Text(type, value);

    /// <summary>True where the engine converts a text although something of it gets lost on the way: it would round '3.7' to 4.</summary>
    public static string LosesOfText(string value, string type) => type switch
    {
        "DOUBLE" or "FLOAT" =>
            $"((isinf(TRY_CAST({value} AS {type})) AND NOT regexp_matches({value}, 'inf', 'i')) OR (TRY_CAST({value} AS {type}) = 0 AND regexp_matches({value}, {Sql.Text(NonZero)})))",
        AuditSchema.Timestamp => $"regexp_matches({value}, {Sql.Text(DroppedFromTime)})",
        "DATE" => $"coalesce(TRY_CAST({value} AS TIMESTAMP) <> TRY_CAST({value} AS DATE), FALSE)",
        AuditSchema.Integer or "TINYINT" or "SMALLINT" or "UTINYINT" or "USMALLINT" or "UINTEGER" =>
            $"TRY_CAST({value} AS DOUBLE) IS DISTINCT FROM TRY_CAST({value} AS {type})",
        "BIGINT" or "UBIGINT" => $"coalesce(TRY_CAST({value} AS DECIMAL(38,18)) <> TRY_CAST({value} AS {type}), FALSE)",
        _ => "FALSE",
    };

    /// <summary>The engine writes a decimal below 1 of as many digits as places without the zero before the point, which is no JSON.</summary>
    private static string VariantText(string json) =>
        $"""
        CASE WHEN json_valid({json}) THEN {json} ELSE array_to_string(
            [CASE WHEN regexp_matches(t, '^[:\s]*-?\.') THEN regexp_replace(t, '\.', '0.') ELSE t END FOR t IN regexp_extract_all({json}, {Sql.Text(JsonToken)})], '') END
        """;

    private static bool IsComparedLoosely(string type) =>
        type == "INTERVAL" || (type != AuditSchema.Json && StorableTypes.For(type) == AuditSchema.Json);
}
