using System.Globalization;
using SilverAudit.Torture.Files;
using SilverAudit.Torture.Workers;

namespace SilverAudit.Torture.Experiments;

/// <summary>What one reader has seen of a store that others write: whole sources only, and never less than before.</summary>
internal sealed class StoreView(OverlappingSources sources, Tally tally)
{
    private readonly int[] _seenOf = new int[sources.Paths.Count];
    private int _seen = -1;

    /// <summary>Reads the store in one of the ways there are.</summary>
    public void Look(Random random, string store, Func<string, string[], WorkerReply> run)
    {
        var source = random.Next(sources.Paths.Count);
        switch (random.Next(3))
        {
            case 0:
                ReadLoads(run("Get-SilverAuditLoad -Destination $args[0] -LockTimeoutSec 300 | ForEach-Object LoadId", [store]));
                break;
            case 1:
                Compare(source, Succeeded(run("Compare-SilverAuditSource -LiteralPath $args[1] -Destination $args[0] -LockTimeoutSec 300 -Summary", [store, sources.Paths[source]])));
                break;
            default:
                var equal = Succeeded(run("Compare-SilverAuditSource -LiteralPath $args[1] -Destination $args[0] -LockTimeoutSec 300 -Quiet", [store, sources.Paths[source]])).Single["Value"] == "True";
                Round.Expect(equal || _seenOf[source] < sources.Loads(source), $"{sources.Paths[source]} was in the store, and then it was not.");
                if (equal)
                    _seenOf[source] = sources.Loads(source);
                break;
        }
    }

    private void ReadLoads(WorkerReply reply)
    {
        if (_seen < 0 && reply.Errors is [{ Id: "StoreNotFound" }])
        {
            tally.Count("looks before there was a store");
            return;
        }

        var loadIds = Succeeded(reply).Output.Select(load => load["Value"]!).ToList();
        Round.Expect(sources.AreWhole(loadIds), $"A reader saw a part of a source: {loadIds.Count} loads, {string.Join(", ", loadIds)}");
        Round.Expect(loadIds.Count >= _seen, $"A reader saw {_seen} loads, and then {loadIds.Count}.");
        _seen = loadIds.Count;
        tally.Count("looks at all loads");
    }

    private void Compare(int source, WorkerReply reply)
    {
        int Value(string name) => int.Parse(reply.Single[name]!, CultureInfo.InvariantCulture);
        var equal = Value("Equal");
        Round.Expect(
            Value("SourceRows") == sources.Loads(source) && Value("SourceOnly") + equal == Value("SourceRows") && Value("Changed") == 0,
            $"A comparison does not add up: {string.Join(", ", reply.Single)}");
        Round.Expect(sources.CanShare(source, equal), $"A reader saw a part of a source: {equal} loads of {sources.Paths[source]}.");
        Round.Expect(equal >= _seenOf[source], $"A reader saw {_seenOf[source]} loads of {sources.Paths[source]}, and then {equal}.");
        Round.Expect(
            equal < Value("SourceRows") || reply.Single["ChecksumMatch"] == "True", $"All loads are equal and their checksums are not: {string.Join(", ", reply.Single)}");
        _seenOf[source] = equal;
        tally.Count("comparisons");
    }

    private static WorkerReply Succeeded(WorkerReply reply)
    {
        Round.Expect(reply.Errors.Count == 0, $"A reader failed: {string.Join("; ", reply.Errors)}");
        return reply;
    }
}
