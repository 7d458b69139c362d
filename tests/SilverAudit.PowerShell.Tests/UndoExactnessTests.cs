using System.Management.Automation;

namespace SilverAudit.PowerShell.Tests;

/// <summary>Values that the engine rounds, cuts off or writes in its own way: an undo gives them back byte for byte.</summary>
public sealed class UndoExactnessTests : IDisposable
{
    private static readonly string[] s_texts =
    [
        "'plain'", "''", "' null'", "'null'", "'\"quoted\\'", "'a' || chr(0) || 'b'", "chr(0)", "'line' || chr(10) || chr(13) || chr(9) || chr(1) || chr(127)",
        "'é ß 日本 ' || chr(128512) || chr(8232) || chr(65533)", "'{\"a\":1}'", "'true'", "'-0.10'", "repeat('long ', 2000)",
    ];

    private static readonly string[] s_json =
    [
        """'{"a":  0.1000000000000000055511151231257827, "a":1.50}'""", "'[1.0,1.00,1e2,-0,12345678901234567890123456789]'", "' [ ] '", "'null'", "' null'", "'null '",
        """'{ "b" : NaN, "c": [Infinity,], }'""", """'"\u0000 } , \" ] \\"'""", """'"text"'""", "'true'", "'{\"nested\":' || repeat('[', 200) || repeat(']', 200) || '}'",
        "'[' || chr(10) || chr(9) || '1]'",
    ];

    private static readonly (string Type, string[] Values)[] s_columns =
    [
        ("VARCHAR", s_texts),
        ("JSON", s_json),
        ("DOUBLE", ["'nan'", "'inf'", "'-inf'", "5e-324", "1.7976931348623157e308", "0.1", "1e22", "123456789012345680000", "-3"]),
        ("FLOAT", ["'nan'", "'inf'", "'-inf'", "1e-45", "3.4028235e38", "0.1", "16777216"]),
        ("TIMESTAMP", ["'infinity'", "'-infinity'", "'2025-01-15 14:30:00.123456'", "'0044-03-15 (BC) 01:02:03.000001'", "make_timestamp(9223372036854775806)", "make_timestamp(-9223372022400000000)"]),
        ("TIMESTAMP WITH TIME ZONE", ["'infinity'", "'-infinity'", "'2025-11-02 05:30:00.000001+00'", "make_timestamptz(9223372036854775806)"]),
        ("TIMESTAMP_NS", ["'2025-01-15 14:30:00.123456789'", "'infinity'", "'2262-04-11 23:47:16.854775806'"]),
        ("TIMESTAMP_S", ["'2025-01-15 14:30:00'", "'-infinity'"]),
        ("TIMESTAMP_MS", ["'2025-01-15 14:30:00.123'", "'infinity'"]),
        ("DATE", ["'infinity'", "'-infinity'", "'5881580-07-10'", "'5877642-06-25 (BC)'", "'2025-01-15'"]),
        ("TIME", ["'24:00:00'", "'23:59:59.999999'", "'00:00:00'"]),
        ("TIME WITH TIME ZONE", ["'12:00:00.5+05:30'", "'24:00:00-15:59:59'", "'00:00:00+15:59:59'"]),
        ("INTERVAL", ["'1 year -2 days 00:00:00.000001'", "'-10 months -3 days -04:05:06.789001'", "INTERVAL 100000 HOUR"]),
        ("DECIMAL(38,10)", ["1234567890123456789012345678.1234567891", "-0.0000000001", "0"]),
        ("DECIMAL(18,3)", ["-0.001", "999999999999999.999"]),
        ("HUGEINT", ["'170141183460469231731687303715884105727'", "'-170141183460469231731687303715884105728'"]),
        ("UHUGEINT", ["'340282366920938463463374607431768211455'", "0"]),
        ("BIGINT", ["-9223372036854775808", "9007199254740993"]),
        ("UBIGINT", ["18446744073709551615", "1"]),
        ("TINYINT", ["-128", "127"]),
        ("BOOLEAN", ["TRUE", "FALSE"]),
        ("UUID", ["'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'", "'00000000-0000-0000-0000-000000000000'"]),
        ("BLOB", [@"'\x00\xFF\x22\x5C\x27abc'::BLOB", "''::BLOB", @"'\x80'::BLOB"]),
        ("BIT", ["'0101'", "'1'", "'00000000000000000'"]),
        ("STRUCT(a INTEGER, b DOUBLE)", ["{'a': 1, 'b': 0.1}", "{'a': NULL, 'b': 'nan'}"]),
        ("JSON[]", ["['1.50', NULL, ' {\"a\": 1}']", "[]"]),
        ("MAP(VARCHAR, DECIMAL(18,3))", ["MAP {'x': 1.500}"]),
        ("ENUM('low', 'high')", ["'low'", "'high'"]),
    ];

    private readonly Module _module = new();

    private string Store => _module.File("silver_metadata.db");

    public void Dispose() => _module.Dispose();

