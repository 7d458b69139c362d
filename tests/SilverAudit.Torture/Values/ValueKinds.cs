using System.Globalization;
using FsCheck;
using FsCheck.Fluent;

namespace SilverAudit.Torture.Values;

/// <summary>The types of source columns, each with its ends and its oddities.</summary>
public static class ValueKinds
{
    public static readonly ValueKind Text = new("VARCHAR", Texts.Any.Select(Value.OfText));

    public static readonly ValueKind Json = new("JSON", JsonTexts.Any.Select(Value.OfJson)) { IsJsonText = true };

    public static readonly ValueKind Integer = Whole("INTEGER", int.MinValue, int.MaxValue);

    /// <summary>Without -0.0: where the engine compresses zeros, it keeps one of the two.</summary>
    public static readonly ValueKind Double = new("DOUBLE", Gen.OneOf(
        Literals(
            "DOUBLE", "nan", "inf", "-inf", "0.0", "5e-324", "-5e-324", "2.2250738585072009e-308", "1.7976931348623157e308",
            "-1.7976931348623157e308", "0.1", "0.30000000000000004", "9007199254740993", "1e300", "3.0"),
        Bits.Select(bits => BitConverter.Int64BitsToDouble(bits)).Where(double.IsFinite).Select(number => Literal("DOUBLE", number.ToString("R", CultureInfo.InvariantCulture)))));

    private static readonly ValueKind s_zeros = Double with { Generator = Gen.OneOf(Double.Generator, Literals("DOUBLE", "-0.0", "0.0")) };

    public static readonly ValueKind Timestamp = new("TIMESTAMP", Gen.OneOf(
        Literals(
            "TIMESTAMP", "1970-01-01 00:00:00", "1969-12-31 23:59:59.999999", "0001-01-01 00:00:00", "0001-12-31 (BC) 23:59:59.999999",
            "0044-03-15 (BC) 12:00:00", "9999-12-31 23:59:59.999999", "10000-01-01 00:00:00", "infinity", "-infinity",
            "290309-12-22 (BC) 00:00:00", "294247-01-10 04:00:54.775806", "2024-02-29 12:34:56.000001", "2025-10-26 02:30:00", "2024-06-30 23:59:59.9"),
        Microseconds("make_timestamp")));

    private static readonly ValueKind s_zoned = new("TIMESTAMP WITH TIME ZONE", Gen.OneOf(
        Literals("TIMESTAMPTZ", "infinity", "-infinity", "2025-11-02 05:30:00+00", "2025-11-02 06:30:00+00", "0044-03-15 (BC) 12:00:00+00", "1969-12-31 23:59:59.999999+00"),
        Literals("make_timestamptz", "9223372036854775806"), Microseconds("make_timestamptz")))
    {
        // Its own text goes through a calendar that is not exact at the ends.
        Restore = json => $"CASE {json}->>'$' WHEN 'infinity' THEN 'infinity'::TIMESTAMPTZ WHEN '-infinity' THEN '-infinity'::TIMESTAMPTZ ELSE make_timestamptz(epoch_us(CAST(replace({json}->>'$', '+00', '') AS TIMESTAMP))) END",
    };

    private static readonly ValueKind s_float = new("FLOAT", Literals("FLOAT", "nan", "inf", "-inf", "0.0", "1e-45", "3.4028235e38", "0.1", "16777216", "3.0"));

    private static readonly ValueKind s_nanoseconds = new("TIMESTAMP_NS", Literals(
        "TIMESTAMP_NS", "2025-01-15 14:30:00.123456789", "2025-01-15 14:30:00.123456", "1677-09-22 00:12:44", "2262-04-11 23:47:16.854775806", "infinity", "-infinity"))
    {
        MayBeRefused = true,
    };

    private static readonly ValueKind s_decimal = new("DECIMAL(38,10)", Literals(
        "DECIMAL(38,10)", "0", "-0.0000000001", "1234567890.1234567891", "1234567890.1234567892", "9999999999999999999999999999.9999999999", "3", "0.1", "1.10"))
    {
        MayBeRefused = true,
    };

    private static readonly ValueKind s_bigint = Whole("BIGINT", long.MinValue, long.MaxValue) with { MayBeRefused = true };

    private static readonly ValueKind s_hugeint = new("HUGEINT", Literals(
        "HUGEINT", "0", "-1", "170141183460469231731687303715884105727", "-170141183460469231731687303715884105728", "9007199254740993", "2147483647"))
    {
        MayBeRefused = true,
    };

