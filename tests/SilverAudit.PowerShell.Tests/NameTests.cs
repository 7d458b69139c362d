namespace SilverAudit.PowerShell.Tests;

public sealed class NameTests : IDisposable
{
    private const string Injection = """x"; DROP TABLE silver_temp_audit; --""";

    private static readonly string[] s_fileNames =
    [
        "it's", "''", "it’s “curly”", "a;b", "two  words", "[brackets]", "[", "$dollar $(1) ${x}", "`backtick`", "100%", "%s%d",
        "{braces} {0}", "müßig", "日本", "🦆",
        "-dash", "--", "#hash", "&amp", "comma,name", "(paren)", "@at", "~tilde", "select", "a.b.c", " leading",
    ];

    private static readonly string[] s_tableNames = [.. s_fileNames, "say \"hi\"", "\"", "a/b", "back\\slash", "line\nbreak", "*", "?", "collate", Injection];

    private readonly Module _module = new();

    public static TheoryData<string> FileNames => [.. s_fileNames];

    public static TheoryData<string> TableNames => [.. s_tableNames];

    public void Dispose() => _module.Dispose();

    [Theory]
    [MemberData(nameof(FileNames))]
    public void Files_of_any_name_load_and_reload(string name)
    {
        var source = Staging.Create(_module.File(name + ".db"), "LOAD_1", "LOAD_2");
        var store = _module.File(name + " store");
        var before = File.ReadAllBytes(source);
        const string Script = "Invoke-SilverAuditEtl -LiteralPath $args[0] -Destination $args[1] -LogPath $args[2]";

        var result = Assert.Single(_module.Succeed(Script, name + ".db", name + " store", name + ".log"));

        Assert.Equal((2, 2, 0, 0, 0, 0), result.Counts());
        Assert.Equal((source, store), (result.Text("Source"), result.Text("Destination")));
        Assert.Equal(["LOAD_1", "LOAD_2"], StoreContents.LoadIds(store));
        Assert.Equal(source, Database.Scalar<string>(store, "SELECT DISTINCT source FROM silver_audit.rescued_data JOIN silver_audit.etl_run USING (run_id)"));
        Assert.Equal((2, 0, 0, 2, 0, 0), Assert.Single(_module.Succeed(Script, name + ".db", name + " store", name + ".log")).Counts());
        Assert.Equal(2, _module.Succeed("Get-SilverAuditLoad -Destination $args[0]", name + " store").Count);
        Assert.Equal(before, File.ReadAllBytes(source));
        Assert.Equal(
            new[] { name + ".db", name + " store", name + ".log" }.Order(StringComparer.Ordinal),
            Directory.GetFileSystemEntries(_module.Folder.Location).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Files_of_any_name_load_from_the_pipeline()
    {
        var sources = s_fileNames
            .Select((name, index) => new FileInfo(Staging.Create(_module.File(name + ".db"), $"LOAD_{index:00}"))).ToArray();

        var results = _module.Succeed("$args[0] | Invoke-SilverAuditEtl -NoLog", (object)sources);

        Assert.Equal(
            sources.Select(source => (source.FullName, "AllNew")),
            results.Select(result => (result.Text("Source"), result.Text("Status"))));
        Assert.Equal(s_fileNames.Select((_, index) => $"LOAD_{index:00}"), StoreContents.LoadIds(_module.File("silver_metadata.db")));
    }

    [Theory]
    [MemberData(nameof(FileNames))]
    public void A_broken_file_of_any_name_is_reported_under_it(string name)
    {
        File.WriteAllText(_module.File(name), "no database");

        var outcome = _module.Run("Invoke-SilverAuditEtl -LiteralPath $args[0] -NoLog", name);

        Assert.Equal("SourceNotDatabase", outcome.ErrorId);
        Assert.Equal(_module.File(name), outcome.Errors[0].TargetObject);
        Assert.Contains($"'{_module.File(name)}'", outcome.Errors[0].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Wildcards_find_a_file_of_any_name()
    {
        foreach (var (name, index) in s_fileNames.Select((name, index) => (name, index)))
            Staging.Create(_module.File(name + ".db"), $"LOAD_{index:00}");

        var results = _module.Succeed("Invoke-SilverAuditEtl *.db -NoLog");

        Assert.Equal(s_fileNames.Length, results.Count);
        Assert.Equal(s_fileNames.Length, StoreContents.LoadIds(_module.File("silver_metadata.db")).Count);
    }

    [Theory]
    [MemberData(nameof(TableNames))]
    public void Tables_of_any_name_load_reload_and_reprocess(string name)
    {
        var source = Staging.Create(_module.File("source.db"), "LOAD_1", "LOAD_2");
        Database.Execute(source, $"CREATE TABLE {Quote(name)} AS FROM silver_temp_audit");
        var store = _module.File("silver_metadata.db");
        const string Script = "Invoke-SilverAuditEtl -LiteralPath $args[0] -SourceTable $args[1] -DestinationTable $args[1] -NoLog";

        var result = Assert.Single(_module.Succeed(Script, source, name));

        Assert.Equal((2, 2, 0, 0, 0, 0), result.Counts());
        Assert.Equal((name, name), (result.Text("SourceTable"), result.Text("DestinationTable")));
        Assert.Equal(["LOAD_1", "LOAD_2"], StoreContents.LoadIds(store, name));
        Assert.Equal([name], TablesOf(store));
        Database.Execute(source, $"UPDATE {Quote(name)} SET validation_status = 'FAILED' WHERE load_id = 'LOAD_2'");
        Assert.Equal((2, 0, 0, 2, 1, 0), Assert.Single(_module.Succeed(Script, source, name)).Counts());
        Assert.Equal((2, 0, 1, 1, 0, 0), Assert.Single(_module.Succeed(Script + " -Reprocess -Reason $args[1]", source, name)).Counts());
        Assert.Equal(
            ["LOAD_2"],
            _module.Succeed("Get-SilverAuditLoad -DestinationTable $args[0] -Reprocessed", name).Select(load => load.Text("LoadId")));
        Assert.Equal(((string[])[name, "silver_temp_audit"]).Order(StringComparer.Ordinal), TablesOf(source).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(TableNames))]
    public void A_table_of_any_name_that_is_not_there_is_reported_under_it(string name)
    {
        var source = Staging.Create(_module.File("source.db"), "LOAD_1");

        var outcome = _module.Run("Invoke-SilverAuditEtl -LiteralPath $args[0] -SourceTable $args[1] -NoLog", source, name);

        Assert.Equal("SourceTableMissing", outcome.ErrorId);
        Assert.StartsWith(
            $"There is no table '{name.Replace("\n", "\\n", StringComparison.Ordinal)}' in '{source}'; it has: silver_temp_audit.",
            outcome.Errors[0].ToString(),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Tables_whose_names_differ_by_more_than_ASCII_case_are_told_apart()
    {
        var source = Staging.Create(_module.File("source.db"), "LOAD_1");
        Database.Execute(
            source,
            "CREATE TABLE \"ÄRZTE\" AS SELECT 'UPPER' AS load_id", "CREATE TABLE \"ärzte\" AS SELECT 'LOWER' AS load_id");

        _module.Load(source, "-SourceTable 'ÄRZTE' -DestinationTable upper_audit");
        _module.Load(source, "-SourceTable 'ärzte' -DestinationTable lower_audit");

        Assert.Equal(["UPPER"], StoreContents.LoadIds(_module.File("silver_metadata.db"), "upper_audit"));
        Assert.Equal(["LOWER"], StoreContents.LoadIds(_module.File("silver_metadata.db"), "lower_audit"));
    }

    private static IReadOnlyList<string> TablesOf(string path) =>
        StoreContents.Texts(path, "SELECT table_name FROM duckdb_tables() WHERE database_name = 'test_file' AND schema_name = 'main'");

    private static string Quote(string name) => '"' + name.Replace("\"", "\"\"", StringComparison.Ordinal) + '"';
}
