using SilverAudit.Torture.Workers;

namespace SilverAudit.Torture.Experiments;

/// <summary>Another DuckDB library of the same process opens the store or a source at any moment, and may write it.</summary>
public sealed class SameProcessExperiment : Experiment
{
    private const int Sources = 5;

    private readonly WorkerPool _workers = new();

    public override string Name => "same-process";

    public override string Description => "another library of the process opens the store or a source meanwhile; nothing reported is lost";

    public override int ShortRounds => 6;

    public override int LongRounds => 200;

    // Windows locks files for the handle, so there nobody gets in.
    public override string? Obstacle => OperatingSystem.IsWindows() ? "The locks of Windows keep other libraries out by themselves." : null;

    public override void Run(Round round)
    {
        var store = round.File("silver_metadata.db");
        Succeed(round, "Invoke-SilverAuditEtl -LiteralPath $args[0] -NoLog", Staging.CreateMany(round.File("first.db"), 10, from: 1_000_000));
        var sources = Enumerable.Range(0, Sources).Select(number => Staging.CreateMany(round.File($"source-{number}.db"), round.Random.Next(10, 3000), from: 1 + (number * 10_000))).ToList();
        var file = round.Random.Next(3) > 0 ? store : round.Pick(sources);
        var access = round.Pick(["read", "hold", "write"]);
        // A source that is written has another table more; its loads stay.
        var reply = _workers.Current.Run(
            round.Folder,
            """
            $file, $access, $delay, $time, $sources = $args
            $stranger = [SilverAudit.Torture.Workers.Stranger]::Start($file, $access, $delay, $time)
            $results = @($sources | Invoke-SilverAuditEtl -NoLog -LockTimeoutSec 0)
            $said = $stranger.GetAwaiter().GetResult()
            $results
            $said
            """,
            [file, access, round.Random.Next(0, 250).ToString(System.Globalization.CultureInfo.InvariantCulture), round.Random.Next(0, 200).ToString(System.Globalization.CultureInfo.InvariantCulture), .. sources]);

        round.Tally.Count($"{(file == store ? "store" : "source")} {access}: {reply.Output[^1]["Value"]?.Split('\n')[0]}");
        Round.Expect(
            reply.Errors.All(error => error.Id is "StoreLocked" or "SourceLocked" or "StoreReplaced"),
            $"Another error than a lock: {string.Join("; ", reply.Errors.Select(error => $"{error.Id}: {error.Message}"))}");
        round.Tally.Count("sources refused", reply.Errors.Count);
        Verify(round, store, reply);
        FileHolder.AssertFree(store);
        sources.ForEach(FileHolder.AssertFree);

        Succeed(round, "$args | Invoke-SilverAuditEtl -NoLog", [.. sources]);
        var expected = sources.Sum(source => Database.Scalar<int>(source, "SELECT count(*) FROM silver_temp_audit")) + 10;
        var found = Database.Scalar<int>(store, "SELECT count(*) FROM silver_staging_audit");
        Round.Expect(found == expected, $"The store has {found} loads of {expected} once everything was run again.");
    }

    protected override void Dispose(bool disposing)
    {
        _workers.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>Every load that was reported is there.</summary>
    private static void Verify(Round round, string store, WorkerReply reply)
    {
        using var reader = new DatabaseReader(store);
        var loads = reader.Texts("SELECT load_id FROM silver_staging_audit").ToHashSet(StringComparer.Ordinal);
        foreach (var result in reply.Output.SkipLast(1).Where(result => result["Success"] == "True"))
        {
            var missing = StoreContents.Texts(result["Source"]!, "SELECT load_id FROM silver_temp_audit").Count(load => !loads.Contains(load));
            Round.Expect(missing == 0, $"{missing} loads of {result["Source"]} were reported as {result["Status"]} and are not in the store.");
            round.Tally.Count("sources loaded");
        }
    }

    private void Succeed(Round round, string script, params IReadOnlyList<string> arguments)
    {
        var reply = _workers.Current.Run(round.Folder, script, arguments);
        Round.Expect(reply.Errors.Count == 0, $"{script} failed: {reply.ErrorText}");
    }
}