    private static readonly ValueKind s_tiny = Whole("UTINYINT", 0, 255);

    private static readonly ValueKind s_date = new("DATE", Literals("DATE", "1970-01-01", "0001-01-01", "0044-03-15 (BC)", "9999-12-31", "infinity", "-infinity", "294247-01-09", "5881580-07-10"))
    {
        MayBeRefused = true,
    };

    private static readonly ValueKind s_seconds = new("TIMESTAMP_S", Literals("TIMESTAMP_S", "1969-12-31 23:59:59", "0001-01-01 00:00:00", "9999-12-31 23:59:59", "infinity", "-infinity"));

    private static readonly ValueKind s_milliseconds = new("TIMESTAMP_MS", Literals("TIMESTAMP_MS", "1969-12-31 23:59:59.999", "0044-03-15 (BC) 12:00:00.001", "infinity", "-infinity"));

    private static readonly ValueKind s_time = new("TIME", Literals("TIME", "00:00:00", "24:00:00", "23:59:59.999999", "12:00:00.1"));

    private static readonly ValueKind s_zonedTime = new("TIME WITH TIME ZONE", Literals("TIMETZ", "12:00:00+00", "13:00:00+01", "00:00:00-15:59:59", "24:00:00+15:59", "12:00:00.000001+05:30"));

    private static readonly ValueKind s_uuid = new("UUID", Gen.OneOf(
        Literals("UUID", "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff", "80000000-0000-0000-0000-000000000000"),
        Bits.Two().Select(bits => Literal("UUID", $"{(ulong)bits.Item1:x16}{(ulong)bits.Item2:x16}"))));

    private static readonly ValueKind s_blob = new("BLOB", Gen.OneOf(
        Gen.Elements("", "00", "FF", "5C", "5C783030", "C328", "22", "E29D", "EFBBBF").Select(Blob),
        Gen.Choose(0, 255).Select(value => (byte)value).ArrayOf().Select(bytes => Blob(Convert.ToHexString(bytes)))));

    private static readonly ValueKind s_bit = new("BIT", Literals("BIT", "0", "1", "00", "01", "0101010101010101010101", "11111111"));

    private static readonly ValueKind s_interval = new("INTERVAL", Literals(
        "INTERVAL", "1 month", "1 day", "-1 month 3 days", "0.000001 seconds", "-00:00:00.000001", "1 year", "00:00:00"));

    private static readonly ValueKind s_enum = new("ENUM('a', 'b''c', '', 'NULL', '3')", Literals("ENUM('a', 'b''c', '', 'NULL', '3')", "a", "b'c", "", "NULL", "3"));

    private static readonly ValueKind s_doubles = Nested("DOUBLE[]", Double.Generator.ListOf().Select(items => List("DOUBLE", items)));

    private static readonly ValueKind s_texts = Nested("VARCHAR[]", Text.Generator.ListOf().Select(items => List("VARCHAR", items)));

    private static readonly ValueKind s_entity = Nested(
        "STRUCT(a DOUBLE, \"b \"\"c\" VARCHAR, d INTEGER[], e DECIMAL(20,10))",
        from number in Double.Generator
        from text in Text.Generator
        from missing in Gen.Elements("NULL", "[]", "[1, NULL, -2147483648]")
        from money in Gen.Elements("NULL", "1234567890.5", "1.10")
        select new Value($"{{'a': {number.Sql}, 'b \"c': {text.Sql}, 'd': {missing}, 'e': {money}}}"));

    private static readonly ValueKind s_map = Nested(
        "MAP(VARCHAR, FLOAT)",
        from keys in Texts.Any.ListOf()
        from number in s_float.Generator
        select new Value(keys.Count == 0
            ? "CAST(MAP {} AS MAP(VARCHAR, FLOAT))"
            : $"MAP_FROM_ENTRIES([{string.Join(", ", keys.Distinct().Select(key => $"{{'k': {Value.OfText(key).Sql}, 'v': {number.Sql}}}"))}])"));

