using System.Text.RegularExpressions;

namespace SilverAudit.PowerShell.Tests;

/// <summary>
/// What a source may never do: open another file, write anywhere but to the store, reach the network, load an extension. Watched
/// from outside, by the calls that the process makes.
/// </summary>
public sealed partial class ConfinementTests : IDisposable
{
    private const string Bait = "bait-of-the-test";

    /// <summary>What the tracer writes where another thread came in between a call and its result.</summary>
    private const string Interrupted = " <unfinished ...>";

    private const string Script =
        """
        Invoke-SilverAuditEtl sources/*.db -Destination store/store.db -LogPath logs/etl.log -WhatIf -ErrorAction SilentlyContinue | ForEach-Object { "$($_.Status) $($_.ErrorId)" }
        Invoke-SilverAuditEtl sources/*.db -Destination store/store.db -LogPath logs/etl.log -InvalidRow Reject -ErrorAction SilentlyContinue | ForEach-Object { "$($_.Status) $($_.ErrorId)" }
        Compare-SilverAuditSource sources/*.db -Destination store/store.db -ErrorAction SilentlyContinue | ForEach-Object LoadId
        Get-SilverAuditLoad -Destination store/store.db | ForEach-Object LoadId
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TracerFact]
    public void Hostile_sources_make_the_process_do_nothing_that_harmless_ones_do_not()
    {
        var harmless = Watch("harmless", sources => Staging.Create(Path.Combine(sources, "1.db"), "LOAD_1", " "));
        var hostile = Watch("hostile", CreateHostileSources);

        Assert.Contains("\"FOLDER/store/store.db\"", harmless.Writes);
        Assert.DoesNotContain(hostile.Writes, call => !Permitted().IsMatch(call));
        Assert.Empty(hostile.Network.Except(harmless.Network));
        // The runtime asks with a socket whether there is a network; it talks to nobody.
        Assert.DoesNotContain(hostile.Network, call => call.Contains("AF_INET", StringComparison.Ordinal) && !call.StartsWith("socket", StringComparison.Ordinal));
        Assert.DoesNotContain(hostile.Calls, call => call.Contains(Bait, StringComparison.Ordinal));
        Assert.DoesNotContain(hostile.Calls, call => call.Contains("/.duckdb", StringComparison.Ordinal));
        Assert.DoesNotContain(hostile.Calls, call => call.Contains("duckdb_extension", StringComparison.Ordinal));
    }

    private void CreateHostileSources(string sources)
    {
        var baits = Directory.CreateDirectory(_folder.File(Bait)).FullName;
        var (csv, text, database) = (Path.Combine(baits, "bait.csv"), Path.Combine(baits, "bait.txt"), Path.Combine(baits, "bait.db"));
        File.WriteAllText(csv, "load_id\nLOAD_1\n");
        File.WriteAllText(text, "LOAD_1");
        Staging.Create(database, "LOAD_1");

        HostileSource.CreateView(Path.Combine(sources, "view-csv.db"), $"read_csv('{csv}')");
        HostileSource.CreateView(Path.Combine(sources, "view-text.db"), $"read_text('{text}')");
        HostileSource.CreateView(Path.Combine(sources, "view-glob.db"), $"glob('{baits}/*')");
        HostileSource.CreateViewOnUrl(Path.Combine(sources, "view-url.db"));
        HostileSource.CreateWithExtensionFunction(Path.Combine(sources, "extension.db"));
        Database.Execute(
            Path.Combine(_folder.Location, "workshop.db"),
            $"ATTACH '{database}' AS bait", $"ATTACH '{Path.Combine(sources, "view-database.db")}' AS hostile",
            "CREATE VIEW hostile.silver_temp_audit AS SELECT * FROM bait.silver_temp_audit", "DETACH hostile");
        Staging.Create(Path.Combine(sources, "impostors.db"), "LOAD_1", " ");
        Database.Execute(
            Path.Combine(sources, "impostors.db"),
            [
                .. HostileSource.Impostors,
                $"CREATE OR REPLACE MACRO json_valid(x) AS (SELECT count(*) FROM read_csv('{csv}')) > 0",
                $"CREATE OR REPLACE MACRO to_json(x) AS (SELECT content FROM read_text('{text}'))",
            ]);
        Staging.CreateWith(
            Path.Combine(sources, "collation.db"),
            "CREATE TABLE silver_temp_audit (load_id VARCHAR COLLATE de, data_source VARCHAR COLLATE NOCASE)",
            "INSERT INTO silver_temp_audit VALUES ('LOAD_2', 'scopus')");
        CreateWithLog(
            Path.Combine(sources, "log.db"),
            "CREATE OR REPLACE MACRO html_escape(x) AS x",
            $"CREATE VIEW silver_temp_audit AS SELECT * FROM read_csv('{csv}')",
            "CREATE TABLE computed (load_id VARCHAR, extra VARCHAR AS (html_escape(load_id)))",
            "CREATE INDEX by_load_id ON computed (load_id)",
            "INSERT INTO computed VALUES ('LOAD_1')");
        File.WriteAllText(Path.Combine(sources, "sqlite.db"), "SQLite format 3\0" + new string('\0', 8176));
        File.WriteAllText(Path.Combine(sources, "parquet.db"), "PAR1" + new string('\0', 8176) + "PAR1");
    }

    /// <summary>A source whose objects are in its log only, which the engine runs again when it opens the file.</summary>
    private void CreateWithLog(string path, params string[] statements)
    {
        var original = _folder.File("with-log.db");
        Database.WhileOpen(original, statements, () =>
        {
            File.Copy(original, path);
            File.Copy(original + ".wal", path + ".wal");
        });
    }

    private TracedCalls Watch(string name, Action<string> createSources)
    {
        var folder = Directory.CreateDirectory(_folder.File(name)).FullName;
        foreach (var part in new[] { "sources", "store", "home", "tmp" })
        {
            Directory.CreateDirectory(Path.Combine(folder, part));
        }

        createSources(Path.Combine(folder, "sources"));
        var environment = new Dictionary<string, string?>
        {
            ["HOME"] = Path.Combine(folder, "home"),
            ["TMPDIR"] = Path.Combine(folder, "tmp"),
            ["POWERSHELL_TELEMETRY_OPTOUT"] = "1",
        };
        // Numbers of processes and the like differ from run to run.
        var calls = Tracer.Run(folder, environment, Script)
            .Select(call => Varying().Replace(call[(call.IndexOf(' ', StringComparison.Ordinal) + 1)..].TrimStart().Replace(folder, "FOLDER", StringComparison.Ordinal), "#"))
            .ToList();
        return new TracedCalls(
            calls,
            [.. calls.Select(call => Network().Match(call.Replace(Interrupted, "", StringComparison.Ordinal)).Value).Where(call => call.Length > 0).Distinct()],
            [.. calls.Where(call => Writing().IsMatch(call)).SelectMany(call => QuotedPath().Matches(call).Select(match => match.Value)).Distinct()]);
    }

    [GeneratedRegex(@"^(socket|connect|bind|sendto|sendmsg)\([^)]*")]
    private static partial Regex Network();

    [GeneratedRegex("^(open|openat|openat2)\\(.*(O_WRONLY|O_RDWR|O_CREAT|O_TRUNC)|^(creat|unlink|unlinkat|rename|renameat|renameat2|mkdir|mkdirat|link|linkat|symlink|symlinkat|truncate|chmod|fchmodat|mknod|mknodat)\\(")]
    private static partial Regex Writing();

    [GeneratedRegex("\"[^\"]*\"")]
    private static partial Regex QuotedPath();

    [GeneratedRegex("0x[0-9a-f]+|[0-9A-F]{8}|[0-9a-f]{8}-[0-9a-f-]{27}|[0-9]+")]
    private static partial Regex Varying();

    [GeneratedRegex("^\"(FOLDER/(store/store\\.db(\\.wal|\\.[a-f#]+\\.tmp(/.*)?)?|logs(/etl\\.log)?|tmp(/.*)?|home/\\.(cache|config|local)(/.*)?|home)|/tmp/(\\.dotnet|\\.NET|clr-|dotnet-).*|/dev/.*|/proc/.*|/sys/.*)\"$")]
    private static partial Regex Permitted();

    private sealed record TracedCalls(IReadOnlyList<string> Calls, IReadOnlyList<string> Network, IReadOnlyList<string> Writes);
}
