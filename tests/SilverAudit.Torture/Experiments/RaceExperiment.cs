using System.Security.Cryptography;
using SilverAudit.Torture.Workers;

namespace SilverAudit.Torture.Experiments;

/// <summary>
/// Processes that are suspended where a file gets its name, is made or is taken away, while another process does the same work.
/// </summary>
public sealed class RaceExperiment : Experiment
{
    private const string Written = " | ForEach-Object { 'WRITTEN' }";
    private const string Tell = " | ForEach-Object { \"RESULT $($_.Success) $($_.Source)\" }";
    private const string Store = "silver_metadata.db";

    private readonly WorkerPool _workers = new();
    private readonly Dictionary<string, IReadOnlyList<SystemCall>> _calls = [];

    public override string Name => "races";

    public override string Description => "suspend a process where files get or lose their names, let another do the same, go on";

    public override int ShortRounds => 3;

    public override int LongRounds => 300;

    public override string? Obstacle => Tracer.IsPossible ? null : "There is no strace here, or nothing may be traced.";

    public override void Run(Round round)
    {
        Staging.CreateMany(round.File("first.db"), 20);
        Staging.CreateMany(round.File("second.db"), 20, from: 101);
        Action<Round>[] races = [CreateStore, Export, BackUp, Compact, Archive, Rotate];
        races[round.Random.Next(races.Length)](round);
    }

    protected override void Dispose(bool disposing)
    {
        _workers.Dispose();
        base.Dispose(disposing);
    }

    private void CreateStore(Round round)
    {
        var store = round.File(Store);
        var said = Race(round, "create a store", "Invoke-SilverAuditEtl first.db -NoLog -LockTimeoutSec 0" + Tell, "Invoke-SilverAuditEtl second.db -NoLog -LockTimeoutSec 0" + Tell, Store, Store + ".wal");
        CheckLoads(store, said);
    }

    private void Export(Round round)
    {
        Load(round, "first.db");
        var target = round.File("loads.csv");
        var said = Race(round, "export", "Export-SilverAuditLoad loads.csv" + Written, "Export-SilverAuditLoad loads.csv -DataSource none" + Written, "loads.csv");
        var lines = File.ReadAllLines(target).Length;
        var winner = lines == 21 ? 0 : 1;
        Round.Expect(lines is 21 or 1, $"The export has {lines} lines.");
        Round.Expect(said.Count(text => text.Contains("WRITTEN", StringComparison.Ordinal)) == 1 && said[winner].Contains("WRITTEN", StringComparison.Ordinal), $"Both exports, or the wrong one, say that they were written: {string.Join(" | ", said)}");
    }

    private void BackUp(Round round)
    {
        Load(round, "first.db");
        Directory.CreateDirectory(round.File("backups"));
        var place = round.Pick(["backups", "backup.db"]);
        var said = Race(round, "back up to " + place, $"Backup-SilverAuditStore {place}" + Written, $"Backup-SilverAuditStore {place}" + Written, place);
        string[] backups = [.. Directory.EnumerateFiles(round.File("backups")), .. new[] { round.File("backup.db") }.Where(File.Exists)];
        var written = said.Count(text => text.Contains("WRITTEN", StringComparison.Ordinal));
        Round.Expect(backups.Length == written, $"{written} backups were reported and {backups.Length} are there: {string.Join(" | ", said)}");
        Round.Expect(backups.All(backup => StoreContents.LoadIds(backup).Count == 20), "A backup does not hold the store.");
    }

    private void Compact(Round round)
    {
        Load(round, "first.db");
        var store = round.File(Store);
        var said = Race(round, "compact", "Optimize-SilverAuditStore -Compact -LockTimeoutSec 0" + Written, "Invoke-SilverAuditEtl second.db -NoLog -LockTimeoutSec 0" + Tell, Store, Store + ".wal");
        CheckLoads(store, [$"RESULT True {round.File("first.db")}", .. said]);
    }