    private static readonly ValueKind s_union = new("UNION(num INTEGER, str VARCHAR)", Gen.Elements(
        "union_value(num := 1)", "union_value(str := '1')", "union_value(str := '')", "union_value(num := -2147483648)").Select(sql => new Value(sql)))
    {
        IsTagged = true,
        Restore = json => $"CASE WHEN json_exists({json}, '$.num') THEN CAST(union_value(num := CAST({json}->>'$.num' AS INTEGER)) AS UNION(num INTEGER, str VARCHAR)) "
            + $"ELSE CAST(union_value(str := {json}->>'$.str') AS UNION(num INTEGER, str VARCHAR)) END",
    };

    private static readonly ValueKind s_jsons = Nested("JSON[]", JsonTexts.Any.ListOf().Select(items => List("JSON", items.Select(Value.OfJson))));

    private static readonly ValueKind s_jsonOrNot = new("VARCHAR", JsonTexts.OrNot.Select(Value.OfJson)) { MayBeRefused = true, IsJsonText = true };

    private static readonly ValueKind s_integerText = new("VARCHAR", Gen.OneOf(Gen.Choose(int.MinValue, int.MaxValue), Gen.Elements(int.MinValue, int.MaxValue, 0))
        .Select(number => Value.OfText(number.ToString(CultureInfo.InvariantCulture))));

    /// <summary>Types for columns that the permanent table lacks.</summary>
    public static readonly IReadOnlyList<ValueKind> All =
    [
        Text, Json, Integer, Double, Timestamp, new("BOOLEAN", Gen.Elements("TRUE", "FALSE").Select(sql => new Value(sql))), s_zoned, s_float, s_nanoseconds,
        s_decimal, s_bigint, s_hugeint, s_tiny, s_date, s_seconds, s_milliseconds, s_time, s_zonedTime, s_uuid, s_blob, s_bit, s_interval, s_enum,
        s_doubles, s_texts, s_entity, s_map, s_union, s_jsons,
    ];

    /// <summary>The documented columns, and the types that a source may have for each; its own type comes first.</summary>
    public static readonly IReadOnlyDictionary<string, IReadOnlyList<ValueKind>> Documented = new Dictionary<string, IReadOnlyList<ValueKind>>
    {
        ["data_source"] = [Text, Text, s_uuid, s_enum, Integer, s_hugeint with { MayBeRefused = false }, s_date with { MayBeRefused = false }, s_blob, s_bit, s_interval, s_decimal with { MayBeRefused = false }],
        ["ingest_timestamp"] = [Timestamp, Timestamp, s_zoned, s_nanoseconds, s_seconds, s_milliseconds, s_date],
        ["query_parameters"] = [Json, s_jsonOrNot, s_doubles, s_texts, s_entity, s_map, s_union, s_jsons],
        ["audit_schema_version"] = [Integer, Integer, s_bigint, s_hugeint, s_tiny, s_decimal, Double with { MayBeRefused = true }, s_integerText],
        ["ingestion_time"] = [s_zeros, s_zeros, s_float, Integer, s_bigint, s_decimal],
        ["validation_summary"] = [Text],
        ["dq_report"] = [Json],
    };

    private static Gen<long> Bits => ArbMap.Default.ArbFor<Guid>().Generator.Select(guid => BitConverter.ToInt64(guid.ToByteArray()));

    private static ValueKind Whole(string type, long least, long most) => new(type, Gen.OneOf(
        Gen.Elements(least, most, 0, 1, most - 1).Select(number => Literal(type, number.ToString(CultureInfo.InvariantCulture))),
        Bits.Select(bits => Literal(type, (bits < least || bits > most ? bits & most & 0xff : bits).ToString(CultureInfo.InvariantCulture)))));

    private static ValueKind Nested(string type, Gen<Value> generator) => new(type, generator) { Restore = json => $"CAST({json} AS {type})" };

    private static Gen<Value> Microseconds(string function) =>
        Bits.Select(bits => new Value(FormattableString.Invariant($"{function}({bits / 1001})")));

    private static Gen<Value> Literals(string type, params string[] texts) =>
        Gen.Elements(texts).Select(text => type.StartsWith("make_", StringComparison.Ordinal) ? new Value($"{type}({text})") : Literal(type, text));

    private static Value Literal(string type, string text) => new($"'{text.Replace("'", "''", StringComparison.Ordinal)}'::{type}");

    private static Value Blob(string hex) => new($"unhex('{hex}')");

    private static Value List(string type, IEnumerable<Value> items) => new($"CAST([{string.Join(", ", items.Select(item => item.Sql).Append("NULL"))}] AS {type}[])");
}
