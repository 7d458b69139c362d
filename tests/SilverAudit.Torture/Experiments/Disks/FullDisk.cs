using SilverAudit.Torture.Files;
using SilverAudit.Torture.Workers;

namespace SilverAudit.Torture.Experiments.Disks;

/// <summary>
/// The disk of the store fills up somewhere in a pipeline: while rows are checked, merged, filed or committed, or when the store is
/// made or closed. That costs the sources that don't fit, and them only until there is room.
/// </summary>
internal sealed class FullDisk
{
    private const string Store = "store.db";
    private const int Megabyte = 1024 * 1024;

    /// <summary>With so much room a source of a few rows has to fit, whatever has failed before it.</summary>
    private const long RoomForSmallSource = 2 * Megabyte;

    private readonly Round _round;
    private readonly WorkerProcess _worker;
    private readonly Module _reference;
    private readonly SmallDisk _disk;
    private readonly List<SizedSource> _sources = [];
    private readonly HashSet<string> _loaded = [];
    private readonly HashSet<string> _runs = [];

    private FullDisk(Round round, WorkerProcess worker, Module reference, SmallDisk disk) =>
        (_round, _worker, _reference, _disk) = (round, worker, reference, disk);

    /// <summary>Any sizes.</summary>
    public static void Run(Round round, WorkerProcess worker, Module reference) => Run(round, worker, reference, 128, test =>
    {
        var big = test.Add(round.Random.Next(500, 8_000), round.Pick<Func<string, int, int, SizedSource>>(
            [SizedSource.Create, SizedSource.Create, SizedSource.CreateWithCopies, SizedSource.CreateWithInvalidRows]));
        // Few bytes as often as many.
        test.FillAndLoad(big, (long)Math.Pow(2, round.Random.NextDouble() * 10 + 13), round.Pick(["", "", "-MemoryLimit 50MB -Threads 1"]));
    });

    /// <summary>The log of the store fits, and the store with all of it does not.</summary>
    public static void RunUntilClosingFails(Round round, WorkerProcess worker, Module reference) => Run(round, worker, reference, 64, test =>
    {
        var big = test.Add(round.Random.Next(1_000, 4_000), SizedSource.Create);
        test.FillAndLoad(big, (long)(big.Count * (0.6 + round.Random.NextDouble() * 0.6) * 1024), "");
    });

    /// <summary>A source so large that the engine writes into the store before it commits, and checkpoints when it does.</summary>
    public static void RunLarge(Round round, WorkerProcess worker, Module reference) => Run(round, worker, reference, 400, test =>
    {
        var big = test.Add(round.Random.Next(80_000, 150_000), SizedSource.Create);
        test.FillAndLoad(big, (long)(big.Count * (0.1 + round.Random.NextDouble() * 1.2) * 1024), round.Pick(["", "-MemoryLimit 150MB"]));
    });

    private static void Run(Round round, WorkerProcess worker, Module reference, int megabytes, Action<FullDisk> work)
    {
        using var disk = new SmallDisk(worker, round.File("disk"), megabytes);
        var test = new FullDisk(round, worker, reference, disk);
        if (round.Random.Next(2) == 0)
        {
            test.Add(round.Random.Next(1, 1000), SizedSource.Create);
            test.LoadAll();
            round.Tally.Count("stores made before");
        }

        work(test);
    }

    private SizedSource Add(int count, Func<string, int, int, SizedSource> create)
    {
        var next = _sources.Sum(source => source.Count) + 1;
        _sources.Add(create(_round.File($"source{_sources.Count}.db"), count, next));
        return _sources[^1];
    }

    private void FillAndLoad(SizedSource big, long room, string options)
    {
        var before = Add(_round.Random.Next(1, 30), SizedSource.Create);
        var after = Add(_round.Random.Next(1, 30), SizedSource.Create);
        _disk.Fill(room);
        var reply = Load(options, before, big, after);
        foreach (var (source, result) in new[] { before, big, after }.Zip(reply.Output))
        {
            Note(result);
            if (result["Success"] == "True")
                _loaded.UnionWith(source.LoadIds);
            else
                ExpectStorageFull(result, reply, options);
        }

        Round.Expect(
            room < RoomForSmallSource || (reply.Output[0]["Success"] == "True" && reply.Output[2]["Success"] == "True"),
            $"There were {room} bytes, and a source of a few rows was not loaded: {string.Join("; ", reply.Output.Select(result => result["Error"]))}");
        Round.Expect(reply.Errors.Count == reply.Output.Count(result => result["Success"] != "True"), $"There are other errors: {string.Join("; ", reply.Errors)}");
        if (IsClosedInHaste(reply))
            _round.Tally.Count("closed without room");

        VerifyLoaded();
        ReadOnFullDisk();
        _disk.MakeRoom();
        LoadAll();
    }

    private void ExpectStorageFull(IReadOnlyDictionary<string, string?> result, WorkerReply reply, string options)
    {
        _round.Tally.Count($"{result["ErrorId"]}");
        if (result["ErrorId"] == "MemoryLimitExceeded" && options.Length > 0)
            return;
        Round.Expect(
            result["ErrorId"] == "StorageFull" && result["Error"]!.Contains($"'{_disk.File(Store)}'", StringComparison.Ordinal)
            && result["Error"]!.Contains("Make room", StringComparison.Ordinal)
            && reply.Errors.Any(error => error.Id == "StorageFull" && error.Message == result["Error"]),
            $"A full disk is reported as {result["ErrorId"]}: {result["Error"]}");
    }

