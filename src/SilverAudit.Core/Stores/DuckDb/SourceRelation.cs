using SilverAudit.Schema;

namespace SilverAudit.Stores.DuckDb;

/// <summary>
/// The rows of a source that may be loaded, as queries over them: in the permanent table's columns and types, and as they are.
/// </summary>
/// <param name="From">What stands behind FROM, with the alias r for the source's own columns.</param>
/// <param name="Map">Which source column goes where.</param>
/// <param name="Rescued">Source columns whose values are filed as JSON.</param>
internal sealed record SourceRelation(string From, ColumnMap Map, IReadOnlyList<AuditColumn> Rescued)
{
    /// <summary>The mapped columns under their permanent names, converted to the permanent types.</summary>
    public string Select(params string[] additional) =>
        $"SELECT\n    {Sql.List(Map.Pairs.Select(pair => $"{Conversion(pair, "CAST")} AS {Sql.Name(pair.Destination.Name)}").Concat(additional))}\nFROM {From}";

    /// <summary>The key and the rescued values as one JSON object, of the rows that have any.</summary>
    public string SelectRescued() =>
        $"SELECT {Conversion(Map.Key, "CAST")} AS load_id, {JsonExpressions.ObjectOfValues("r", Rescued)} AS rescued FROM {From} WHERE {HasRescued()}";

    /// <summary>
    /// Joins the source rows (r) with their loads in the store (d) and tells with <c>changed</c> which of them differ.
    /// </summary>
    public string SelectMatched(string permanentTable, string rescuedTable)
    {
        var differences = Map.Pairs.Where(pair => pair != Map.Key).Select(Difference);
        var join = "";
        if (Rescued.Count > 0)
        {
            join = $"LEFT JOIN {rescuedTable} AS f ON f.load_id = d.load_id";
            // The texts are the same nearly always; only where they are not are they compared value by value.
            differences = differences.Append(
                $"CASE WHEN f.rescued IS NOT DISTINCT FROM CASE WHEN {HasRescued()} THEN {JsonExpressions.ObjectOfValues("r", Rescued)} END THEN FALSE ELSE ({string.Join(" OR ", Rescued.Select(RescuedDifference))}) END");
        }

        var changed = string.Join("\n    OR ", differences.DefaultIfEmpty("FALSE"));
        return $"SELECT d.load_id, d.original_processing_timestamp AS processed_at, ({changed}) AS changed\nFROM {From}\nJOIN {permanentTable} AS d ON d.load_id = {Conversion(Map.Key, "CAST")}\n{join}";
    }

    /// <summary>True where the value of a mapped column differs from the store's (alias d), or can't be converted at all.</summary>
    public static string Difference(ColumnPair pair)
    {
        var stored = Sql.Column("d", pair.Destination.Name);
        var difference = ExactValues.Differ(pair.Destination.Type, Conversion(pair, "TRY_CAST"), stored);
        return NeedsConversion(pair) ? $"({difference} OR {Unconvertible(pair)})" : difference;
    }

    /// <summary>
    /// True where the value of a rescued column differs from what is filed (alias f). The engine reads JSON before it compares it,
    /// and rounds numbers as it does so; hence the text must be there, too.
    /// </summary>
    public static string RescuedDifference(AuditColumn column)
    {
        var value = JsonExpressions.AnyValue("r", column);
        var filed = $"json_extract(f.rescued, {Sql.JsonPointer(column.Name)})";
        var member = $"{Sql.JsonMember(column.Name)} || {value}";
        return $$"""
            (CASE
                WHEN {{filed}} IS NULL THEN {{FiledInAnotherCase(column)}} IS DISTINCT FROM json({{value}})
                WHEN {{filed}} IS DISTINCT FROM json({{value}}) THEN TRUE
                ELSE NOT (contains(f.rescued, {{member}} || ',') OR contains(f.rescued, {{member}} || '}'))
                END)
            """;
    }

    /// <summary>The filed value of a column whose name an earlier source spelled in another case.</summary>
    private static string FiledInAnotherCase(AuditColumn column) =>
        $"json_extract(f.rescued, {JsonExpressions.Pointer($"list_filter(json_keys(f.rescued), lambda k: {CatalogNameComparer.Folded("k")} = {CatalogNameComparer.Folded(Sql.Text(column.Name))})[1]")})";

    /// <summary>The value of a source column in the permanent type.</summary>
    public static string Conversion(ColumnPair pair, string cast)
    {
        var value = Sql.Column("r", pair.Source.Name);
        if (!NeedsConversion(pair))
            return value;
        return pair.Destination.IsJson && pair.Source.Type != AuditSchema.Text
            ? $"CAST({JsonExpressions.Value("r", pair.Source)} AS JSON)"
            : ExactValues.Cast(cast, value, pair.Source.Type, pair.Destination.Type);
    }

    /// <summary>True where a value has no equal in the permanent type: it can't be cast, or would lose something on the way.</summary>
    public static string? UnconvertibleOrNull(ColumnPair pair) => pair switch
    {
        { Destination.IsJson: true, Source.Type: AuditSchema.Text or AuditSchema.Json } =>
            $"NOT json_valid({Sql.Column("r", pair.Source.Name)})",
        _ when NeedsConversion(pair) => Unconvertible(pair),
        _ => null,
    };

    private string HasRescued() => string.Join(" OR ", Rescued.Select(column => $"{Sql.Column("r", column.Name)} IS NOT NULL").DefaultIfEmpty("FALSE"));

    private static string Unconvertible(ColumnPair pair)
    {
        var value = Sql.Column("r", pair.Source.Name);
        var (source, destination) = (pair.Source.Type, pair.Destination.Type);
        if (destination == AuditSchema.Json)
            return source == AuditSchema.Text ? $"coalesce(NOT json_valid({value}), FALSE)" : "FALSE";
        if (destination == AuditSchema.Text)
            return "FALSE";
        if (StorableTypes.For(source) != source)
            (value, source) = ($"CAST({value} AS VARCHAR)", AuditSchema.Text);

        var converted = ExactValues.Cast("TRY_CAST", value, source, destination);
        var lost = source == AuditSchema.Text
            ? ExactValues.LosesOfText(value, destination)
            : $"{ExactValues.Cast("TRY_CAST", converted, destination, source)} IS DISTINCT FROM {value}";
        return $"({value} IS NOT NULL AND ({converted} IS NULL OR {lost}))";
    }

    private static bool NeedsConversion(ColumnPair pair) => pair.Source.Type != pair.Destination.Type;
}
