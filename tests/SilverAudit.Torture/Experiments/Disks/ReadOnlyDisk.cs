using SilverAudit.Torture.Files;
using SilverAudit.Torture.Workers;

namespace SilverAudit.Torture.Experiments.Disks;

/// <summary>A disk or a folder that can't be written: no place for a store, and as good as any for a source.</summary>
internal sealed class ReadOnlyDisk
{
    private readonly Round _round;
    private readonly WorkerProcess _worker;
    private readonly SmallDisk _disk;
    private readonly SizedSource _first;
    private readonly SizedSource _second;

    private ReadOnlyDisk(Round round, WorkerProcess worker, SmallDisk disk)
    {
        (_round, _worker, _disk) = (round, worker, disk);
        _first = SizedSource.Create(round.File("first.db"), round.Random.Next(1, 100), 1);
        _second = SizedSource.Create(round.File("second.db"), round.Random.Next(1, 100), 1000);
    }

    public static void Run(Round round, WorkerProcess worker, Module reference)
    {
        using var disk = new SmallDisk(worker, round.File("disk"), 16);
        var test = new ReadOnlyDisk(round, worker, disk);
        test.ForbidStore(disk.MakeReadOnly, disk.MakeWritable, "a read-only disk");
        test.ForbidStore(() => disk.SetMode("555"), () => disk.SetMode("755"), "a read-only folder");
        test.LoadFromReadOnlyDisk();
    }

    /// <summary>A store that can't be written is read, and loads go into it again when it can.</summary>
    private void ForbidStore(Action forbid, Action permit, string where)
    {
        var store = _disk.File($"store{_round.Random.Next()}.db");
        Succeed(store, _first);
        var before = FolderSnapshot.Of(_disk.Outside(""));
        forbid();
        ExpectNotWritable(store, where);
        ExpectNotWritable(_disk.File("new.db"), where);
        var loads = _worker.Run(_round.Folder, "Get-SilverAuditLoad -Destination $args[0] | ForEach-Object LoadId", store);
        Round.Expect(
            loads.Errors.Count == 0 && loads.Output.Select(load => load["Value"]!).ToHashSet().SetEquals(_first.LoadIds),
            $"A store on {where} can't be read: {string.Join("; ", loads.Errors)}");
        var compared = _worker.Run(_round.Folder, "Compare-SilverAuditSource -LiteralPath $args[1] -Destination $args[0] -Quiet", store, _first.Path);
        Round.Expect(compared.Single["Value"] == "True", $"A store on {where} can't be compared: {string.Join("; ", compared.Errors)}");
        Round.Expect(FolderSnapshot.Of(_disk.Outside("")).SequenceEqual(before), $"Something changed on {where}.");
        permit();
        Succeed(store, _second);
    }

    private void ExpectNotWritable(string store, string where)
    {
        var reply = Load(store, _second);
        Round.Expect(
            reply.Single["ErrorId"] == "StoreNotWritable" && reply.Errors is [{ Id: "StoreNotWritable" } error]
            && error.Message.Contains($"'{store}'", StringComparison.Ordinal) && error.Message.Contains("write access", StringComparison.Ordinal),
            $"A store on {where} is reported as {string.Join("; ", reply.Errors)}");
        _round.Tally.Count($"refused on {where}");
    }

    private void LoadFromReadOnlyDisk()
    {
        var source = Staging.CreateMany(_round.File("closed.db"), 10, from: 2000);
        File.Copy(source, _disk.Outside("closed.db"));
        var open = _round.File("open.db");
        Staging.CreateMany(open, 10, from: 3000);
        Database.WhileOpen(open, [.. Enumerable.Range(4000, 20).Select(number => Staging.Insert($"LOAD_{number}"))], () =>
        {
            File.Copy(open, _disk.Outside("open.db"));
            File.Copy(open + ".wal", _disk.Outside("open.db.wal"));
        });
        var before = FolderSnapshot.Of(_disk.Outside(""));
        _disk.MakeReadOnly();
        var reply = Load(_round.File("store.db"), new SizedSource(_disk.File("closed.db"), 2000, 10), new SizedSource(_disk.File("open.db"), 3000, 30));
        Round.Expect(
            reply.Errors.Count == 0 && reply.Output.Select(result => result["InsertedRows"]).SequenceEqual(["10", "30"]),
            $"Sources on a read-only disk were not loaded whole: {string.Join("; ", reply.Errors)} {string.Join(", ", reply.Output.Select(result => result["InsertedRows"]))}");
        Round.Expect(FolderSnapshot.Of(_disk.Outside("")).SequenceEqual(before), "Something changed beside the sources.");
        _round.Tally.Count("loaded from a read-only disk", 2);
    }

    private void Succeed(string store, SizedSource source)
    {
        var reply = Load(store, source);
        Round.Expect(reply.Errors.Count == 0 && reply.Single["InsertedRows"] == $"{source.Count}", $"{source.Path} was not loaded: {string.Join("; ", reply.Errors)}");
    }

    private WorkerReply Load(string store, params SizedSource[] sources) =>
        _worker.Run(_round.Folder, "$args[1..9] | Invoke-SilverAuditEtl -Destination $args[0] -NoLog", [store, .. sources.Select(source => source.Path)]);
}
