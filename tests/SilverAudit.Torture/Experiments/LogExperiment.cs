using SilverAudit.Torture.Files;

namespace SilverAudit.Torture.Experiments;

/// <summary>Sources with write-ahead logs of every kind beside them: their own, another's, none at all, and what is no log.</summary>
public sealed class LogExperiment : Experiment
{
    private static readonly string[] s_changes =
    [
        "INSERT INTO silver_temp_audit BY NAME SELECT 'NEW_' || i AS load_id, 'scopus' AS data_source FROM range(20) AS numbers(i)",
        "DELETE FROM silver_temp_audit WHERE hash(load_id) % 3 = 0",
        "UPDATE silver_temp_audit SET data_source = 'wos' WHERE hash(load_id) % 2 = 0",
        "CREATE INDEX by_source ON silver_temp_audit (data_source)",
        "ALTER TABLE silver_temp_audit ADD COLUMN extra VARCHAR",
        "DELETE FROM silver_temp_audit",
    ];

    private readonly Module _module = new();

    public override string Name => "logs";

    public override string Description => $"sources with logs of every kind, of engines {string.Join(", ", WriterEngine.All.Select(engine => engine.Version))}";

    public override int ShortRounds => 12;

    public override int LongRounds => 300;

    public override void Run(Round round)
    {
        _module.GoTo(round.Folder);
        Directory.CreateDirectory(round.File("out"));
        var engine = round.Pick(WriterEngine.All);
        var source = round.File("batch.db");
        var kind = round.Pick(["own", "another day's", "another file's", "garbage", "empty", "a folder", "none"]);
        var hasKey = round.Random.Next(2) == 0;
        Create(round, engine, source, "TUE", hasKey);
        switch (kind)
        {
            case "own":
                engine.Write(source, Changes(round, engine, hasKey));
                break;
            case "another day's" or "another file's":
                var other = round.File("other.db");
                Create(round, engine, other, kind == "another file's" ? "MON" : "TUE", hasKey, another: kind == "another file's");
                engine.Write(other, Changes(round, engine, hasKey));
                if (File.Exists(other + ".wal"))
                    File.Copy(other + ".wal", source + ".wal");
                if (round.Random.Next(2) == 0 && File.Exists(source + ".wal"))
                    File.SetLastWriteTimeUtc(source + ".wal", DateTime.UtcNow.AddHours(round.Random.Next(2) == 0 ? -5 : 5));
                break;
            case "garbage":
                var garbage = new byte[round.Random.Next(1, 5000)];
                round.Random.NextBytes(garbage);
                File.WriteAllBytes(source + ".wal", garbage);
                break;
            case "empty":
                File.WriteAllBytes(source + ".wal", []);
                break;
            case "a folder":
                Directory.CreateDirectory(source + ".wal");
                break;
        }

        Check(round, source, kind, engine);
    }

    protected override void Dispose(bool disposing)
    {
        _module.Dispose();
        base.Dispose(disposing);
    }

    private static void Create(Round round, WriterEngine engine, string path, string prefix, bool hasKey, bool another = false)
    {
        var extra = another && round.Random.Next(2) == 0 ? ", other_column INTEGER" : "";
        engine.Write(
            path,
            $"CREATE TABLE silver_temp_audit (load_id VARCHAR{(hasKey ? " PRIMARY KEY" : "")}, data_source VARCHAR{extra})",
            $"INSERT INTO silver_temp_audit BY NAME SELECT '{prefix}_' || i AS load_id, 'scopus' AS data_source FROM range({round.Random.Next(1, 50)}) AS numbers(i)",
            "CHECKPOINT");
        File.Delete(path + ".wal");
    }

    private static IEnumerable<string> Changes(Round round, WriterEngine engine, bool hasKey)
    {
        var changes = s_changes.Concat(hasKey || !engine.AddsKeys ? [] : ["ALTER TABLE silver_temp_audit ADD PRIMARY KEY (load_id)"]).ToArray();
        round.Random.Shuffle(changes);
        return changes.Take(round.Random.Next(1, 4)).Order(StringComparer.Ordinal);
    }

    private void Check(Round round, string source, string kind, WriterEngine engine)
    {
        var hasLog = File.Exists(source + ".wal") && new FileInfo(source + ".wal").Length > 0;
        var truth = kind is "own" or "none" or "empty" or "garbage" ? Truth(round, source, withLog: kind == "own") : null;
        var before = FolderSnapshot.Of(round.Folder);
        var outcome = _module.Run("Invoke-SilverAuditEtl batch.db -NoLog -Destination out/store.db -ArchivePath archive");
        var failure = outcome.Errors is [var first, ..] ? first : null;
        var error = failure?.FullyQualifiedErrorId.Split(',')[0];
        var result = outcome.Output.Single();
        round.Tally.Count($"{kind}: {error ?? result.Text("Status")}");
        Round.Expect(outcome.Errors.Count <= 1, $"More than one error: {string.Join("; ", outcome.Errors)}");
        Round.Expect(error != "SourceCorrupt", $"A sound source of {engine.Version} with {kind} log is called damaged: {failure}");
        var archived = !File.Exists(source);
        var isNamed = hasLog && IsNamed(source);
        if (kind == "a folder")
        {
            Round.Expect(error == "SourceNotDatabase" && !archived, $"A folder for a log gave {error ?? "no error"}.");
            return;
        }

        if (truth is not null && (kind != "own" || error is null or "SourceNotProven"))
        {
            var found = StoreContents.LoadIds(round.File("out/store.db"));
            Round.Expect(result.Text("Success") == "True" && found.SequenceEqual(truth), $"The store has {found.Count} loads of {truth.Count} of a source with {kind} log of {engine.Version}: {failure}");
        }

        Round.Expect(kind != "own" || error is null or "SourceNotProven", $"A source with its own log is refused: {failure}");
        if (!hasLog || archived)
            Round.Expect(archived && (!hasLog || isNamed || kind == "own"), $"A source with {kind} log was archived: {archived}.");
        if (hasLog && !archived && error is null or "SourceNotProven")
            Round.Expect(outcome.Warnings.Any(warning => warning.Contains("may be read with a log", StringComparison.Ordinal)) || isNamed, $"Nobody was told of {kind} log of {engine.Version}.");
        if (!archived)
            Round.Expect(FolderSnapshot.Of(round.Folder).Where(entry => entry.ToString().Contains("batch.db", StringComparison.Ordinal)).SequenceEqual(before.Where(entry => entry.ToString().Contains("batch.db", StringComparison.Ordinal))), "The source or its log has changed.");
    }

    private static bool IsNamed(string source)
    {
        var header = File.ReadAllBytes(source + ".wal").AsSpan();
        return header.Length >= 8 && header[6] == 102 && header[7] == 0;
    }

    /// <summary>What the plain engine makes of the file, opened for writing, on a copy.</summary>
    private static List<string> Truth(Round round, string source, bool withLog)
    {
        var copy = Path.Combine(Directory.CreateDirectory(round.File("truth")).FullName, "copy.db");
        File.Copy(source, copy);
        if (withLog && File.Exists(source + ".wal"))
            File.Copy(source + ".wal", copy + ".wal");
        using var connection = Database.Open(copy, "");
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT load_id FROM silver_temp_audit ORDER BY load_id";
        using var reader = command.ExecuteReader();
        var loads = new List<string>();
        while (reader.Read())
        {
            loads.Add(reader.GetString(0));
        }

        return loads;
    }
}
