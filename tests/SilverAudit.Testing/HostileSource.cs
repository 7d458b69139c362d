namespace SilverAudit.Testing;

/// <summary>Sources that are made to lead the engine astray.</summary>
public static class HostileSource
{
    /// <summary>What stands in the place of a URL while the view on it is created.</summary>
    private const string UrlStandIn = "local-stand-in-for-a-url.csv";
    private const string Url = "http://127.0.0.1:9/";

    /// <summary>
    /// Objects that a file may hold to be taken for what the engine or this module has under these names. They belong into a file
    /// of their own, made with <see cref="Database"/>, that has its table already.
    /// </summary>
    public static IReadOnlyList<string> Impostors { get; } =
    [
        "CREATE MACRO json_valid(x) AS TRUE",
        "CREATE MACRO to_json(x) AS '\"forged\"'",
        "CREATE MACRO trim(x, y) AS ''",
        "CREATE MACRO lower(x) AS 'forged'",
        "CREATE MACRO hash(x) AS 1",
        "CREATE MACRO coalesce(x, y) AS 'forged'",
        "CREATE MACRO count(x) AS 42",
        "CREATE MACRO concat_ws(x, y) AS 'forged'",
        "CREATE MACRO isfinite(x) AS TRUE",
        "CREATE MACRO bit_xor(x) AS 1",
        "CREATE MACRO ascii(x) AS 65",
        "CREATE MACRO sha256(x) AS 'forged'",
        "CREATE MACRO decode(x) AS 'forged'",
        "CREATE MACRO encode(x) AS NULL",
        "CREATE MACRO duckdb_tables() AS TABLE SELECT 'forged' AS table_name",
        "CREATE MACRO duckdb_functions() AS TABLE SELECT 'forged' AS function_name",
        "CREATE VIEW duckdb_columns AS SELECT 'forged' AS column_name",
        "CREATE VIEW duckdb_views AS SELECT 'forged' AS view_name",
        "CREATE TABLE duckdb_constraints AS SELECT 'forged' AS constraint_name",
        "CREATE SCHEMA store",
        "CREATE TABLE test_file.store.silver_temp_audit AS SELECT 'FORGED' AS load_id",
        "CREATE SCHEMA silver_audit",
        "CREATE TABLE test_file.silver_audit.etl_run AS SELECT 'FORGED' AS run_id",
        "CREATE TABLE test_file.silver_audit.rescued_data AS SELECT 'FORGED' AS load_id, '{}' AS rescued",
        "CREATE TABLE silver_staging_audit AS SELECT 'FORGED' AS load_id",
        "CREATE SCHEMA system",
        "CREATE MACRO test_file.system.lower(x) AS 'forged'",
        "CREATE SCHEMA temp",
        "CREATE TABLE test_file.temp.silver_checked_row AS SELECT 'FORGED' AS load_id",
        "CREATE TYPE mood AS ENUM ('calm', 'cross')",
    ];

    /// <summary>Creates a source whose table is a view on a URL. The engine would not create one, so the URL is written afterwards.</summary>
    public static string CreateViewOnUrl(string path)
    {
        var standIn = Path.Combine(Path.GetDirectoryName(path)!, UrlStandIn);
        File.WriteAllText(standIn, "load_id\nLOAD_1\n");
        Database.Execute(path, "CREATE TABLE placeholder (id INTEGER)", $"CREATE VIEW silver_temp_audit AS SELECT load_id FROM read_csv('{standIn}')");
        var prefix = standIn.Length - Url.Length;
        DatabaseFile.Replace(path, standIn, Url + new string('x', prefix));
        File.Delete(standIn);
        return path;
    }

    /// <summary>
    /// Creates a source that computes a column with a function of an extension, one that the engine would fetch for it if it were
    /// allowed to. Where the file was made, a macro went by that name.
    /// </summary>
    public static string CreateWithExtensionFunction(string path, string table = "silver_temp_audit") => Staging.CreateWith(
        path,
        "CREATE MACRO html_escape(x) AS x",
        $"CREATE TABLE \"{table.Replace("\"", "\"\"", StringComparison.Ordinal)}\" (load_id VARCHAR, extra VARCHAR AS (html_escape(load_id)))");

    /// <summary>Creates a source whose table is a view, with an expression in the place of the table.</summary>
    public static string CreateView(string path, string from) => Staging.CreateWith(
        path, $"CREATE VIEW silver_temp_audit AS SELECT * FROM {from}");
}
