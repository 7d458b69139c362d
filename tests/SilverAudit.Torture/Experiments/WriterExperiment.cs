using System.Globalization;
using SilverAudit.Torture.Files;
using SilverAudit.Torture.Workers;

namespace SilverAudit.Torture.Experiments;

/// <summary>Many processes, and several sessions of one process, load into the same store while others read it.</summary>
public sealed class WriterExperiment : Experiment
{
    private const int WritingProcesses = 8;
    private const int WritingSessions = 3;
    private const int ReadingProcesses = 2;
    private const int SourceCount = 10;
    private const int ChunkCount = 20;
    private const string Patience = "-LockTimeoutSec 300";

    private static readonly string[] s_counts =
        ["SourceRows", "InsertedRows", "UpdatedRows", "SkippedRows", "ChangedRows", "RejectedRows", "DestinationRows"];

    private readonly TemporaryFolder _folder = new();
    private readonly List<WorkerProcess> _workers = [];
    private readonly List<Module> _sessions = [];

    private delegate WorkerReply RunScript(string script, params IReadOnlyList<string> arguments);

    public override string Name => "writers";

    public override string Description => $"{WritingProcesses} processes and {WritingSessions} sessions write one store, {ReadingProcesses} processes read it";

    public override int ShortRounds => 1;

    public override int LongRounds => 50;

    public override void Run(Round round)
    {
        StartOnce();
        var sources = OverlappingSources.Create(round, SourceCount, ChunkCount);
        var store = round.File("store.db");
        if (round.Random.Next(2) == 0)
            Succeed(In(_workers[0], round), "Invoke-SilverAuditEtl -LiteralPath $args[1] -Destination $args[0] -NoLog", store, Staging.CreateMany(round.File("empty.db"), 0));

        var results = WriteAndRead(round, sources, store);
        Verify(round, sources, store, results);
        ExpectPatienceToEnd(round, sources.Paths[0], store);
    }

    protected override void Dispose(bool disposing)
    {
        _workers.ForEach(worker => worker.Dispose());
        _sessions.ForEach(session => session.Dispose());
        _folder.Dispose();
        base.Dispose(disposing);
    }

    private void StartOnce()
    {
        if (_workers.Count > 0)
            return;
        _workers.AddRange(Enumerable.Range(0, WritingProcesses + ReadingProcesses).Select(_ => new WorkerProcess(_folder.Location)));
        _sessions.AddRange(Enumerable.Range(0, WritingSessions).Select(_ => new Module()));
        _workers.ForEach(worker => worker.WaitUntilReady());
    }

    private List<IReadOnlyDictionary<string, string?>> WriteAndRead(Round round, OverlappingSources sources, string store)
    {
        var runs = _workers.Take(WritingProcesses).Select(worker => In(worker, round)).Concat(_sessions.Select(session => In(session, round))).ToList();
        var plans = runs.Select(_ => NewPlan(round)).ToList();
        var writing = runs.Count;
        List<IReadOnlyDictionary<string, string?>> Write(RunScript run, IReadOnlyList<int[]> plan)
        {
            try
            {
                return [.. plan.SelectMany(pipeline => WritePipeline(round, run, store, pipeline.Select(source => sources.Paths[source])))];
            }
            finally
            {
                Interlocked.Decrement(ref writing);
            }
        }

        List<IReadOnlyDictionary<string, string?>> Read(RunScript run, Random random)
        {
            var view = new StoreView(sources, round.Tally);
            do
            {
                view.Look(random, store, (script, arguments) => run(script, arguments));
            }
            while (Volatile.Read(ref writing) > 0);
            return [];
        }

        var readers = _workers.Skip(WritingProcesses).Select(worker => (Run: In(worker, round), Random: new Random(round.Random.Next()))).ToList();
        return [.. Concurrently.Run(
            [.. runs.Zip(plans, (run, plan) => (Func<List<IReadOnlyDictionary<string, string?>>>)(() => Write(run, plan))),
             .. readers.Select(reader => (Func<List<IReadOnlyDictionary<string, string?>>>)(() => Read(reader.Run, reader.Random)))])
            .SelectMany(results => results)];
    }

    /// <summary>Some of the sources in random order, in several pipelines.</summary>
    private static int[][] NewPlan(Round round)
    {
        var order = Enumerable.Range(0, SourceCount).ToArray();
        round.Random.Shuffle(order);
        return [.. order.Take(round.Random.Next(SourceCount / 3, SourceCount * 2 / 3 + 1)).Chunk(round.Random.Next(1, 5))];
    }

