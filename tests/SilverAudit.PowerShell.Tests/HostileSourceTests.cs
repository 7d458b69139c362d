using System.Globalization;
using System.Management.Automation;

namespace SilverAudit.PowerShell.Tests;

/// <summary>A source is data. Whatever else a file holds does nothing, and stands for nothing.</summary>
public sealed class HostileSourceTests : IDisposable
{
    private const string Secret = "the-secret-of-the-host";

    private readonly Module _module = new();

    private string Store => _module.File("silver_metadata.db");

    private string Source => _module.File("source.db");

    public void Dispose() => _module.Dispose();

    [Theory]
    [InlineData("read_csv('{0}')")]
    [InlineData("read_blob('{0}')")]
    [InlineData("glob('{1}/*')")]
    [InlineData("duckdb_databases()")]
    [InlineData("duckdb_secrets()")]
    public void A_view_is_refused_whatever_it_would_read(string expression)
    {
        var bait = _module.File("bait.csv");
        File.WriteAllText(bait, $"load_id\n{Secret}\n");
        HostileSource.CreateView(Source, string.Format(CultureInfo.InvariantCulture, expression, bait, _module.Folder.Location));

        foreach (var parameters in new[] { "", "-WhatIf" })
        {
            Assert.DoesNotContain(Secret, Refused(parameters), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_view_on_a_URL_is_refused()
    {
        HostileSource.CreateViewOnUrl(Source);

        Assert.Contains("is a view", Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_name_of_a_file_is_no_table_even_if_the_engine_could_read_that_file()
    {
        Staging.Create(Source, "LOAD_1");
        var bait = _module.File("bait.csv");
        File.WriteAllText(bait, $"load_id\n{Secret}\n");

        foreach (var table in new[] { bait, "bait.csv", $"read_csv('{bait}')", "duckdb_tables", "information_schema.tables", "store.main.silver_staging_audit", "pg_catalog.pg_class" })
        {
            var outcome = _module.Run("Invoke-SilverAuditEtl source.db -SourceTable $args[0] -NoLog", table);

            Assert.Equal((table, "SourceTableMissing"), (table, outcome.ErrorId));
        }
    }

    [Fact]
    public void Objects_named_like_those_of_the_engine_and_of_this_module_change_nothing()
    {
        string[] values = ["'A', 'scopus', '{\"a\":1}', 'one', 1.5, NULL", "'B', NULL, '{}', 'two', 'NaN', 7"];
        string[] table =
        [
            "CREATE TABLE silver_temp_audit (load_id VARCHAR, data_source VARCHAR COLLATE NOCASE, dq_report JSON, extra VARCHAR, ratio DOUBLE, number INTEGER)",
            .. values.Select(row => $"INSERT INTO silver_temp_audit VALUES ({row})"),
            "INSERT INTO silver_temp_audit VALUES (' ', NULL, NULL, NULL, NULL, NULL)",
        ];
        var plain = Staging.CreateWith(_module.File("plain.db"), table);
        Staging.CreateWith(Source, [.. table, .. HostileSource.Impostors]);
        const string Script =
            """
            Invoke-SilverAuditEtl $args[0] -Destination $args[1] -NoLog -InvalidRow Reject | ForEach-Object Message
            Compare-SilverAuditSource $args[0] -Destination $args[1] -Summary |
                ForEach-Object { "$($_.SourceRows) $($_.SourceOnly) $($_.Changed) $($_.Equal) $($_.DestinationOnly) $($_.SourceChecksum) $($_.DestinationChecksum)" }
            """;

        var expected = _module.Succeed(Script, plain, "plain store");
        var actual = _module.Succeed(Script, Source, "store");

        Assert.Equal(expected.Select(item => item.ToString()), actual.Select(item => item.ToString()));
        Assert.Equal(LoadsOf("plain store"), LoadsOf("store"));
        Assert.Equal(["A", "B"], StoreContents.LoadIds(_module.File("store")));
    }

    [Fact]
    public void Columns_that_are_computed_from_their_row_are_read_like_others()
    {
        Staging.CreateWith(
            Source,
            """
            CREATE TABLE silver_temp_audit (
                load_id VARCHAR, data_source VARCHAR AS (upper(load_id)), extra INTEGER AS (CASE WHEN length(load_id) IN (1, 2) THEN 1 ELSE 2 END),
                "nextval (" VARCHAR AS (nullif(list_string_agg([load_id, 'random()', 'it''s']), '')), price DECIMAL(10, 2) AS (1.5))
            """,
            "INSERT INTO silver_temp_audit VALUES ('a'), ('long')");

        Assert.Equal((2, 2, 0, 0, 0, 0), _module.Load(Source).Counts());
        Assert.Equal(["A", "LONG"], StoreContents.Texts(Store, "SELECT data_source FROM silver_staging_audit ORDER BY load_id"));
        Assert.Equal("a,random(),it's", StoreContents.RescuedValue(Store, "a", "nextval ("));
        Assert.Equal((2, 0, 0, 2, 0, 0), _module.Load(Source).Counts());
    }

    [Theory]
    [InlineData("nextval('store.main.tickets')", "nextval")]
    [InlineData("\"nextval\" ('store.main.tickets')", "nextval")]
    [InlineData("random()", "random")]
    [InlineData("error('Corrupt database file')", "error")]
    [InlineData("pg_sleep(1000000)", "sleep_ms")]
    [InlineData("write_log(load_id)", "write_log")]
    [InlineData("upper(lower(uuid()::VARCHAR))", "uuid")]
    public void Columns_that_are_computed_with_more_than_their_row_are_refused_and_nothing_of_them_runs(string expression, string function)
    {
        _module.Load(Staging.Create(_module.File("good.db"), "LOAD_1"));
        Database.Execute(Store, "CREATE SEQUENCE tickets");
        Database.Execute(
            _module.File("workshop.db"),
            $"ATTACH '{Source}' AS store (TYPE duckdb)",
            "CREATE SEQUENCE store.main.tickets",
            $"CREATE TABLE store.main.silver_temp_audit (load_id VARCHAR, extra VARCHAR AS ({expression}))",
            "DETACH store");
        var before = StoreContents.AllButHistory(Store);

        Assert.Contains($"computes columns with {function}", Refused(), StringComparison.Ordinal);

        Assert.Equal(before, StoreContents.AllButHistory(Store));
        Assert.Equal(1L, Database.Scalar<long>(Store, "SELECT start_value FROM duckdb_sequences() WHERE sequence_name = 'tickets' AND last_value IS NULL"));
    }

    [Fact]
    public void A_function_of_an_extension_is_refused_and_the_extension_is_not_looked_for()
    {
        HostileSource.CreateWithExtensionFunction(Source);

        var message = Refused();

        // With automatic loading the engine would complain of the extension, which it could not load or install.
        Assert.Contains("Scalar Function with name \"html_escape\" is not in the catalog", message, StringComparison.Ordinal);
        Assert.Contains("Nothing is installed or loaded", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Constraints_defaults_sequences_and_indexes_of_a_table_do_not_matter()
    {
        Staging.CreateWith(
            Source,
            "CREATE SEQUENCE numbers", "CREATE TABLE parent (id INTEGER PRIMARY KEY)", "INSERT INTO parent VALUES (1)",
            """
            CREATE TABLE silver_temp_audit (
                load_id VARCHAR UNIQUE NOT NULL CHECK (length(load_id) > 1), data_source VARCHAR DEFAULT ('de' || 'fault'),
                extra INTEGER REFERENCES parent (id), number BIGINT DEFAULT nextval('numbers'))
            """,
            "CREATE INDEX by_expression ON silver_temp_audit (lower(load_id), (extra + 1))",
            "INSERT INTO silver_temp_audit (load_id, extra) VALUES ('LOAD_1', 1)");

        Assert.Equal((1, 1, 0, 0, 0, 0), _module.Load(Source).Counts());
        Assert.Equal("""{"extra":1,"number":1}""", StoreContents.Rescued(Store, "LOAD_1"));
    }

    [Fact]
    public void A_table_of_thousands_of_columns_is_loaded_with_every_value()
    {
        const int Count = 3000;
        var columns = Enumerable.Range(0, Count).Select(number => $"c{number} VARCHAR");
        var values = Enumerable.Range(0, Count).Select(number => $"'v{number}'");
        Staging.CreateWith(
            Source,
            $"CREATE TABLE silver_temp_audit (load_id VARCHAR, {string.Join(", ", columns)})",
            $"INSERT INTO silver_temp_audit VALUES ('LOAD_1', {string.Join(", ", values)})");

        Assert.Equal((1, 1, 0, 0, 0, 0), _module.Load(Source).Counts());
        Assert.Equal(
            "{" + string.Join(",", Enumerable.Range(0, Count).Select(number => $"\"c{number}\":\"v{number}\"")) + "}",
            StoreContents.Rescued(Store, "LOAD_1"));
    }

    [Fact]
    public void Deeply_nested_types_and_endless_names_are_loaded()
    {
        const int Depth = 100;
        var name = new string('n', 10_000);
        var type = string.Concat(Enumerable.Repeat("STRUCT(\"a\"\"b\" ", Depth)) + "INTEGER[]" + new string(')', Depth);
        var value = string.Concat(Enumerable.Repeat("struct_pack(\"a\"\"b\" := ", Depth)) + "[1, NULL]" + new string(')', Depth);
        Staging.CreateWith(
            Source,
            $"CREATE TABLE silver_temp_audit (load_id VARCHAR, deep {type}, \"{name}\" MAP(VARCHAR, UNION(number INTEGER, word VARCHAR)))",
            $"INSERT INTO silver_temp_audit VALUES ('LOAD_1', {value}, MAP {{'k': 'w'}})");

        Assert.Equal((1, 1, 0, 0, 0, 0), _module.Load(Source).Counts());
        var deep = string.Concat(Enumerable.Repeat("{\"a\\\"b\":", Depth)) + "[1,null]" + new string('}', Depth);
        Assert.StartsWith($$"""{"deep":{{deep}},"{{name}}":{"k":""", StoreContents.Rescued(Store, "LOAD_1"), StringComparison.Ordinal);
    }

    [LinuxFact("/proc tells what this process has read.")]
    public void A_file_of_four_gigabytes_without_load_ids_is_refused_and_not_read()
    {
        const long Size = 4L << 30;
        Staging.CreateWith(Source, "CREATE TABLE silver_temp_audit AS SELECT range AS id FROM range(100000)");
        using (var file = File.OpenWrite(Source))
        {
            file.SetLength(Size);
        }

        var nothing = _module.File("nothing.db");
        using (var file = File.Create(nothing))
        {
            file.SetLength(Size);
        }

        var before = BytesRead();
        FailedLoad.Expect(_module, Source, "SourceKeyMissing", ErrorCategory.ObjectNotFound, Source);
        FailedLoad.Expect(_module, nothing, "SourceNotDatabase", ErrorCategory.InvalidType, nothing);

        Assert.InRange(BytesRead() - before, 0, Size / 8);
    }

    private string Refused(string parameters = "") =>
        FailedLoad.Expect(_module, Source, "SourceNotBaseTable", ErrorCategory.InvalidType, Source, parameters);

    private IReadOnlyList<string> LoadsOf(string store) => StoreContents.Texts(
        _module.File(store),
        """
        SELECT concat_ws(' | ', load_id, data_source, dq_report, (SELECT rescued FROM silver_audit.rescued_data AS r WHERE r.load_id = s.load_id))
        FROM silver_staging_audit AS s UNION ALL SELECT reason || row FROM silver_audit.rejected_row ORDER BY ALL
        """);

    private static long BytesRead() => long.Parse(
        File.ReadLines("/proc/self/io").First(line => line.StartsWith("rchar:", StringComparison.Ordinal))["rchar:".Length..], CultureInfo.InvariantCulture);
}