    /// <summary>With room, everything is loaded, and the store is what it would have been on a disk that never was full.</summary>
    private void LoadAll()
    {
        var reply = Load("", [.. _sources]);
        Round.Expect(reply.Errors.Count == 0 && !IsClosedInHaste(reply), $"There is room and still: {string.Join("; ", reply.Errors)} {string.Join("; ", reply.Warnings)}");
        foreach (var (source, result) in _sources.Zip(reply.Output))
        {
            Note(result);
            var expected = _loaded.IsSupersetOf(source.LoadIds) ? 0 : source.Count;
            Round.Expect(result["InsertedRows"] == $"{expected}", $"{source.Path} inserted {result["InsertedRows"]} rows instead of {expected}.");
            _loaded.UnionWith(source.LoadIds);
        }

        VerifyLoaded();
        var reference = _round.File("reference.db");
        _reference.Succeed("$args[1] | Invoke-SilverAuditEtl -Destination $args[0] -NoLog -InvalidRow Reject -WarningAction SilentlyContinue", reference, _sources.Select(source => source.Path).ToArray());
        var copy = CopyStore()!;
        Round.Expect(StoreContents.Loaded(copy).SequenceEqual(StoreContents.Loaded(reference)), "The store is not what it would be on a large disk.");
        const string Rejected = "SELECT CAST((source, reason, row) AS VARCHAR) FROM silver_audit.rejected_row ORDER BY ALL";
        Round.Expect(StoreContents.Texts(copy, Rejected).SequenceEqual(StoreContents.Texts(reference, Rejected)), "The rejected rows are not what they would be on a large disk.");
    }

    private WorkerReply Load(string options, params SizedSource[] sources)
    {
        var reply = _worker.Run(
            _round.Folder, $"$args[1..99] | Invoke-SilverAuditEtl -Destination $args[0] -NoLog -InvalidRow Reject {options}",
            [_disk.File(Store), .. sources.Select(source => source.Path)]);
        Round.Expect(reply.Output.Count == sources.Length, $"{sources.Length} sources have {reply.Output.Count} results: {string.Join("; ", reply.Errors)}");
        Round.Expect(
            !Directory.Exists(_disk.Outside(Store + ".tmp")) || Directory.GetFiles(_disk.Outside(Store + ".tmp")).Length == 0, "Spilled rows are left on the disk.");
        return reply;
    }

    private void Note(IReadOnlyDictionary<string, string?> result)
    {
        _round.Tally.Count(result["Success"] == "True" ? "sources loaded" : "sources that did not fit");
        if (result["Success"] == "True")
            _runs.Add(result["RunId"]!);
    }

    /// <summary>The store, read by the plain engine, holds what was reported as loaded, and nothing else.</summary>
    private void VerifyLoaded()
    {
        if (CopyStore() is not { } copy || Database.Scalar<int>(copy, "SELECT count(*) FROM duckdb_tables() WHERE table_name = 'silver_staging_audit'") == 0)
        {
            Round.Expect(_loaded.Count == 0, $"{_loaded.Count} loads were reported as loaded, and there is no table with them.");
            return;
        }

        var stored = StoreContents.LoadIds(copy);
        Round.Expect(
            _loaded.SetEquals(stored) && stored.Count == _loaded.Count,
            $"{_loaded.Count} loads were reported as loaded, and the store has {stored.Count}, {stored.Count(_loaded.Contains)} of them.");
        var history = StoreContents.Texts(copy, "SELECT CAST(run_id AS VARCHAR) FROM silver_audit.etl_run WHERE status <> 'Failed'");
        Round.Expect(_runs.SetEquals(history) && history.Count == _runs.Count, $"{_runs.Count} runs succeeded, and the history has {history.Count}.");
        var rescued = StoreContents.Texts(copy, "SELECT load_id FROM silver_audit.rescued_data ORDER BY ALL");
        Round.Expect(rescued.SequenceEqual(stored), $"The store has {stored.Count} loads, and rescued values of {rescued.Count}.");
    }

    private void ReadOnFullDisk()
    {
        var reply = _worker.Run(_round.Folder, "Get-SilverAuditLoad -Destination $args[0] | ForEach-Object LoadId", _disk.File(Store));
        Round.Expect(
            _loaded.Count == 0 || (reply.Errors.Count == 0 && _loaded.SetEquals(reply.Output.Select(load => load["Value"]!))),
            $"The store on the full disk can't be read: {string.Join("; ", reply.Errors)}");
    }

    private static bool IsClosedInHaste(WorkerReply reply) =>
        reply.Warnings.Any(warning => warning.Contains("could not be closed cleanly", StringComparison.Ordinal));

    private string? CopyStore()
    {
        var copy = _round.File("copy.db");
        return _disk.TryCopyDatabase(Store, copy) ? copy : null;
    }
}
