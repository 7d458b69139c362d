using FsCheck;
using FsCheck.Fluent;

namespace SilverAudit.Torture.Values;

/// <summary>Sources of any columns and values, and how to make them smaller.</summary>
public static class SourceTables
{
    private const int SimplestTexts = 6;

    private static readonly ValueColumn s_key = new("load_id", ValueKinds.Text, ValueKinds.Text);

    /// <summary>Sources with about so many rows.</summary>
    public static Arbitrary<SourceTable> OfRows(int rows) => Arb.From(Generator(rows), Smaller);

    private static Gen<SourceTable> Generator(int rows) =>
        from documented in Gen.SubListOf(ValueKinds.Documented.Keys.ToArray())
        from columns in Gen.CollectToList(documented, name => Gen.Elements(ValueKinds.Documented[name].ToArray())
            .Select(kind => new ValueColumn(name, kind, ValueKinds.Documented[name][0])))
        from more in Gen.Choose(0, 6).SelectMany(count => Gen.Elements(ValueKinds.All.ToArray()).ListOf(count))
        from evolution in Gen.Elements("Rescue", "Rescue", "AddNewColumns")
        let all = columns.Concat(more.Select((kind, number) => new ValueColumn($"extra{number + 1}", kind, null))).Prepend(s_key).ToList()
        from keys in Keys(rows)
        from table in Gen.CollectToList(keys, key => Row(key, all))
        from changes in Changes(table, all)
        select new SourceTable(all, table, changes, evolution);

    private static Gen<List<Value>> Keys(int count) =>
        from groups in Texts.Lookalikes.ListOf(count / 4 + 1)
        from keys in Gen.Shuffle(groups.SelectMany(alike => alike).Where(key => !string.IsNullOrWhiteSpace(key)).Distinct(StringComparer.Ordinal).ToArray())
        select keys.Take(count).Select(Value.OfText).ToList();

    private static Gen<List<Value>> Row(Value key, IReadOnlyList<ValueColumn> columns) =>
        Gen.CollectToList(columns, column => column == s_key ? Gen.Constant(key) : OrNull(column.Kind.Generator));

    private static Gen<IReadOnlyList<ValueChange>> Changes(List<List<Value>> rows, List<ValueColumn> columns)
    {
        var changeable = Enumerable.Range(1, columns.Count - 1).Where(ordinal => !columns[ordinal].IsConverted).ToArray();
        if (changeable.Length == 0)
            return Gen.Constant<IReadOnlyList<ValueChange>>([]);
        return from chosen in Gen.SubListOf(Enumerable.Range(0, rows.Count).ToArray())
               from changes in Gen.CollectToList(chosen, row =>
                   from column in Gen.Elements(changeable)
                   from value in OrNull(columns[column].Kind.Generator)
                   select new ValueChange(row, column, value))
               select (IReadOnlyList<ValueChange>)changes;
    }

    private static Gen<Value> OrNull(Gen<Value> values) => Gen.Frequency((1, Gen.Constant(Value.Null)), (6, values));

    private static IEnumerable<SourceTable> Smaller(SourceTable table)
    {
        for (var part = table.Rows.Count / 2; part > 0; part /= 2)
        {
            for (var from = 0; from < table.Rows.Count; from += part)
                yield return WithoutRows(table, from, part);
        }

        for (var column = 1; column < table.Columns.Count; column++)
            yield return WithoutColumn(table, column);
        for (var change = 0; change < table.Changes.Count; change++)
            yield return table with { Changes = Without(table.Changes, change, 1) };
        for (var row = 0; row < table.Rows.Count; row++)
        {
            for (var column = 0; column < table.Columns.Count; column++)
            {
                foreach (var simpler in Simpler(table.Rows[row][column], isKey: column == 0))
                {
                    if (column > 0 || table.Rows.All(other => other[0] != simpler))
                        yield return WithValue(table, row, column, simpler);
                }
            }
        }
    }

    private static IEnumerable<Value> Simpler(Value value, bool isKey)
    {
        if (!isKey && !value.IsNull)
            yield return Value.Null;
        if (value.Text is not { } text)
            yield break;
        foreach (var shorter in ArbMap.Default.ArbFor<string>().Shrinker(text).Where(shorter => IsText(shorter) && !(isKey && string.IsNullOrWhiteSpace(shorter))).Take(SimplestTexts))
            yield return Value.OfText(shorter);
    }

    // A pair of surrogates must not be cut in two.
    private static bool IsText(string? text) => text is not null && !text.EnumerateRunes().Contains(System.Text.Rune.ReplacementChar);

    private static SourceTable WithoutRows(SourceTable table, int from, int count) => table with
    {
        Rows = Without(table.Rows, from, count),
        Changes = [.. table.Changes.Where(change => change.Row < from || change.Row >= from + count).Select(change => change.Row < from ? change : change with { Row = change.Row - count })],
    };

    private static SourceTable WithoutColumn(SourceTable table, int column) => table with
    {
        Columns = Without(table.Columns, column, 1),
        Rows = [.. table.Rows.Select(row => Without(row, column, 1))],
        Changes = [.. table.Changes.Where(change => change.Column != column).Select(change => change.Column < column ? change : change with { Column = change.Column - 1 })],
    };

    private static SourceTable WithValue(SourceTable table, int row, int column, Value value) => table with
    {
        Rows = [.. table.Rows.Select((values, number) => number == row ? [.. values.Select((before, ordinal) => ordinal == column ? value : before)] : values)],
    };

    private static IReadOnlyList<T> Without<T>(IReadOnlyList<T> items, int from, int count) => [.. items.Take(from), .. items.Skip(from + count)];
}