    [Theory]
    [InlineData("Rescue", 1)]
    [InlineData("Rescue", 2)]
    [InlineData("AddNewColumns", 3)]
    [InlineData("AddNewColumns", 4)]
    [InlineData("AddNewColumns", 5)]
    public void Loads_of_any_values_are_after_each_undo_what_they_were_before_the_run(string policy, int seed)
    {
        var random = new Random(seed);
        var source = _module.File("source.db");
        var states = new List<IReadOnlyList<string>> { Array.Empty<string>() };
        var runs = new List<PSObject>();
        foreach (var columns in new[] { 10, s_columns.Length, s_columns.Length, 18 })
        {
            CreateSource(source, random, columns);
            runs.Add(_module.Load(source, $"-SchemaEvolution {policy} -Reprocess -Reason 'run {runs.Count}'"));
            states.Add(StoreContents.Bytes(Store));
        }

        Assert.All(runs.Skip(1), run => Assert.InRange(run.Value<long>("UpdatedRows"), 1, 12));
        Assert.Contains(runs.Skip(1), run => run.Value<long>("InsertedRows") > 0);

        for (var last = runs.Count - 1; last >= 0; last--)
        {
            _module.Undo(runs[last], random.Next(3) == 0 ? "-Isolated" : "");
            Assert.Equal(states[last], StoreContents.Bytes(Store));
        }
    }

    [Fact]
    public void A_JSON_null_and_a_missing_value_stay_apart()
    {
        var source = Staging.CreateWith(
            _module.File("source.db"), "CREATE TABLE silver_temp_audit (load_id VARCHAR, dq_report JSON)",
            "INSERT INTO silver_temp_audit VALUES ('LOAD_1', 'null'), ('LOAD_2', NULL), ('LOAD_3', ' null'), ('LOAD_4', '  null'), ('LOAD_5', 'null ')");
        _module.Load(source);
        Database.Execute(source, "UPDATE silver_temp_audit SET dq_report = '[]'");
        var run = _module.Load(source, "-Reprocess -Reason 'all of them'");
        Assert.Equal(
            5, Database.Scalar<int>(Store, "SELECT count(*) FROM silver_audit.superseded_load WHERE previous->>'dq_report' IS NULL AND json_exists(previous, '$.dq_report')"));

        _module.Undo(run);

        Assert.Equal(
            ["null", null, " null", "  null", "null "],
            Database.Query(Store, "SELECT CAST(dq_report AS VARCHAR) FROM silver_staging_audit ORDER BY load_id").Select(row => row[0]));
    }

    [Fact]
    public void More_versions_than_are_read_at_a_time_come_back()
    {
        var source = Staging.CreateMany(_module.File("source.db"), 1_203);
        _module.Load(source);
        var before = StoreContents.Bytes(Store);
        Database.Execute(source, "UPDATE silver_temp_audit SET validation_summary = 'other', ingestion_time = ingestion_time / 3, payload_files = '[]' WHERE load_id <> 'LOAD_7'");

        var undo = _module.Undo(_module.Load(source, "-Reprocess -Reason 'nearly all'"));

        Assert.Equal(1_202, undo.Value<long>("RestoredLoads"));
        Assert.Equal(before, StoreContents.Bytes(Store));
    }

    [Fact]
    public void Columns_of_a_store_whose_names_are_spelled_in_another_way_come_back()
    {
        var source = Staging.Create(_module.File("source.db"), "LOAD_1");
        _module.Load(source);
        Database.Execute(
            Store, "CREATE OR REPLACE TABLE silver_staging_audit AS FROM silver_staging_audit",
            "ALTER TABLE silver_staging_audit RENAME original_processing_timestamp TO \"Original_Processing_Timestamp\"",
            "ALTER TABLE silver_staging_audit RENAME validation_status TO \"VALIDATION_STATUS\"",
            "ALTER TABLE silver_staging_audit ADD COLUMN \"it's \"\"a/b~c\"\"\" VARCHAR DEFAULT 'kept'",
            "ALTER TABLE silver_staging_audit ADD COLUMN parts STRUCT(a INTEGER, b INTEGER[]) DEFAULT {'a': 1, 'b': [2]}",
            "ALTER TABLE silver_staging_audit ADD PRIMARY KEY (load_id)");
        var before = StoreContents.Bytes(Store);
        Database.Execute(source, "UPDATE silver_temp_audit SET validation_status = 'FAILED'");

        _module.Undo(_module.Load(source, "-Reprocess -Reason 'validated again'"));

        Assert.Equal(before, StoreContents.Bytes(Store));
    }

    /// <summary>Loads out of a few, with some of the columns, each value one of those that its type has or NULL.</summary>
    private static void CreateSource(string path, Random random, int columns)
    {
        string[] loadIds = ["'LOAD_1'", "'LOAD_2'", "'it''s'", "'a' || chr(0)", "'a' || chr(0) || 'b'", "'é' || chr(128512)", "'7'", "'8'", "'9'", "'10'", "'11'", "'12'"];
        var extras = s_columns.Take(columns).ToList();
        var rows = loadIds.Where(_ => random.Next(5) > 0).Select(id =>
            $"({id}, {Pick(s_texts)}, {Pick(s_json)}, {Pick(s_columns[2].Values)}, {Pick(s_columns[4].Values)}, {string.Join(", ", extras.Select(column => Pick(column.Values)))})");
        File.Delete(path);
        Database.Execute(
            path,
            $"CREATE TABLE silver_temp_audit (load_id VARCHAR, validation_summary VARCHAR, dq_report JSON, ingestion_time DOUBLE, ingest_timestamp TIMESTAMP, {string.Join(", ", extras.Select((column, ordinal) => $"extra_{ordinal} {column.Type}"))})",
            $"INSERT INTO silver_temp_audit VALUES {string.Join(", ", rows)}");

        string Pick(string[] values) => random.Next(values.Length + 2) is var choice && choice < values.Length ? values[choice] : "NULL";
    }
}