    private static IReadOnlyList<IReadOnlyDictionary<string, string?>> WritePipeline(Round round, RunScript run, string store, IEnumerable<string> sources)
    {
        var results = Succeed(run, $"$args[1..99] | Invoke-SilverAuditEtl -Destination $args[0] -LogPath ($args[0] + '.log') {Patience}", [store, .. sources]).Output;
        foreach (var result in results)
        {
            Round.Expect(result["Success"] == "True", $"A source was not loaded although nobody may fail: {result["Source"]} {result["Error"]}");
            round.Tally.Count("loads");
            round.Tally.Time("waiting for the store", TimeSpan.Parse(result["Duration"]!, CultureInfo.InvariantCulture));
        }

        return results;
    }

    private void Verify(Round round, OverlappingSources sources, string store, List<IReadOnlyDictionary<string, string?>> results)
    {
        var loaded = results.Select(result => sources.IndexOf(result["Source"]!)).Distinct().Order().ToList();
        var expected = sources.Loads(loaded);
        var inserted = results.Sum(result => int.Parse(result["InsertedRows"]!, CultureInfo.InvariantCulture));
        var rows = Database.Scalar<int>(store, "SELECT count(*) FROM silver_staging_audit");
        Round.Expect(inserted == rows && rows == expected, $"{inserted} rows were reported as inserted and the store has {rows}; the sources have {expected} loads.");

        var columns = string.Join(", ", s_counts.Select(count => count.Replace("Rows", "_rows", StringComparison.Ordinal)));
        var history = StoreContents.Texts(store, $"SELECT concat_ws(' ', run_id, status, {columns}) FROM silver_audit.etl_run WHERE source NOT LIKE '%/empty.db' ORDER BY ALL");
        var reported = results.Select(result => string.Join(' ', new[] { result["RunId"], result["Status"] }.Concat(s_counts.Select(count => result[count]))));
        Round.Expect(history.SequenceEqual(reported.Order(StringComparer.Ordinal)), "The history of the store is not what the results say.");

        var runsOfLoads = "SELECT original_processing_timestamp AS processed_at, count(*) AS loads FROM silver_staging_audit GROUP BY ALL";
        var strange = Database.Scalar<int>(store, $"SELECT count(*) FROM silver_audit.etl_run AS r FULL JOIN ({runsOfLoads}) AS l ON l.processed_at = r.processing_timestamp WHERE coalesce(l.loads, 0) IS DISTINCT FROM r.inserted_rows");
        Round.Expect(strange == 0, $"The loads of {strange} runs are not those that carry its processing timestamp.");

        var reference = round.File("reference.db");
        Succeed(In(_workers[0], round), "$args[1..99] | Invoke-SilverAuditEtl -Destination $args[0] -NoLog", [reference, .. loaded.Select(source => sources.Paths[source])]);
        Round.Expect(StoreContents.Loaded(store).SequenceEqual(StoreContents.Loaded(reference)), "The store is not what one process would have made of the sources.");
        FileHolder.AssertFree(store);
    }

    /// <summary>A holder that never lets go: everybody gives up after the time, and says who it is.</summary>
    private void ExpectPatienceToEnd(Round round, string source, string store)
    {
        string[] commands =
        [
            "Invoke-SilverAuditEtl -LiteralPath $args[1] -Destination $args[0] -LockTimeoutSec 1 -NoLog",
            "Get-SilverAuditLoad -Destination $args[0] -LockTimeoutSec 1",
            "Compare-SilverAuditSource -LiteralPath $args[1] -Destination $args[0] -LockTimeoutSec 1 -Summary",
        ];
        using var holder = FileHolder.HoldForWriting(store);
        var replies = Concurrently.Run([.. commands.Zip(_workers, (command, worker) => (Func<WorkerReply>)(() => In(worker, round)(command, store, source)))]);
        foreach (var (command, reply) in commands.Zip(replies))
        {
            Round.Expect(
                reply.Errors is [{ Id: "StoreLocked", IsTerminating: false } error]
                && error.Message.Contains($"'{store}' is in use by process {holder.ProcessId} (", StringComparison.Ordinal)
                && error.Message.Contains("dotnet", StringComparison.Ordinal)
                && error.Message.Contains("-LockTimeoutSec", StringComparison.Ordinal),
                $"{command} did not say that process {holder.ProcessId} holds the store: {string.Join("; ", reply.Errors)}");
            round.Tally.Count("refused because of a holder");
        }
    }

    private static WorkerReply Succeed(RunScript run, string script, params IReadOnlyList<string> arguments)
    {
        var reply = run(script, arguments);
        var warnings = reply.Warnings.Where(warning => !warning.EndsWith("so it was created.", StringComparison.Ordinal));
        Round.Expect(reply.Errors.Count == 0 && !warnings.Any(), $"{script} failed: {string.Join("; ", reply.Errors)} {string.Join("; ", reply.Warnings)}");
        return reply;
    }

    private static RunScript In(WorkerProcess worker, Round round) => (script, arguments) => worker.Run(round.Folder, script, arguments);

    private static RunScript In(Module session, Round round) =>
        (script, arguments) => WorkerHost.Answer(session, new WorkerRequest(script, arguments, round.Folder, Watched: false), TextWriter.Null);
}
