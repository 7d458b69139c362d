namespace SilverAudit.Bench;

internal sealed class Experiments(BenchOptions options, BenchData data, Scratch scratch, ModuleSession module)
{
    private const int RowByRowRows = 10_000;

    /// <summary>Loads and compiles on both sides what only the first call has to.</summary>
    public void WarmUp()
    {
        var source = data.BigSource(BenchData.RowsPerSource);
        LoadOurs(source, BenchData.RowsPerSource);
        LoadBare(BenchData.RowsPerSource, source);
    }

    public Measurement Run(int number) => number switch
    {
        1 => NewRows(),
        2 => Rerun(),
        3 => ManySources(),
        4 => MemoryLimit(),
        5 => RowByRow(),
        _ => throw new ArgumentOutOfRangeException(nameof(number)),
    };

    public string Title(int number) => number switch
    {
        1 => $"{options.Rows:N0} new rows, against the bare MERGE",
        2 => $"re-run of the same {options.Rows:N0} rows, against our first load",
        3 => $"{options.Sources:N0} sources of {BenchData.RowsPerSource} rows in one pipeline, against a bare loop",
        4 => $"{options.Rows:N0} new rows under -MemoryLimit 512MB",
        5 => $"row by row, on {Math.Min(RowByRowRows, options.Rows):N0} rows",
        _ => throw new ArgumentOutOfRangeException(nameof(number)),
    };

    private Measurement NewRows()
    {
        var source = data.BigSource(options.Rows);
        var rounds = new Rounds("ours", "bare");
        for (var round = 0; round < options.Repeat; round++)
            rounds.Add(LoadOurs(source, options.Rows).Elapsed, LoadBare(options.Rows, source));
        return rounds.ToMeasurement(1, Title(1), "≤ 1.5");
    }

    private Measurement Rerun()
    {
        var source = data.BigSource(options.Rows);
        var rounds = new Rounds("re-run", "first load");
        for (var round = 0; round < options.Repeat; round++)
        {
            scratch.WithNewStore(store =>
            {
                var first = module.Load(source, store).Expect(1, options.Rows, 0);
                var again = module.Load(source, store).Expect(1, 0, options.Rows);
                rounds.Add(again.Elapsed, first.Elapsed);
                return CheckLoads(store, options.Rows);
            });
        }

        return rounds.ToMeasurement(2, Title(2), "≤ 0.5");
    }

    private Measurement ManySources()
    {
        var sources = data.SmallSources(options.Sources);
        var rows = options.Sources * BenchData.RowsPerSource;
        var rounds = new Rounds("ours", "bare");
        for (var round = 0; round < options.Repeat; round++)
        {
            var ours = scratch.WithNewStore(store =>
            {
                var run = module.LoadAll(sources, store).Expect(options.Sources, rows, 0);
                CheckLoads(store, rows);
                return run;
            });
            rounds.Add(ours.Elapsed, LoadBare(rows, [.. sources]));
        }

        return rounds.ToMeasurement(3, Title(3), "≤ 2");
    }

    private Measurement MemoryLimit()
    {
        var source = data.BigSource(options.Rows);
        using var memory = new WorkingSetPeak();
        var run = LoadOurs(source, options.Rows, "512MB");
        var peak = $"peak working set {Megabytes(memory.Peak)}, {Megabytes(memory.Before)} before";
        Console.WriteLine($"  succeeded in {Seconds(run.Elapsed)}, {peak}");
        return new Measurement(4, Title(4), $"{Seconds(run.Elapsed)}, {peak}", "", "", "succeeds");
    }

    private Measurement RowByRow()
    {
        var source = data.BigSource(options.Rows);
        var rows = Math.Min(RowByRowRows, options.Rows);
        var ours = options.Rows / LoadOurs(source, options.Rows).Elapsed.TotalSeconds;
        var each = scratch.WithNewStore(store =>
        {
            var run = BareEngine.LoadRowByRow(store, source, rows);
            CheckLoads(store, rows);
            return rows / run.Total.TotalSeconds;
        });
        var (oursText, eachText, times) = ($"{ours:N0} rows/s", $"{each:N0} rows/s", $"{ours / each:N0} times the rows");
        Console.WriteLine($"  ours {oursText}, row by row {eachText}: {times}");
        return new Measurement(5, Title(5), oursText, eachText, times, "");
    }

    private ModuleRun LoadOurs(string source, int rows, string? memoryLimit = null) => scratch.WithNewStore(store =>
    {
        var run = module.Load(source, store, memoryLimit).Expect(1, rows, 0);
        CheckLoads(store, rows);
        return run;
    });

    private BareRun LoadBare(int rows, params string[] sources) => scratch.WithNewStore(store =>
    {
        var run = BareEngine.Load(store, sources);
        CheckLoads(store, rows);
        return run;
    });

    private static long CheckLoads(string store, long expected) =>
        BareEngine.CountLoads(store) is var loads && loads == expected
            ? loads
            : throw new BenchFailedException($"The store holds {loads:N0} loads instead of {expected:N0}.");

    private static string Seconds(TimeSpan time) => $"{time.TotalSeconds:F2} s";

    private static string Megabytes(long bytes) => $"{bytes / 1_048_576} MB";
}
