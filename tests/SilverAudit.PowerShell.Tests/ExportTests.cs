using System.Management.Automation;
using System.Text.Json;

namespace SilverAudit.PowerShell.Tests;

public sealed class ExportTests : IDisposable
{
    private const string Exact = "{\"number\": 0.12345678901234567890123456789,\n \"text\": \"a\\nb \\u00e9 \\\"[nan,]\\\"\",\r\n \"n\": null}";

    private readonly Module _module = new();

    public ExportTests()
    {
        Staging.Create(_module.File("source.db"), "LOAD_1", "LOAD_2", "LOAD_3", "it's; 4, 5");
        Database.Execute(
            _module.File("source.db"),
            $"UPDATE silver_temp_audit SET dq_report = '{Exact}' WHERE load_id = 'LOAD_1'",
            "UPDATE silver_temp_audit SET dq_report = NULL, validation_summary = '', ingest_timestamp = 'infinity', ingestion_time = 'nan' WHERE load_id = 'LOAD_2'",
            "UPDATE silver_temp_audit SET dq_report = '[NaN, 1,]', validation_status = 'FAILED' WHERE load_id = 'LOAD_3'");
        _module.Load(_module.File("source.db"));
    }

    private string Store => _module.File("silver_metadata.db");

    public void Dispose() => _module.Dispose();

