using System.Collections.Immutable;
using System.Text.Json;

namespace SilverAudit.Torture.Models;

/// <summary>
/// What a store has to hold after any sequence of loads and undos, worked out in memory with plain dictionaries: nothing of the
/// module, and no engine.
/// </summary>
public sealed class StoreModel
{
    private static readonly ImmutableSortedDictionary<string, string> s_none = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>Of each load the versions in force, the oldest first, each with the run that wrote it.</summary>
    private readonly SortedDictionary<string, Stack<(ModelRun Run, ModelLoad Version)>> _loads = new(StringComparer.Ordinal);
    private readonly HashSet<string> _columns = new(StringComparer.Ordinal) { "data_source", "validation_summary" };
    private readonly HashSet<string> _rejected = new(StringComparer.Ordinal);
    private int _superseded;
    private int _successes;

    /// <summary>The runs that succeeded, in their order.</summary>
    public List<ModelRun> Runs { get; } = [];

    /// <summary>Loads a source.</summary>
    public ModelResult Load(ModelSource source, string evolution, string invalidRow, bool reprocess)
    {
        var unmapped = source.Columns.Where(column => !_columns.Contains(column)).ToHashSet(StringComparer.Ordinal);
        if (unmapped.Count > 0 && evolution == "FailOnNewColumns")
            return new ModelResult(0, 0, 0, 0, 0, "SourceSchemaChanged");
        var rows = source.Rows.Select(row => (row.LoadId, Text: JsonSerializer.Serialize(row.Values), row.Values)).ToList();
        var good = rows.Where(row => !string.IsNullOrWhiteSpace(row.LoadId)).GroupBy(row => row.LoadId!)
            .Where(group => group.Select(row => row.Text).Distinct().Count() == 1).ToList();
        var invalid = rows.Count - good.Sum(group => group.Count());
        if (invalid > 0 && invalidRow == "Fail")
            return new ModelResult(0, 0, 0, 0, 0, "SourceRowInvalid");

        if (evolution == "AddNewColumns")
        {
            _columns.UnionWith(unmapped);
            unmapped.Clear();
        }

        foreach (var row in rows.Where(row => !good.Exists(group => group.Key == row.LoadId)))
        {
            _rejected.Add(row.LoadId ?? "NULL");
        }

        var written = new List<string>();
        var run = new ModelRun(written);
        long inserted = 0, updated = 0, changed = 0;
        foreach (var group in good)
        {
            var given = source.Columns.Zip(group.First().Values).ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal);
            if (!_loads.TryGetValue(group.Key, out var versions))
            {
                _loads[group.Key] = versions = new Stack<(ModelRun, ModelLoad)>();
                versions.Push((run, new ModelLoad(NotNull(given, column => !unmapped.Contains(column)), NotNull(given, unmapped.Contains), false)));
                written.Add(group.Key);
                inserted++;
                continue;
            }

            var current = versions.Peek().Version;
            if (given.All(pair => (unmapped.Contains(pair.Key) ? current.Rescued : current.Values).GetValueOrDefault(pair.Key) == pair.Value))
                continue;
            changed++;
            if (!reprocess)
                continue;
            var kept = current.Rescued.RemoveRange(source.Columns).AddRange(NotNull(given, unmapped.Contains));
            var values = current.Values.RemoveRange(source.Columns).AddRange(NotNull(given, column => !unmapped.Contains(column)));
            versions.Push((run, new ModelLoad(values, kept, true)));
            written.Add(group.Key);
            updated++;
            _superseded++;
        }

