using System.Text.Json;

namespace SilverAudit.Torture.Files;

/// <summary>
/// An engine that writes a database and ends in the middle, with its log left: the one of this harness, or an older one. Older ones
/// are packages of npm, installed under the folder that <see cref="FolderVariable"/> names, each in a folder of its version.
/// </summary>
/// <param name="Version">The version of the engine.</param>
/// <param name="Folder">Where its package is; null for the harness' own.</param>
public sealed record WriterEngine(string Version, string? Folder)
{
    /// <summary>The environment variable with the folder of the older engines.</summary>
    public const string FolderVariable = "SILVER_AUDIT_ENGINES";

    private const string Program =
        """
        const { DuckDBInstance } = require(process.argv[1]);
        (async () => {
            const instance = await DuckDBInstance.create(process.argv[2]);
            const connection = await instance.connect();
            for (const statement of JSON.parse(process.argv[3])) await connection.run(statement);
            process.kill(process.pid, 'SIGKILL');
        })().catch(failure => { console.error(String(failure)); process.exit(1); });
        """;

    /// <summary>All engines of this machine.</summary>
    public static IReadOnlyList<WriterEngine> All { get; } =
    [
        new WriterEngine("own", null),
        .. Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } folder
            ? Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal).Select(engine => new WriterEngine(Path.GetFileName(engine), engine))
            : [],
    ];

    /// <summary>True when it can add a key to a table that is there: from DuckDB 1.2 on.</summary>
    public bool AddsKeys => !Version.StartsWith("1.1.", StringComparison.Ordinal);

    /// <summary>Executes statements on a database and ends without closing it.</summary>
    /// <param name="path">The database, created when it is not there.</param>
    /// <param name="statements">What to do.</param>
    public void Write(string path, params IEnumerable<string> statements)
    {
        string[] all = ["PRAGMA disable_checkpoint_on_shutdown", "SET wal_autocheckpoint = '1GB'", .. statements];
        if (Folder is null)
        {
            var open = path + ".open";
            if (File.Exists(path))
                File.Move(path, open);

            Database.WhileOpen(open, all, () =>
            {
                File.Copy(open, path);
                if (File.Exists(open + ".wal"))
                    File.Copy(open + ".wal", path + ".wal");
            });
            File.Delete(open);
            File.Delete(open + ".wal");
            return;
        }

        var (_, _, error) = ChildProcess.Complete(ChildProcess.Start(
            Folder, "node", "-e", Program, Path.Combine(Folder, "node_modules", "@duckdb", "node-api"), path, JsonSerializer.Serialize(all)));
        Round.Expect(error.Length == 0, $"The engine {Version} failed: {error}");
    }
}