    private void Archive(Round round)
    {
        var source = round.File("first.db");
        var (before, next) = (Hash(source), Hash(round.File("second.db")));
        var replaces = round.Random.Next(2) == 0;
        Race(
            round, replaces ? "archive a source that is replaced" : "archive the same source twice",
            "Invoke-SilverAuditEtl first.db -NoLog -ArchivePath archive -LockTimeoutSec 0" + Tell,
            replaces ? "[System.IO.File]::Move(\"$PWD/second.db\", \"$PWD/first.db\", $true)" : "Invoke-SilverAuditEtl first.db -NoLog -ArchivePath archive -LockTimeoutSec 0" + Tell,
            "first.db", "archive/first.db", "archive/first.db.proof.json", Store);
        var left = Directory.EnumerateFiles(round.Folder, "*", SearchOption.AllDirectories).Where(file => !file.Contains("silver_metadata", StringComparison.Ordinal)).Select(Hash).ToList();
        // Whoever replaces a file takes it away; what was never loaded, or only half archived, must be there.
        Round.Expect(left.Contains(next), "The file that came meanwhile is gone.");
        Round.Expect(replaces || left.Contains(before), "The source is in no place any more.");
        var store = round.File(Store);
        if (!left.Contains(before))
            round.Tally.Count("sources replaced before they were archived");
        else if (File.Exists(Path.Combine(round.File("archive"), "first.db")))
            Round.Expect(StoreContents.LoadIds(store).Count >= 20, "The archived source is not in the store.");
    }

    private void Rotate(Round round)
    {
        var log = round.File("silver_audit_etl.log");
        File.WriteAllText(log, string.Concat(Enumerable.Repeat(new string('x', 99) + "\n", 104_850)));
        Race(round, "rotate a log", "Invoke-SilverAuditEtl first.db -Destination 1.store" + Tell, "Invoke-SilverAuditEtl second.db -Destination 2.store" + Tell, "silver_audit_etl.log", "silver_audit_etl_001.log");
        var lines = Directory.EnumerateFiles(round.Folder, "*.log").SelectMany(File.ReadAllLines).Count(line => line.EndsWith("Silver Audit ETL pipeline completed successfully", StringComparison.Ordinal));
        Round.Expect(lines == 2, $"{lines} of 2 runs ended in the log.");
    }

    /// <summary>Runs one script until it is suspended, then the other to its end, and then the first to its end.</summary>
    private string[] Race(Round round, string what, string first, string second, params IReadOnlyList<string> files)
    {
        using var suspended = SuspendedRun.Start(round.Folder, first, round.Pick(CallsOf(round, what, first, files)));
        round.Tally.Count($"{what}, {(suspended.IsSuspended ? "suspended" : "over before")}");
        var reply = _workers.Current.Run(round.Folder, second);
        var other = string.Join('\n', reply.Output.Select(item => item.GetValueOrDefault("Value") ?? "").Concat(reply.Errors.Select(error => error.Id)));
        return [suspended.Complete(), other];
    }

    /// <summary>What a script calls, known from a run of it in a folder of its own.</summary>
    private IReadOnlyList<SystemCall> CallsOf(Round round, string what, string script, IReadOnlyList<string> files)
    {
        if (_calls.TryGetValue(what, out var known))
            return known;
        using var trial = new TemporaryFolder();
        foreach (var folder in Directory.EnumerateDirectories(round.Folder))
        {
            Directory.CreateDirectory(trial.File(Path.GetFileName(folder)));
        }

        foreach (var file in Directory.EnumerateFiles(round.Folder))
        {
            File.Copy(file, trial.File(Path.GetFileName(file)));
        }

        var calls = SuspendedRun.FindCalls(trial.Location, script, files);
        Round.Expect(calls.Count > 0, $"No call of interest was seen in '{script}'.");
        return _calls[what] = calls;
    }

    private void Load(Round round, string source)
    {
        var reply = _workers.Current.Run(round.Folder, $"Invoke-SilverAuditEtl {source} -NoLog");
        Round.Expect(reply.Errors.Count == 0, $"The store could not be made: {reply.ErrorText}");
    }

    /// <summary>What was reported as loaded is in the store, and the store is sound.</summary>
    private static void CheckLoads(string store, IReadOnlyList<string> said)
    {
        var loads = StoreContents.LoadIds(store).ToHashSet(StringComparer.Ordinal);
        foreach (var source in said.SelectMany(text => text.Split('\n')).Where(line => line.StartsWith("RESULT True ", StringComparison.Ordinal)).Select(line => line["RESULT True ".Length..].Trim()))
        {
            Round.Expect(StoreContents.Texts(source, "SELECT load_id FROM silver_temp_audit").All(loads.Contains), $"Loads of {source} were reported and are not in the store.");
        }
    }

    private static string Hash(string path) => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path)));
}
