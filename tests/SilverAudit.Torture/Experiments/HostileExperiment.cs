using SilverAudit.Torture.Files;
using SilverAudit.Torture.Workers;

namespace SilverAudit.Torture.Experiments;

/// <summary>Sources that hold whatever a file can hold but should not, under names that mean something to whoever does not quote them.</summary>
public sealed class HostileExperiment : Experiment
{
    private const string Bait = "the-secret-of-the-host";

    private static readonly (string Type, string Value)[] s_types =
    [
        ("VARCHAR", "'it''s'"), ("INTEGER", "7"), ("ENUM ('a', 'b''')", "'b'''"), ("STRUCT(\"x\"\"y\" INTEGER, z VARCHAR[])", "ROW(1, ['q'])"),
        ("MAP(VARCHAR, DATE)", "MAP {'k': DATE '2025-01-15'}"), ("UNION(number INTEGER, word VARCHAR)", "'w'"), ("BLOB", "'\\x00\\xFF'::BLOB"),
        ("DECIMAL(38, 10)", "1.5"), ("VARCHAR COLLATE NOCASE", "'Text'"), ("INTEGER[3]", "[1, 2, 3]"), ("TIMESTAMP_NS", "'2025-01-15 00:00:00.123456789'"),
        ("HUGEINT", "-170141183460469231731687303715884105728"), ("DOUBLE", "'NaN'"), ("JSON", "'{\"a\": 1}'"), ("BIT", "'0101'"), ("INTERVAL", "INTERVAL 1 MONTH"),
    ];

    private static readonly string[] s_impureCalls =
        ["nextval('store.main.tickets')", "random()", "error('Corrupt database file')", "pg_sleep(1000000)", "write_log('x')", "uuid()", "now()"];

    private readonly WorkerPool _workers = new();

    public override string Name => "hostile";

    public override string Description => "load sources that hold hostile objects under hostile names";

    public override int ShortRounds => 6;

    public override int LongRounds => 500;

    public override string? Obstacle => OperatingSystem.IsLinux() ? null : "The names of its files and its pipes are those of Linux.";

    public override void Run(Round round)
    {
        var sources = Directory.CreateDirectory(round.File("sources")).FullName;
        var bait = Path.Combine(sources, "bait.csv");
        File.WriteAllText(bait, $"load_id\n{Bait}\n");
        var names = new Names(
            Path.Combine(Directory.CreateDirectory(round.File("source")).FullName, HostileName.NextFile(round.Random) + ".source"),
            HostileName.Next(round.Random), round.File(HostileName.NextFile(round.Random) + ".store"), HostileName.Next(round.Random));
        var first = Staging.Create(Path.Combine(sources, "first.db"), "FIRST");
        Load(round, names with { Source = first, SourceTable = "silver_temp_audit" });
        Database.Execute(names.Store, "CREATE SEQUENCE tickets");
        var (kind, expectedError) = Prepare(round, names, bait);
        round.Tally.Count(kind);
        var before = (Files: FolderSnapshot.Of(sources), Source: ContentsOf(names, expectedError), Store: StoreContents.AllButHistory(names.Store));

        var reply = Load(round, names);

        var what = $"{kind}, {names}";
        Round.Expect(FolderSnapshot.Of(sources).SequenceEqual(before.Files), $"Other files changed: {what}");
        Round.Expect(ContentsOf(names, expectedError).SequenceEqual(before.Source), $"The source changed: {what}");
        Round.Expect(Directory.GetFileSystemEntries(round.File("source")).Length == 1, $"Something appeared beside the source: {what}");
        Round.Expect(!StoreContents.Everything(names.Store).Contains(Bait, StringComparison.Ordinal), $"The bait reached the store: {what}");
        Round.Expect(
            Database.Query(names.Store, "SELECT last_value FROM duckdb_sequences() WHERE sequence_name = 'tickets'")[0][0] is null,
            $"A sequence of the store was advanced: {what}");
        Round.Expect(!File.Exists(names.Store + ".wal") && !Directory.Exists(names.Store + ".tmp"), $"Something was left beside the store: {what}");
        if (expectedError is null)
            ExpectLoaded(round, names, reply, what);
        else
            ExpectRefused(names, reply, expectedError, before.Store, what);
    }

