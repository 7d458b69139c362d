using System.Security.Cryptography;
using SilverAudit.Torture.Workers;

namespace SilverAudit.Torture.Files;

/// <summary>Work on a store besides loading it, that is killed at any moment and run again.</summary>
/// <param name="round">Decides.</param>
/// <param name="workers">Who does the work.</param>
public sealed class InterruptedUpkeep(Round round, WorkerPool workers)
{
    private const string Watched = "$DebugPreference = 'Continue'; ";
    private const int Backups = 3;
    private const int KillsEach = 3;

    private static readonly Dictionary<string, string> s_commands = new()
    {
        ["compact"] = "Optimize-SilverAuditStore -Compact",
        ["backup"] = "Backup-SilverAuditStore backups -Keep 2",
        ["archive"] = "Invoke-SilverAuditEtl second.db -NoLog -ArchivePath archive",
        ["undo"] = "Undo-SilverAuditRun $args[0] -Reason r -Confirm:$false",
        ["export"] = "Export-SilverAuditLoad loads.csv -Force",
    };

    /// <summary>Kills one of the commands, checks what it left, and runs it to the end.</summary>
    public void Run()
    {
        var command = round.Pick([.. s_commands.Keys]);
        var store = round.File("silver_metadata.db");
        Staging.CreateMany(round.File("first.db"), round.Random.Next(100, 5000));
        Staging.CreateMany(round.File("second.db"), round.Random.Next(100, 5000), from: 100_001);
        Succeed("Invoke-SilverAuditEtl first.db -NoLog");
        var before = StoreContents.AllButHistory(store);
        var run = Succeed("(Invoke-SilverAuditEtl second.db -NoLog).RunId").Single["Value"]!;
        var after = StoreContents.AllButHistory(store);
        Directory.CreateDirectory(round.File("backups"));
        for (var number = 0; number < Backups; number++)
        {
            Succeed("Backup-SilverAuditStore backups");
        }

        Succeed("Export-SilverAuditLoad loads.csv");
        var (source, export) = (Hash(round.File("second.db")), Hash(round.File("loads.csv")));

        // Each kill but the first hits a command that begins with what the one before has left.
        for (var kills = 0; kills < KillsEach && Kill(command, run); kills++)
        {
            var found = StoreContents.AllButHistory(store);
            Round.Expect(
                found.SequenceEqual(after) || (command == "undo" && Loads(found) == Loads(before)),
                $"A kill during {command} left {found.Count} rows in the store of {after.Count}.");
            CheckFiles(source, export, after);
        }

        Finish(command, run, source, export);
    }

    private static int Loads(IReadOnlyList<string> rows) => rows.Count(row => row.StartsWith("silver_staging_audit", StringComparison.Ordinal));

    /// <summary>Returns false when the command was over before the kill.</summary>
    private bool Kill(string command, string run)
    {
        // Some kills by time, some at a statement: what is done between two of them is short.
        var (at, seen) = (round.Random.Next(1, 60), 0);
        var worker = workers.Current;
        var byTime = round.Random.Next(2) == 0;
        var killing = byTime ? Task.Delay(round.Random.Next(1, 400)).ContinueWith(_ => worker.Kill(), TaskScheduler.Default) : Task.CompletedTask;
        try
        {
            worker.Run(new WorkerRequest(Watched + s_commands[command], [run], round.Folder, Watched: true), _ =>
            {
                if (!byTime && ++seen == at)
                    worker.Kill();
            });
            round.Tally.Count("ended before the kill");
            return false;
        }
        catch (WorkerDiedException)
        {
            round.Tally.Count("kills");
            round.Tally.Count("in " + command);
            return true;
        }
        finally
        {
            killing.Wait();
        }
    }

    private void CheckFiles(string source, string export, IReadOnlyList<string> contents)
    {
        var archived = Path.Combine(round.File("archive"), "second.db");
        Round.Expect(
            (File.Exists(round.File("second.db")) && Hash(round.File("second.db")) == source) || (File.Exists(archived) && Hash(archived) == source),
            "The source is whole in no place.");
        Round.Expect(File.Exists(round.File("loads.csv")) && Hash(round.File("loads.csv")) == export, "The export is not the one before, nor the new one.");
        var backups = Directory.GetFiles(round.File("backups"), "*.db");
        Round.Expect(backups.Length >= 2, $"{backups.Length} backups are left.");
        Round.Expect(backups.All(backup => StoreContents.AllButHistory(backup).SequenceEqual(contents)), "A backup does not hold the store.");
    }

    private void Finish(string command, string run, string source, string export)
    {
        // The kill may have come when everything was done, and only the answer was missing.
        var done = command switch
        {
            "undo" => "RunNotUndoable",
            "archive" when !File.Exists(round.File("second.db")) => "SourceNotFound",
            _ => null,
        };
        var reply = workers.Current.Run(round.Folder, s_commands[command], run);
        Round.Expect(reply.Errors.All(error => error.Id == done), $"{command} fails after a kill: {reply.ErrorText}");
        if (command == "archive")
            Round.Expect(!File.Exists(round.File("second.db")) && Hash(Path.Combine(round.File("archive"), "second.db")) == source, "The source was not archived.");
        Round.Expect(Hash(round.File("loads.csv")) == export || command == "undo", "The export is another one.");
        var left = Directory.EnumerateFileSystemEntries(round.Folder, "*", SearchOption.AllDirectories)
            .Where(entry => entry.EndsWith(".tmp", StringComparison.Ordinal) || entry.EndsWith(".partial", StringComparison.Ordinal) || entry.EndsWith(".wal", StringComparison.Ordinal)).ToList();
        // A command that only reads leaves what a killed one has spilled to the next load.
        Succeed("Invoke-SilverAuditEtl first.db -NoLog");
        left.RemoveAll(entry => !Path.Exists(entry));
        Round.Expect(left.Count == 0, $"After a kill during {command} is left: {string.Join(", ", left)}.");
    }

    private WorkerReply Succeed(string script)
    {
        var reply = workers.Current.Run(round.Folder, script);
        Round.Expect(reply.Errors.Count == 0, $"{script} failed: {reply.ErrorText}");
        return reply;
    }

    private static string Hash(string path) => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path)));
}
