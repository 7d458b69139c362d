namespace SilverAudit.Torture.Values;

/// <summary>Takes one source through the module and looks whether everything in it came out.</summary>
public sealed class ValueTrial
{
    private const int LoadsReadByName = 3;

    private readonly Module _module;
    private readonly SourceTable _table;
    private readonly Tally _tally;
    private readonly bool _isAdded;
    private readonly string _source;
    private readonly string _changedSource;
    private readonly string _store;

    public ValueTrial(Module module, SourceTable table, string folder, Tally tally)
    {
        (_module, _table, _tally) = (module, table, tally);
        _isAdded = table.Evolution == "AddNewColumns";
        _source = Path.Combine(folder, "source.db");
        _changedSource = Path.Combine(folder, "changed.db");
        _store = Path.Combine(folder, "store.db");
    }

    private string Load => $"Invoke-SilverAuditEtl -LiteralPath $args[0] -Destination $args[1] -NoLog -InvalidRow Reject -SchemaEvolution {_table.Evolution}";

    /// <summary>Does it all.</summary>
    /// <exception cref="BrokenPromiseException">Something did not come out.</exception>
    public void Run()
    {
        Staging.CreateWith(_source, [.. _table.Statements]);
        var first = Counts(_source);
        var rows = _table.Rows.Count;
        Round.Expect(
            first.Source == rows && first.Inserted + first.Rejected == rows && (first.Rejected == 0 || _table.Columns.Any(column => column.MayBeRefused)),
            $"Of {rows} rows, the first load made {first}.");
        _tally.Count("rows", rows);
        _tally.Count("rows refused", (int)first.Rejected);

        ExpectEverythingStored(_source, first.Inserted, "loading");
        new ReadBack(_module, _store).ExpectEverything((int)first.Inserted, LoadsReadByName);
        ExpectNothingNew(_source, first.Rejected, "loading");
        if (_table.Changes.Count > 0)
            ChangeAndReprocess(first.Rejected);
    }

    private void ChangeAndReprocess(long rejected)
    {
        File.Copy(_source, _changedSource);
        Database.Execute(_changedSource, [.. _table.ChangeStatements]);
        var expected = ChangedFields();
        _tally.Count("rows changed", expected.Count);

        var again = Counts(_changedSource);
        Round.Expect(
            again == (_table.Rows.Count, 0, 0, _table.Rows.Count - rejected, expected.Count, rejected),
            $"{expected.Count} rows were changed ({string.Join("; ", expected)}), but loading the changed source made {again}.");
        var told = _module.Succeed("Compare-SilverAuditSource -LiteralPath $args[0] -Destination $args[1]", _changedSource, _store)
            .Where(comparison => comparison.Text("State") == "Changed")
            .Select(comparison => $"{comparison.Text("LoadId")}: {string.Join(',', comparison.Value<string[]>("ChangedColumns"))}");
        ExpectSame(expected, [.. told.Order(StringComparer.Ordinal)], "Compare-SilverAuditSource tells other changes than there are");

        var reprocessed = Counts(_changedSource, " -Reprocess -Reason 'a value has changed'");
        Round.Expect(reprocessed.Updated == expected.Count, $"{expected.Count} rows were changed, but reprocessing made {reprocessed}.");
        ExpectEverythingStored(_changedSource, _table.Rows.Count - rejected, "reprocessing");
        ExpectNothingNew(_changedSource, rejected, "reprocessing");
    }

    private void ExpectEverythingStored(string source, long loaded, string when)
    {
        var columns = _table.Columns.Skip(1).Select(column => $"CASE WHEN {ColumnCheck.Differs(column, _isAdded)} THEN '{column.Name} {column.Kind.Type.Replace("'", "''", StringComparison.Ordinal)}' END");
        var rows = Database.QueryBoth(
            _store, source,
            $"""
            SELECT s.load_id, d.load_id IS NOT NULL, concat_ws(', ', NULL, {string.Join(", ", columns.DefaultIfEmpty("NULL"))}), CAST(f.rescued AS VARCHAR), CAST(d AS VARCHAR)
            FROM other_file.silver_temp_audit AS s
            LEFT JOIN silver_staging_audit AS d ON encode(d.load_id) = encode(s.load_id)
            LEFT JOIN silver_audit.rescued_data AS f ON encode(f.load_id) = encode(s.load_id)
            """);
        var lost = rows.FirstOrDefault(row => row is [_, true, not "", ..]);
        Round.Expect(lost is null, $"After {when}, the store holds something else than the source in {lost?[2]} of load '{lost?[0]}': {lost?[3]} {lost?[4]}");
        var stored = rows.Count(row => row[1] is true);
        Round.Expect(stored == loaded, $"After {when}, {stored} loads of the source are in the store instead of {loaded}.");
    }

    private void ExpectNothingNew(string source, long rejected, string when)
    {
        var known = _table.Rows.Count - rejected;
        var again = Counts(source);
        Round.Expect(again == (_table.Rows.Count, 0, 0, known, 0, rejected), $"After {when} {known} of {_table.Rows.Count} rows, loading the same source again made {again}.");
        var summary = _module.Succeed("Compare-SilverAuditSource -LiteralPath $args[0] -Destination $args[1] -Summary", source, _store).Single();
        Round.Expect(
            summary.Value<long>("Equal") == known && summary.Value<long>("Changed") == 0 && (rejected > 0 || summary.Value<bool>("ChecksumMatch")),
            $"After {when} {known} rows, the comparison says {summary}.");
    }

    /// <summary>The fields that the changes made different, as the comparison should tell them.</summary>
    private IReadOnlyList<string> ChangedFields()
    {
        var ordinals = _table.Changes.Select(change => change.Column).Distinct();
        var parts = ordinals.Select(ordinal => _table.Columns[ordinal]).Select(column =>
            $"""
            SELECT s.load_id || ': {column.Name}' FROM other_file.silver_temp_audit AS s JOIN silver_temp_audit AS b ON encode(b.load_id) = encode(s.load_id)
            WHERE {ColumnCheck.AreDifferent(column.Kind, $"s.{column.Name}", $"b.{column.Name}")}
            """);
        var stored = StoreContents.LoadIds(_store).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. Database.QueryBoth(_source, _changedSource, string.Join(" UNION ALL ", parts)).Select(row => (string)row[0]!)
                .Where(field => stored.Contains(field[..field.LastIndexOf(": ", StringComparison.Ordinal)]))
                .Order(StringComparer.Ordinal),
        ];
    }

    private static void ExpectSame(IReadOnlyList<string> expected, IReadOnlyList<string> actual, string message) =>
        Round.Expect(
            expected.SequenceEqual(actual, StringComparer.Ordinal),
            $"{message}: missed {string.Join("; ", expected.Except(actual))}, invented {string.Join("; ", actual.Except(expected))}.");

    private (long Source, long Inserted, long Updated, long Skipped, long Changed, long Rejected) Counts(string source, string parameters = "")
    {
        var outcome = _module.Run(Load + parameters, source, _store);
        if (outcome.Errors is [var error, ..] || (error = outcome.Terminating) is not null)
            throw new BrokenPromiseException($"Loading said {error.FullyQualifiedErrorId}: {error}", error.Exception);
        return outcome.Output.Single().Counts();
    }
}
