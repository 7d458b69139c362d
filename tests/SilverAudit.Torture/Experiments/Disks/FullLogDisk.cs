using SilverAudit.Torture.Files;
using SilverAudit.Torture.Workers;

namespace SilverAudit.Torture.Experiments.Disks;

/// <summary>The log file is on a disk that fills up: the data matters more.</summary>
internal static class FullLogDisk
{
    public static void Run(Round round, WorkerProcess worker, Module reference)
    {
        using var disk = new SmallDisk(worker, round.File("disk"), 1);
        var sources = Enumerable.Range(0, 5).Select(number => SizedSource.Create(round.File($"source{number}.db"), 3, number * 3)).ToList();
        disk.Fill(round.Random.Next(0, 6) * 4096);
        var reply = worker.Run(
            round.Folder, "$args[2..9] | Invoke-SilverAuditEtl -Destination $args[0] -LogPath $args[1] -LogLevel Debug",
            [round.File("store.db"), disk.File("etl.log"), .. sources.Select(source => source.Path)]);
        Round.Expect(
            reply.Errors.Count == 0 && reply.Output.Count == sources.Count && reply.Output.All(result => result["Success"] == "True"),
            $"A log that can't be written has failed a load: {string.Join("; ", reply.Errors)}");
        Round.Expect(
            StoreContents.LoadIds(round.File("store.db")).ToHashSet().SetEquals(sources.SelectMany(source => source.LoadIds)), "The store does not have every load.");
        round.Tally.Count(reply.Warnings.Count > 0 ? "loads with a warning for the log" : "loads with a full log");
    }
}