    [Fact]
    public void Formulas_in_CSV_can_be_kept_from_being_evaluated()
    {
        _module.Load(Staging.CreateWith(
            _module.File("formulas.db"), "CREATE TABLE silver_temp_audit (load_id VARCHAR, data_source VARCHAR, ingestion_time DOUBLE)",
            "INSERT INTO silver_temp_audit VALUES ('F1', '=HYPERLINK(\"http://x\")', -1.5), ('F2', '+1', 2), ('F3', '-1', 3), ('F4', '@x', 4), ('F5', 'a=b', 5)"));

        _module.Succeed("Export-SilverAuditLoad plain.csv -LoadId F*; Export-SilverAuditLoad safe.csv -LoadId F* -EscapeFormula");

        string[] Sources(string file) => [.. File.ReadAllLines(_module.File(file)).Skip(1).Select(line => line.Split(',')[1])];
        Assert.Equal(["+1", "-1", "=HYPERLINK(\"http://x\")", "@x", "a=b"], Sources("plain.csv").Select(value => value.Trim('"').Replace("\"\"", "\"", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.Equal(["'+1", "'-1", "'=HYPERLINK(\"http://x\")", "'@x", "a=b"], Sources("safe.csv").Select(value => value.Trim('"').Replace("\"\"", "\"", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.Contains("-1.5", File.ReadAllText(_module.File("safe.csv")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "parquet", "Parquet", "read_parquet('{0}')")]
    [InlineData("-Isolated", "parquet", "Parquet", "read_parquet('{0}')")]
    [InlineData("", "csv", "Csv", "read_csv('{0}', header = true, all_varchar = true, allow_quoted_nulls = false)")]
    [InlineData("-Isolated", "CSV", "Csv", "read_csv('{0}', header = true, all_varchar = true, allow_quoted_nulls = false)")]
    public void A_table_that_is_read_back_is_that_of_the_store(string how, string extension, string format, string read)
    {
        var export = Export($"out.{extension} {how}");

        var file = _module.File($"out.{extension}");
        Assert.Equal(file, export.Text("Path"));
        Assert.Equal(format, export.Text("Format"));
        Assert.Equal(4, export.Value<long>("Rows"));
        Assert.Equal(new FileInfo(file).Length, export.Value<long>("SizeBytes"));
        Assert.Equal(Store, export.Text("Destination"));
        var columns = StoreContents.Texts(Store, "SELECT column_name FROM duckdb_columns() WHERE table_name = 'silver_staging_audit' ORDER BY column_index");
        Assert.Equal(columns, StoreContents.Texts(Store, $"SELECT column_name FROM (DESCRIBE SELECT * FROM {string.Format(null, read, file)})"));
        var values = string.Join(", ", StoreContents.Texts(
            Store, "SELECT 'CAST(CAST(' || column_name || ' AS ' || data_type || ') AS VARCHAR)' FROM duckdb_columns() WHERE table_name = 'silver_staging_audit' ORDER BY column_index"));
        Assert.Equal(
            Texts($"SELECT {values} FROM silver_staging_audit ORDER BY original_processing_timestamp NULLS FIRST, load_id"),
            Texts($"SELECT {values} FROM {string.Format(null, read, file)}"));
        Assert.Equal(["out." + extension, "silver_metadata.db", "source.db"], Entries());
    }

    [Fact]
    public void Parquet_keeps_the_types_of_the_store()
    {
        Export("out.parquet");

        Assert.Equal(
            StoreContents.Texts(Store, "SELECT column_type FROM (DESCRIBE SELECT * FROM silver_staging_audit)"),
            StoreContents.Texts(Store, $"SELECT column_type FROM (DESCRIBE SELECT * FROM read_parquet('{_module.File("out.parquet")}'))"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-Isolated")]
    public void Json_has_the_json_of_the_store_nested_and_to_the_letter(string how)
    {
        var export = Export($"out.json {how}");

        Assert.Equal("Json", export.Text("Format"));
        var text = File.ReadAllText(_module.File("out.json"));
        Assert.Contains(Exact.Replace('\n', ' ').Replace('\r', ' '), text, StringComparison.Ordinal);
        var loads = JsonDocument.Parse(text).RootElement.EnumerateArray().ToDictionary(load => load.GetProperty("load_id").GetString()!);
        Assert.Equal(["LOAD_1", "LOAD_2", "LOAD_3", "it's; 4, 5"], loads.Keys.Order(StringComparer.Ordinal));
        var load = loads["LOAD_1"];
        Assert.Equal("a\nb é \"[nan,]\"", load.GetProperty("dq_report").GetProperty("text").GetString());
        Assert.Equal("AUTHID(LOAD_1)", load.GetProperty("query_parameters")[0].GetProperty("query").GetString());
        Assert.Equal("2025-01-15T14:30:00.123456", load.GetProperty("ingest_timestamp").GetString());
        Assert.EndsWith("Z", load.GetProperty("original_processing_timestamp").GetString(), StringComparison.Ordinal);
        Assert.Equal(3, load.GetProperty("audit_schema_version").GetInt32());
        Assert.False(load.GetProperty("is_reprocessed").GetBoolean());
        Assert.Equal(JsonValueKind.Null, load.GetProperty("reprocessing_reason").ValueKind);
    }

    [Fact]
    public void Json_that_only_the_engine_takes_for_json_comes_as_text_and_what_json_can_not_say_too()
    {
        Export("out.json");

        var loads = JsonDocument.Parse(File.ReadAllText(_module.File("out.json"))).RootElement.EnumerateArray().ToDictionary(load => load.GetProperty("load_id").GetString()!);
        Assert.Equal("[NaN, 1,]", loads["LOAD_3"].GetProperty("dq_report").GetString());
        Assert.Equal("nan", loads["LOAD_2"].GetProperty("ingestion_time").GetString());
        Assert.Equal("infinity", loads["LOAD_2"].GetProperty("ingest_timestamp").GetString());
        Assert.Equal(JsonValueKind.Null, loads["LOAD_2"].GetProperty("dq_report").ValueKind);
        Assert.Equal("", loads["LOAD_2"].GetProperty("validation_summary").GetString());
    }

    [Theory]
    [InlineData("ndjson")]
    [InlineData("jsonl")]
    public void Json_lines_have_a_load_each(string extension)
    {
        Assert.Equal("JsonLines", Export($"out.{extension}").Text("Format"));

        var lines = File.ReadAllLines(_module.File($"out.{extension}"));
        Assert.Equal(
            ["LOAD_1", "LOAD_2", "LOAD_3", "it's; 4, 5"],
            lines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("load_id").GetString()!).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("json")]
    [InlineData("jsonl")]
    [InlineData("csv")]
    [InlineData("parquet")]
    public void A_filter_that_lets_nothing_through_makes_an_empty_file(string extension)
    {
        Assert.Equal(0, Export($"out.{extension} -LoadId nosuch*").Value<long>("Rows"));

        var file = _module.File($"out.{extension}");
        if (extension == "json")
            Assert.Equal(0, JsonDocument.Parse(File.ReadAllText(file)).RootElement.GetArrayLength());
        else if (extension != "jsonl")
            Assert.Equal(0L, Database.Scalar<long>(Store, $"SELECT count(*) FROM '{file}'"));
    }

    [Theory]
    [InlineData("-LoadId LOAD_1, LOAD_3")]
    [InlineData("-LoadId LOAD_*")]
    [InlineData("-DataSource SCOPUS -Newest 2")]
    [InlineData("-ValidationStatus failed")]
    [InlineData("-ChecksumStatus PASS* -Since 2001-01-01")]
    [InlineData("-Until 2001-01-01")]
    [InlineData("-Reprocessed")]
    [InlineData("-Reprocessed:$false")]
    public void Every_filter_lets_through_what_it_does_when_loads_are_read(string filter)
    {
        var read = _module.Succeed($"Get-SilverAuditLoad {filter}").Select(load => load.Text("LoadId"));

        Assert.Equal(read, Exported($"-Path out.jsonl {filter}"));
    }

    [Fact]
    public void Loads_from_the_pipeline_go_into_one_file()
    {
        var results = _module.Succeed("Get-SilverAuditLoad LOAD_* | Export-SilverAuditLoad out.jsonl");

        Assert.Equal(3, Assert.Single(results).Value<long>("Rows"));
        Assert.Equal(3, File.ReadAllLines(_module.File("out.jsonl")).Length);
    }

    [Fact]
    public void Many_loads_from_the_pipeline_go_into_one_file()
    {
        _module.Load(Staging.CreateMany(_module.File("many.db"), 4_000, from: 10));

        Assert.Equal(4_004, Assert.Single(_module.Succeed("Get-SilverAuditLoad | Export-SilverAuditLoad out.csv")).Value<long>("Rows"));
    }

    [Fact]
    public void Columns_of_types_that_are_rare_lose_nothing()
    {
        Database.Execute(
            _module.File("rare.db"),
            "CREATE TABLE silver_temp_audit (load_id VARCHAR, h HUGEINT, i INTERVAL, t TIME, z TIMESTAMPTZ, b BIT, n TIMESTAMP_NS, d DECIMAL(38, 10), u UUID, x BLOB)",
            "INSERT INTO silver_temp_audit VALUES ('RARE', 170141183460469231731687303715884105727, INTERVAL '1 month 1 microsecond', TIME '10:00:00.000001', TIMESTAMPTZ '2025-01-01 10:00:00+02', '101', TIMESTAMP_NS '2025-01-01 00:00:00.123456789', 1234567890123456789012345678.0123456789, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '\\x00\\xFF'::BLOB)");
        _module.Load(_module.File("rare.db"), "-SchemaEvolution AddNewColumns");

        Export("out.parquet RARE");
        Export("out.csv RARE");

        const string Expected = "SELECT h::VARCHAR, i::VARCHAR, t::VARCHAR, epoch_us(z)::VARCHAR, b::VARCHAR, n::VARCHAR, d::VARCHAR, u::VARCHAR, x::VARCHAR FROM ";
        const string Found = "SELECT h::VARCHAR, i::VARCHAR, t::VARCHAR, epoch_us(z::TIMESTAMPTZ)::VARCHAR, b::VARCHAR, n::VARCHAR, d::VARCHAR, u::VARCHAR, x::VARCHAR FROM ";
        var stored = Texts(Expected + "silver_staging_audit WHERE load_id = 'RARE'");
        Assert.Equal(stored, Texts($"{Found} read_parquet('{_module.File("out.parquet")}')"));
        Assert.Equal(stored, Texts($"{Found} read_csv('{_module.File("out.csv")}', all_varchar = true)"));
    }

    [Fact]
    public void The_format_can_be_named_whatever_the_extension()
    {
        Assert.Equal("Csv", Export("out.txt -Format Csv").Text("Format"));
        Assert.Equal("JsonLines", Export("out.json -Format JsonLines").Text("Format"));

        Assert.StartsWith("load_id,data_source,", File.ReadAllText(_module.File("out.txt")), StringComparison.Ordinal);
        Assert.Equal(4, File.ReadAllLines(_module.File("out.json")).Length);
    }

    [Theory]
    [InlineData("out.txt")]
    [InlineData("out")]
    public void An_extension_that_names_no_format_is_a_mistake_in_the_command(string path)
    {
        var outcome = _module.Run($"Export-SilverAuditLoad {path}");

        Assert.Equal("ExportFormatUnknown", outcome.ErrorId);
        foreach (var valid in new[] { ".parquet", ".csv", ".json", ".ndjson", ".jsonl" })
        {
            Assert.Contains(valid, outcome.Errors[0].Exception.Message, StringComparison.Ordinal);
        }

        Assert.False(File.Exists(_module.File(path)));
    }

    [Fact]
    public void A_file_that_is_there_is_replaced_with_Force_only()
    {
        File.WriteAllText(_module.File("out.csv"), "mine");

        AssertFailed("out.csv", "TargetExists", ErrorCategory.ResourceExists);

        Assert.Equal("mine", File.ReadAllText(_module.File("out.csv")));
        Export("out.csv -Force");
        Assert.StartsWith("load_id,", File.ReadAllText(_module.File("out.csv")), StringComparison.Ordinal);
    }

    [Fact]
    public void The_store_is_never_written_over()
    {
        var before = File.ReadAllBytes(Store);

        AssertFailed("silver_metadata.db -Format Csv -Force", "TargetIsStore", ErrorCategory.InvalidArgument);

        Assert.Equal(before, File.ReadAllBytes(Store));
    }

    [Fact]
    public void What_can_be_no_file_is_refused()
    {
        Directory.CreateDirectory(_module.File("folder.csv"));

        AssertFailed("folder.csv -Force", "TargetNotWritable", ErrorCategory.PermissionDenied);
        AssertFailed("nowhere/out.csv", "TargetFolderMissing", ErrorCategory.ObjectNotFound);
        AssertFailed("out.csv -Destination nowhere.db", "StoreNotFound", ErrorCategory.ObjectNotFound);
        AssertFailed("out.csv -DestinationTable nosuch", "StoreSchemaMismatch", ErrorCategory.InvalidData);
        Assert.Equal(["folder.csv", "silver_metadata.db", "source.db"], Entries());
    }

    [Theory]
    [InlineData("Get-SilverAuditLoad -Destination other.db | Export-SilverAuditLoad out.csv -Force -Destination silver_metadata.db")]
    [InlineData("Get-SilverAuditLoad -Destination other.db | Export-SilverAuditLoad out.csv -Force -Destination silver_metadata.db -Isolated")]
    [InlineData("Export-SilverAuditLoad out.csv LOAD_1, OTHER_1, OTHER_2, load_3, LOAD_* -Force")]
    public void Loads_that_the_store_does_not_have_are_an_error_and_nothing_is_written(string command)
    {
        _module.Load(Staging.Create(_module.File("more.db"), "OTHER_1", "OTHER_2", "load_3"), "-Destination other.db");
        File.WriteAllText(_module.File("out.csv"), "mine");

        var outcome = _module.Run(command);

        Assert.Null(outcome.Terminating);
        Assert.Empty(outcome.Output);
        Assert.Equal("LoadNotFound", outcome.ErrorId);
        Assert.Equal(ErrorCategory.ObjectNotFound, outcome.Errors[0].CategoryInfo.Category);
        Assert.Equal(Store, outcome.Errors[0].TargetObject);
        foreach (var part in new[] { "'OTHER_1', 'OTHER_2', 'load_3'", "3 of", Store, "-Destination" })
        {
            Assert.Contains(part, outcome.Errors[0].Exception.Message, StringComparison.Ordinal);
        }

        Assert.Equal("mine", File.ReadAllText(_module.File("out.csv")));
    }

    [Theory]
    [InlineData("@() | Export-SilverAuditLoad out.csv -Force")]
    [InlineData("Get-SilverAuditLoad nosuch | Export-SilverAuditLoad out.csv -Force")]
    [InlineData("Export-SilverAuditLoad out.csv -LoadId @() -Force")]
    public void Where_no_load_was_given_nothing_is_written_and_a_warning_says_so(string command)
    {
        File.WriteAllText(_module.File("out.csv"), "mine");

        var outcome = _module.Run(command);

        Assert.Empty(outcome.Errors);
        Assert.Empty(outcome.Output);
        Assert.Equal("No load was given to export, so 'out.csv' was not written.", Assert.Single(outcome.Warnings));
        Assert.Equal("mine", File.ReadAllText(_module.File("out.csv")));
    }

    [Fact]
    public void A_database_is_not_replaced_by_an_export()
    {
        var other = Staging.Create(_module.File("other.csv"), "LOAD_9");
        var before = File.ReadAllBytes(other);

        AssertFailed("other.csv -Force", "TargetExists", ErrorCategory.ResourceExists);

        Assert.Equal(before, File.ReadAllBytes(other));
    }

    [Fact]
    public void WhatIf_writes_nothing()
    {
        Assert.Empty(_module.Succeed("Export-SilverAuditLoad out.csv -WhatIf"));

        Assert.Equal(["silver_metadata.db", "source.db"], Entries());
    }

    private PSObject Export(string arguments) => Assert.Single(_module.Succeed($"Export-SilverAuditLoad {arguments}"));

    private IEnumerable<string> Exported(string arguments)
    {
        Export(arguments);
        return File.ReadAllLines(_module.File("out.jsonl")).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("load_id").GetString()!);
    }

    private void AssertFailed(string arguments, string errorId, ErrorCategory category)
    {
        var outcome = _module.Run($"Export-SilverAuditLoad {arguments}");
        Assert.Null(outcome.Terminating);
        Assert.Empty(outcome.Output);
        Assert.Equal(errorId, outcome.ErrorId);
        Assert.Equal(category, outcome.Errors[0].CategoryInfo.Category);
    }

    private List<string> Texts(string sql) => [.. Database.Query(Store, sql).Select(row => string.Join('|', row.Select(value => value ?? "NULL")))];

    private List<string> Entries() =>
        [.. Directory.EnumerateFileSystemEntries(_module.Folder.Location).Select(entry => Path.GetFileName(entry)).Order(StringComparer.Ordinal)];
}