        Runs.Add(run);
        _successes++;
        return new ModelResult(inserted, updated, rows.Count - invalid - inserted - updated, changed - updated, invalid);
    }

    /// <summary>Gives the last run the identifier that the module gave it.</summary>
    public void Remember(Guid id) => Runs[^1].Id = id;

    /// <summary>Takes a run back; returns the error where that can't be done.</summary>
    public string? Undo(ModelRun run)
    {
        if (run.IsUndone || run.Written.Count == 0)
            return "RunNotUndoable";
        if (run.Written.Any(load => !_loads.TryGetValue(load, out var versions) || versions.Peek().Run != run))
            return "UndoConflict";
        foreach (var load in run.Written)
        {
            var versions = _loads[load];
            versions.Pop();
            if (versions.Count == 0)
                _loads.Remove(load);
            _superseded++;
        }

        run.IsUndone = true;
        _successes++;
        return null;
    }

    /// <summary>Where a store is not as it has to be; null when it is.</summary>
    public string? Difference(string store)
    {
        if (!File.Exists(store))
            return _loads.Count == 0 && _successes == 0 ? null : "there is no store.";
        using var reader = new DatabaseReader(store);
        if (reader.Scalar<int>("SELECT count(*) FROM duckdb_tables() WHERE table_name = 'silver_staging_audit'") == 0)
            return _successes == 0 ? null : "there is no permanent table.";

        var columns = _columns.Order(StringComparer.Ordinal).ToList();
        var present = reader.Texts("SELECT column_name FROM duckdb_columns() WHERE table_name = 'silver_staging_audit' AND column_name IN ('alpha', 'beta')");
        if (!present.Order(StringComparer.Ordinal).SequenceEqual(columns.Where(column => column is "alpha" or "beta")))
            return $"the columns {string.Join(", ", present)} were added.";
        var rescued = reader.Query("SELECT load_id, CAST(rescued AS VARCHAR) FROM silver_audit.rescued_data").ToDictionary(
            row => (string)row[0]!, row => JsonSerializer.Deserialize<Dictionary<string, string>>((string)row[1]!)!.ToImmutableSortedDictionary(StringComparer.Ordinal));
        var found = reader.Query($"SELECT load_id, is_reprocessed, {string.Join(", ", columns)} FROM silver_staging_audit ORDER BY load_id").Select(row =>
        {
            var values = columns.Zip(row.Skip(2)).Where(pair => pair.Second is not null).ToImmutableSortedDictionary(pair => pair.First, pair => (string)pair.Second!, StringComparer.Ordinal);
            var load = new ModelLoad(values, rescued.GetValueOrDefault((string)row[0]!, s_none), (bool)row[1]!);
            return $"{row[0]}: {load}";
        }).ToList();
        var expected = _loads.Select(load => $"{load.Key}: {load.Value.Peek().Version}").ToList();
        if (!found.Order(StringComparer.Ordinal).SequenceEqual(expected.Order(StringComparer.Ordinal)))
            return $"the store has {string.Join(" | ", found.Except(expected))} instead of {string.Join(" | ", expected.Except(found))}.";
        if (rescued.Keys.Except(_loads.Keys).FirstOrDefault() is { } stray)
            return $"rescued values of {stray} belong to no load.";
        var superseded = reader.Scalar<int>("SELECT count(*) FROM silver_audit.superseded_load");
        if (superseded != _superseded)
            return $"{superseded} versions are filed instead of {_superseded}.";
        var successes = reader.Scalar<int>("SELECT count(*) FROM silver_audit.etl_run WHERE status <> 'Failed'");
        if (successes != _successes)
            return $"the history has {successes} runs that succeeded instead of {_successes}.";
        var rejected = reader.Texts("SELECT DISTINCT coalesce(load_id, 'NULL') FROM silver_audit.rejected_row");
        return rejected.Order(StringComparer.Ordinal).SequenceEqual(_rejected.Order(StringComparer.Ordinal))
            ? null
            : $"rejected rows of {string.Join(", ", rejected)} are filed instead of {string.Join(", ", _rejected)}.";
    }

    private static ImmutableSortedDictionary<string, string> NotNull(Dictionary<string, string?> given, Func<string, bool> isWanted) =>
        given.Where(pair => pair.Value is not null && isWanted(pair.Key)).ToImmutableSortedDictionary(pair => pair.Key, pair => pair.Value!, StringComparer.Ordinal);
}
