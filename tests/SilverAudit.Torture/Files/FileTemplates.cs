using DuckDB.NET.Data;

namespace SilverAudit.Torture.Files;

/// <summary>Sound files, to be copied and damaged.</summary>
public sealed class FileTemplates : IDisposable
{
    /// <summary>A file beside the others that can't be opened without a key.</summary>
    public const string Encrypted = "encrypted.db";

    private readonly TemporaryFolder _folder = new();

    public FileTemplates()
    {
        Sources =
        [
            Staging.CreateMany(_folder.File("small.db"), 40),
            Staging.CreateMany(_folder.File("large.db"), 3000, from: 1001),
            CreateWithLog("logged.db", path =>
            {
                Staging.CreateMany(path, 10, from: 5001);
                return [.. Enumerable.Range(1, 20).Select(number => Staging.Insert("LOGGED_" + number))];
            }),
            CreateWithSmallBlocks(),
        ];
        WithLog = _folder.File("logged.db");
        StoreWithLog = _folder.File("logged-store.db");
        Extra = Staging.Create(_folder.File("extra.db"), "EXTRA_1", "EXTRA_2", "EXTRA_3");
        Stores = [CreateStore("store.db"), CreateStoreWithLog()];
        CreateEncrypted();
    }

    /// <summary>Sources of several kinds; their loads differ.</summary>
    public IReadOnlyList<string> Sources { get; }

    /// <summary>The source that has a <c>.wal</c> beside it.</summary>
    public string WithLog { get; }

    /// <summary>The store that has a <c>.wal</c> beside it.</summary>
    public string StoreWithLog { get; }

    /// <summary>A source whose loads are in none of the stores.</summary>
    public string Extra { get; }

    /// <summary>Stores with rows in every table.</summary>
    public IReadOnlyList<string> Stores { get; }

    /// <summary>Copies a file and, if there is one, its <c>.wal</c>.</summary>
    public static void Copy(string file, string target)
    {
        File.Copy(file, target);
        if (File.Exists(file + ".wal"))
            File.Copy(file + ".wal", target + ".wal");
    }

    public void Dispose() => _folder.Dispose();

    private string CreateStore(string name)
    {
        var store = _folder.File(name);
        var first = Staging.Create(_folder.File(name + ".first.db"), "STORED_1", "STORED_2", "STORED_3");
        using var module = new Module();
        module.Load(first, $"-Destination {store}");
        Database.Execute(
            first, "UPDATE silver_temp_audit SET validation_summary = 'changed' WHERE load_id = 'STORED_2'",
            "ALTER TABLE silver_temp_audit DROP COLUMN validation_errors", "ALTER TABLE silver_temp_audit ADD COLUMN validation_errors VARCHAR",
            "UPDATE silver_temp_audit SET validation_errors = 'no JSON' WHERE load_id = 'STORED_3'");
        module.Load(first, $"-Destination {store} -Reprocess -Reason test -InvalidRow Reject");
        module.Load(Staging.CreateMany(_folder.File(name + ".second.db"), 200, from: 10_001), $"-Destination {store}");
        return store;
    }

    private string CreateStoreWithLog()
    {
        var store = CreateStore("logged-store.db.whole");
        return CreateWithLog("logged-store.db", path =>
        {
            File.Copy(store, path);
            return [
                "INSERT INTO silver_staging_audit SELECT * REPLACE ('FROM_LOG_' || load_id AS load_id) FROM silver_staging_audit LIMIT 5",
                "INSERT INTO silver_audit.etl_run SELECT * REPLACE (uuid() AS run_id) FROM silver_audit.etl_run LIMIT 1"];
        });
    }

    /// <summary>A file whose last changes are in its <c>.wal</c> only, as a killed process leaves it.</summary>
    private string CreateWithLog(string name, Func<string, string[]> prepare)
    {
        var open = _folder.File("open-" + name);
        var file = _folder.File(name);
        Database.WhileOpen(open, prepare(open), () => Copy(open, file));
        return file;
    }

    private string CreateWithSmallBlocks()
    {
        var file = _folder.File("blocks.db");
        Execute(
            $"ATTACH '{file}' AS small (TYPE duckdb, BLOCK_SIZE 16384)", $"ATTACH '{_folder.File("large.db")}' AS large (TYPE duckdb, READ_ONLY)",
            "USE small", Staging.CreateTable, "INSERT INTO silver_temp_audit SELECT * REPLACE ('BLOCK_' || load_id AS load_id) FROM large.silver_temp_audit LIMIT 500");
        return file;
    }

    private void CreateEncrypted() => Execute(
        "SET force_mbedtls_unsafe = true", $"ATTACH '{_folder.File(Encrypted)}' AS encrypted (TYPE duckdb, ENCRYPTION_KEY 'not to be known')",
        "USE encrypted", Staging.CreateTable);

    private static void Execute(params string[] statements)
    {
        using var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        foreach (var statement in statements)
        {
            using var command = connection.CreateCommand();
            command.CommandText = statement;
            command.ExecuteNonQuery();
        }
    }
}
