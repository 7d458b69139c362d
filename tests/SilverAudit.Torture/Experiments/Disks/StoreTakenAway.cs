using SilverAudit.Torture.Files;
using SilverAudit.Torture.Workers;

namespace SilverAudit.Torture.Experiments.Disks;

/// <summary>
/// Somebody removes, renames or replaces the store between two sources of a pipeline, or in the middle of one. What is reported as
/// loaded after that is in the file at the path of the store.
/// </summary>
internal sealed class StoreTakenAway
{
    private const int SourceCount = 4;
    private const string Commit = "COMMIT";

    private readonly Round _round;
    private readonly Module _session;
    private readonly string _store;
    private readonly SizedSource[] _sources;
    private readonly Action _takeAway;

    /// <summary>How many results had been written, or were bound to be written, when the store was taken away.</summary>
    private int _resultsBefore = int.MaxValue;

    private StoreTakenAway(Round round, Module session)
    {
        (_round, _session) = (round, session);
        _store = Path.Combine(Directory.CreateDirectory(round.File("folder")).FullName, "store.db");
        _sources = [.. Enumerable.Range(0, SourceCount).Select(number => SizedSource.Create(round.File($"source{number}.db"), round.Random.Next(1, 50), number * 100))];
        var (name, action) = round.Pick(Ways());
        _takeAway = () =>
        {
            action();
            round.Tally.Count(name);
        };
    }

    public static void Run(Round round, WorkerProcess worker, Module session)
    {
        session.GoTo(round.Folder);
        new StoreTakenAway(round, session).Run();
    }

    private void Run()
    {
        if (_round.Random.Next(2) == 0)
            _session.Load(SizedSource.Create(_round.File("earlier.db"), 3, 1000).Path, $"-Destination '{_store}'");

        var results = _round.Random.Next(2) == 0 ? LoadAndTakeAwayBetween() : LoadAndTakeAwayDuring();
        Round.Expect(results.Count == SourceCount, $"{SourceCount} sources have {results.Count} results.");
        var stored = Stored();
        foreach (var (number, (source, result)) in _sources.Zip(results).Index())
        {
            _round.Tally.Count(result.Value<bool>("Success") ? "sources loaded" : $"{result.Value("ErrorId")}");
            Round.Expect(
                number < _resultsBefore || !result.Value<bool>("Success") || stored.IsSupersetOf(source.LoadIds),
                $"Source {number} was reported as loaded after the store had been taken away, and the file at '{_store}' does not have it.");
        }
    }

    private (string Name, Action Action)[] Ways()
    {
        var other = _round.File("other.db");
        _session.Load(SizedSource.Create(_round.File("foreign.db"), 5, 2000).Path, $"-Destination '{other}'");
        var folder = Path.GetDirectoryName(_store)!;
        var away = _round.File("away");
        return
        [
            ("removed", () => File.Delete(_store)),
            ("removed with its log", () =>
            {
                File.Delete(_store);
                File.Delete(_store + ".wal");
            }),
            ("removed by another process", () => ChildProcess.Succeed(ChildProcess.Start("/", "rm", "-f", _store, _store + ".wal"))),
            ("renamed", () => MoveIfThere(_store, away)),
            ("replaced", () => File.Move(Copy(other), _store, overwrite: true)),
            ("replaced by a text", () =>
            {
                File.WriteAllText(other, "precious notes");
                File.Move(other, _store, overwrite: true);
            }),
            ("folder renamed", () => Directory.Move(folder, away)),
            ("folder replaced", () =>
            {
                Directory.Move(folder, away);
                Directory.CreateDirectory(folder);
            }),
        ];
    }

    private List<System.Management.Automation.PSObject> LoadAndTakeAwayBetween()
    {
        var last = _round.Random.Next(1, SourceCount);
        var results = 0;
        return [.. _session.Run("$after = $args[0]; $args[2] | Invoke-SilverAuditEtl -Destination $args[1] -NoLog | ForEach-Object { $_; $after.Invoke() }", new Action(After), _store, Paths).Output];

        void After()
        {
            if (++results != last)
                return;
            _resultsBefore = results;
            _takeAway();
        }
    }

    private List<System.Management.Automation.PSObject> LoadAndTakeAwayDuring()
    {
        // A small source takes a dozen statements, the first one of a store some more.
        var moment = _round.Random.Next(5, 15 * SourceCount);
        var (statements, commits) = (0, 0);
        using var shell = _session.NewShell("$args[1] | Invoke-SilverAuditEtl -Destination $args[0] -NoLog -Debug", _store, Paths);
        shell.Streams.Debug.DataAdded += (_, e) =>
        {
            var isCommit = shell.Streams.Debug[e.Index].Message == Commit;
            if (++statements == moment)
            {
                // What has been committed before is as good as reported.
                _resultsBefore = commits;
                _takeAway();
            }

            if (isCommit)
                commits++;
        };
        return [.. shell.Invoke()];
    }

    private string[] Paths => [.. _sources.Select(source => source.Path)];

    private HashSet<string> Stored()
    {
        if (!File.Exists(_store) || File.ReadAllText(_store).StartsWith("precious", StringComparison.Ordinal))
            return [];
        return [.. StoreContents.LoadIds(_store)];
    }

    private static string Copy(string file)
    {
        File.Copy(file, file + ".copy");
        return file + ".copy";
    }

    private static void MoveIfThere(string file, string away)
    {
        if (File.Exists(file))
            File.Move(file, away);
    }
}