    protected override void Dispose(bool disposing)
    {
        _workers.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>Makes a source of some kind, and says what kind, and which error it has to give.</summary>
    private static (string Kind, string? ErrorId) Prepare(Round round, Names names, string bait)
    {
        var table = Quote(names.SourceTable);
        switch (round.Random.Next(16))
        {
            case 0:
                Staging.CreateWith(names.Source, $"CREATE VIEW {table} AS SELECT * FROM read_csv({Text(bait)})");
                return ("view on a file", "SourceNotBaseTable");
            case 1:
                Staging.CreateWith(names.Source, $"CREATE VIEW {table} AS SELECT * FROM duckdb_databases()");
                return ("view on the engine", "SourceNotBaseTable");
            case 2:
                CreateComputed(round, names);
                return ("impure column", "SourceNotBaseTable");
            case 3:
                HostileSource.CreateWithExtensionFunction(names.Source, names.SourceTable);
                return ("function of an extension", "SourceNotBaseTable");
            case 4:
                ChildProcess.Succeed(ChildProcess.Start("/", "ln", names.Store, names.Source));
                return ("hard link to the store", "SourceIsDestination");
            case 5:
                File.CreateSymbolicLink(names.Source, names.Store);
                return ("symbolic link to the store", "SourceIsDestination");
            case 6:
                ChildProcess.Succeed(ChildProcess.Start("/", "mkfifo", names.Source));
                return ("pipe", "SourceNotDatabase");
            case 7:
                File.CreateSymbolicLink(names.Source, "/dev/zero");
                return ("device", "SourceNotDatabase");
            case 8:
                Database.Execute(
                    round.File("key.db"), "SET force_mbedtls_unsafe = true",
                    $"ATTACH {Text(names.Source)} AS encrypted (TYPE duckdb, ENCRYPTION_KEY 'key')",
                    $"CREATE TABLE encrypted.{table} AS SELECT 'x' AS load_id", "DETACH encrypted");
                return ("encrypted", "SourceEncrypted");
            case 9:
                Staging.CreateWith(names.Source, $"CREATE TABLE {table} AS SELECT 1 AS \"load_id \"");
                return ("without load_id", "SourceKeyMissing");
            default:
                CreateHostileTable(round, names);
                return ("table among impostors", null);
        }
    }

    private static void CreateComputed(Round round, Names names) => Database.Execute(
        round.File("workshop.db"),
        $"ATTACH {Text(names.Source)} AS store (TYPE duckdb)",
        "CREATE SEQUENCE store.main.tickets",
        $"CREATE TABLE store.main.{Quote(names.SourceTable)} (load_id VARCHAR, {Quote("?" + HostileName.Next(round.Random))} VARCHAR AS ({round.Pick(s_impureCalls)}))",
        "DETACH store");

    private static void CreateHostileTable(Round round, Names names)
    {
        var columns = new Dictionary<string, (string Type, string Value)>(StringComparer.OrdinalIgnoreCase);
        for (var count = round.Random.Next(1, 6); count > 0; count--)
        {
            columns["?" + HostileName.Next(round.Random)] = round.Pick(s_types);
        }

        var table = Quote(names.SourceTable);
        Database.Execute(
            names.Source,
            [
                $"CREATE TABLE {table} (load_id VARCHAR{string.Concat(columns.Select(column => $", {Quote(column.Key)} {column.Value.Type}"))})",
                $"INSERT INTO {table} VALUES ('''; --'{string.Concat(columns.Values.Select(column => $", {column.Value}"))})",
                $"INSERT INTO {table} (load_id) VALUES ('\"B\"')",
                .. HostileSource.Impostors.Take(round.Random.Next(HostileSource.Impostors.Count + 1)),
            ]);
    }

    private void ExpectLoaded(Round round, Names names, WorkerReply reply, string what)
    {
        Round.Expect(reply.Errors.Count == 0, $"{what}: {string.Join(", ", reply.Errors)}");
        Round.Expect(reply.Single["InsertedRows"] == "2" && reply.Single["SourceRows"] == "2", $"{reply.Single["Message"]}: {what}");
        var loads = StoreContents.LoadIds(names.Store, names.Table);
        Round.Expect(loads.SequenceEqual(["\"B\"", "'; --", "FIRST"]), $"The loads are {string.Join(", ", loads)}: {what}");

        var again = Load(round, names);
        Round.Expect(again.Errors.Count == 0 && again.Single["SkippedRows"] == "2" && again.Single["ChangedRows"] == "0", $"Not the same a second time: {what}");
        var compared = Run(round, "Compare-SilverAuditSource", names, "-Quiet");
        Round.Expect(compared.Errors.Count == 0 && compared.Single["Value"] == "True", $"Not the same when compared: {what}");
    }

    private static void ExpectRefused(Names names, WorkerReply reply, string errorId, IReadOnlyList<string> storeBefore, string what)
    {
        Round.Expect(reply.Errors is [{ IsTerminating: false } only] && only.Id == errorId, $"Expected {errorId}, not {string.Join(", ", reply.Errors)}: {what}");
        Round.Expect(!reply.Errors[0].Message.Contains(Bait, StringComparison.Ordinal), $"The bait is in the error: {what}");
        Round.Expect(StoreContents.AllButHistory(names.Store).SequenceEqual(storeBefore), $"The store changed: {what}");
    }

    private WorkerReply Load(Round round, Names names) => Run(round, "Invoke-SilverAuditEtl", names, "-NoLog");

    private WorkerReply Run(Round round, string command, Names names, string parameters) => _workers.Current.Run(
        round.Folder, $"{command} -LiteralPath $args[0] -SourceTable $args[1] -Destination $args[2] -DestinationTable $args[3] {parameters}",
        names.Source, names.SourceTable, names.Store, names.Table);

    /// <summary>The bytes of a source that has some of its own.</summary>
    private static byte[] ContentsOf(Names names, string? errorId) =>
        errorId is "SourceIsDestination" or "SourceNotDatabase" ? [] : File.ReadAllBytes(names.Source);

    private static string Text(string value) => '\'' + value.Replace("'", "''", StringComparison.Ordinal) + '\'';

    private static string Quote(string name) => '"' + name.Replace("\"", "\"\"", StringComparison.Ordinal) + '"';

    private sealed record Names(string Source, string SourceTable, string Store, string Table);
}
