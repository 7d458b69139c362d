using System.Numerics;

namespace SilverAudit.PowerShell.Tests;

public sealed class ReadLoadTests : IDisposable
{
    private readonly Module _module = new();

    private string Store => _module.File("silver_metadata.db");

    public void Dispose() => _module.Dispose();

    [Fact]
    public void A_load_has_a_property_per_column_in_the_order_of_the_columns()
    {
        Load("LOAD_1");

        var load = Assert.Single(_module.Succeed("Get-SilverAuditLoad"));

        Assert.Equal("SilverAudit.Load", load.TypeNames[0]);
        Assert.Equal(
            [
                "LoadId", "DataSource", "IngestTimestamp", "QueryParameters", "AuditSchemaVersion", "AuditSchemaChecksum", "ChecksumStatus",
                "ChecksumTimestamp", "ChecksumReport", "IngestionTime", "ValidationStatus", "ValidationErrors", "ValidationFails",
                "ValidationSummary", "DqReport", "PayloadFiles", "PayloadResults", "IsReprocessed", "OriginalProcessingTimestamp",
                "ReprocessingReason", "Destination", "DestinationTable",
            ],
            load.Properties.Select(property => property.Name));
    }

    [Fact]
    public void Values_arrive_in_their_types()
    {
        var before = DateTime.UtcNow;
        Load("LOAD_1");

        var load = Assert.Single(_module.Succeed("Get-SilverAuditLoad"));

        Assert.Equal("LOAD_1", load.Value("LoadId"));
        Assert.Equal(new DateTime(2025, 1, 15, 14, 30, 0).AddTicks(1_234_560), load.Value("IngestTimestamp"));
        Assert.Equal(DateTimeKind.Unspecified, ((DateTime)load.Value("IngestTimestamp")!).Kind);
        Assert.Equal(3, load.Value("AuditSchemaVersion"));
        Assert.Equal(3.25, load.Value("IngestionTime"));
        Assert.Equal(false, load.Value("IsReprocessed"));
        Assert.Null(load.Value("ReprocessingReason"));
        var processed = Assert.IsType<DateTime>(load.Value("OriginalProcessingTimestamp"));
        Assert.Equal(DateTimeKind.Utc, processed.Kind);
        Assert.InRange(processed, before.AddMilliseconds(-1), DateTime.UtcNow);
    }

    [Fact]
    public void Json_columns_are_objects_to_navigate()
    {
        Load("LOAD_1");

        var values = _module.Succeed(
            """
            Get-SilverAuditLoad | ForEach-Object {
                $_.PayloadResults[0].author_id; $_.PayloadResults[0].entries_found; $_.QueryParameters[0].query
                $_.DqReport.score; $_.PayloadFiles[0].file_name; $null -eq $_.PayloadFiles[0].file_size_kb; $_.ValidationErrors.Count
            }
            """);

        Assert.Equal(["123456", 50L, "AUTHID(LOAD_1)", 97L, "LOAD_1.json", true, 0], values.Select(value => value.BaseObject));
    }

    [Fact]
    public void Json_of_every_kind_becomes_the_value_it_says()
    {
        LoadDqReports(
            ("array", "[1]"), ("big", "123456789012345678901234567890"), ("bool", "true"), ("date", "\"2025-01-15T14:30:00Z\""),
            ("nested", """{"a":{"b":[{"c":null},{"c":"x"}]}}"""), ("null", "null"), ("number", "1.5"), ("text", "\"hëllo\""));

        Assert.Equal(1L, Assert.Single(Assert.IsType<object[]>(DqReport("array"))));
        Assert.Equal(BigInteger.Parse("123456789012345678901234567890", null), DqReport("big"));
        Assert.Equal(true, DqReport("bool"));
        Assert.Equal("2025-01-15T14:30:00Z", DqReport("date"));
        Assert.Null(DqReport("null"));
        Assert.Equal(1.5, DqReport("number"));
        Assert.Equal("hëllo", DqReport("text"));
        Assert.Equal("x", Assert.Single(_module.Succeed("(Get-SilverAuditLoad nested).DqReport.a.b[1].c")).BaseObject);
    }

    [Theory]
    [InlineData("""{"a":1,"A":2}""")]
    [InlineData("""{"a":1,"a":2}""")]
    [InlineData("""[{"b":{"":1}}]""")]
    [InlineData("""{"a":NaN}""")]
    [InlineData("""{"a":1e400}""")]
    [InlineData("""{"a":-1e-400}""")]
    [InlineData("""[1,]""")]
    public void Json_that_no_object_can_say_stays_text(string json)
    {
        LoadDqReports(("LOAD_1", json));

        Assert.Equal(json, DqReport("LOAD_1"));
    }

    [Fact]
    public void Json_members_that_objects_have_by_themselves_are_only_members()
    {
        LoadDqReports(("LOAD_1", """{"Length":1,"Count":2,"Equals":3,"ToString":4}"""));

        Assert.Equal(
            [1L, 2L, 3L, 4L],
            _module.Succeed("(Get-SilverAuditLoad).DqReport | ForEach-Object { $_.Length; $_.Count; $_.Equals; $_.ToString }").Select(value => value.BaseObject));
    }

    [Fact]
    public void Raw_gives_json_as_the_text_that_is_stored()
    {
        const string Report = """{ "b" :  1.50,	"a":"é\u00e9\/\"","z":[ ] }""";
        LoadDqReports(("LOAD_1", Report));

        var load = Assert.Single(_module.Succeed("Get-SilverAuditLoad -Raw"));

        Assert.Equal(Report, load.Value("DqReport"));
        Assert.Equal(Database.Query(Store, "SELECT dq_report::VARCHAR FROM silver_staging_audit")[0][0], load.Value("DqReport"));
    }

    [Fact]
    public void Columns_that_are_null_are_null()
    {
        _module.Load(Staging.CreateWith(_module.File("source.db"), "CREATE TABLE silver_temp_audit (load_id VARCHAR)", "INSERT INTO silver_temp_audit VALUES ('LOAD_1')"));

        var load = Assert.Single(_module.Succeed("Get-SilverAuditLoad"));

        Assert.Equal(
            ["LoadId", "IsReprocessed", "OriginalProcessingTimestamp", "Destination", "DestinationTable"],
            load.Properties.Where(property => property.Value is not null).Select(property => property.Name));
    }

    [Fact]
    public void Times_that_dotnet_does_not_know_arrive_as_text()
    {
        var source = Staging.CreateWith(
            _module.File("source.db"),
            "CREATE TABLE silver_temp_audit (load_id VARCHAR, ingest_timestamp TIMESTAMP)",
            """
            INSERT INTO silver_temp_audit VALUES ('1', 'infinity'), ('2', '-infinity'), ('3', '0001-01-01 00:00:00'), ('4', '9999-12-31 23:59:59.999999'),
                ('5', '20000-01-01 01:02:03'), ('6', '0044-03-15 (BC) 12:00:00')
            """);
        _module.Load(source);

        var values = _module.Succeed("Get-SilverAuditLoad | ForEach-Object { $_.IngestTimestamp }").Select(value => value.BaseObject).ToList();

        Assert.Equal(["infinity", "-infinity", DateTime.MinValue, DateTime.MaxValue.AddTicks(-9)], values[..4]);
        Assert.StartsWith("20000-01-01", Assert.IsType<string>(values[4]), StringComparison.Ordinal);
        Assert.Contains("44", Assert.IsType<string>(values[5]), StringComparison.Ordinal);
    }

    [Fact]
    public void Numbers_that_are_no_numbers_arrive()
    {
        _module.Load(Staging.CreateWith(
            _module.File("source.db"),
            "CREATE TABLE silver_temp_audit (load_id VARCHAR, ingestion_time DOUBLE)", "INSERT INTO silver_temp_audit VALUES ('1', 'nan'), ('2', 'inf'), ('3', 1e300)"));

        Assert.Equal([double.NaN, double.PositiveInfinity, 1e300], _module.Succeed("Get-SilverAuditLoad | ForEach-Object { $_.IngestionTime }").Select(value => value.BaseObject));
    }

    [Fact]
    public void Columns_that_were_added_are_properties_too()
    {
        _module.Load(
            Staging.CreateWith(
                _module.File("source.db"),
                """CREATE TABLE silver_temp_audit (load_id VARCHAR, my_new_column DECIMAL(9,2), details JSON, "Ünïcode col" VARCHAR, "DataSource" VARCHAR, data_source VARCHAR, raw BLOB)""",
                """INSERT INTO silver_temp_audit VALUES ('LOAD_1', 1.5, '{"x":[7]}', 'text', 'theirs', 'ours', '\x01\xFF'::BLOB)"""),
            "-SchemaEvolution AddNewColumns");

        var load = Assert.Single(_module.Succeed("Get-SilverAuditLoad"));

        Assert.Equal(["MyNewColumn", "Details", "Ünïcode col", "DataSource_", "Raw", "Destination", "DestinationTable"], load.Properties.Skip(20).Select(property => property.Name));
        Assert.Equal("1.50", load.Text("MyNewColumn"));
        Assert.Equal(7L, Assert.Single(_module.Succeed("(Get-SilverAuditLoad).Details.x[0]")).BaseObject);
        Assert.Equal("ours", load.Value("DataSource"));
        Assert.Equal("theirs", load.Value("DataSource_"));
        Assert.Equal(new byte[] { 1, 255 }, load.Value("Raw"));
    }

    [Fact]
    public void The_store_is_free_while_the_pipeline_consumes()
    {
        Load("LOAD_1", "LOAD_2", "LOAD_3");

        var seen = _module.Succeed(
            "$assertFree = $args[0]; $store = $args[1]; Get-SilverAuditLoad | ForEach-Object { $assertFree.Invoke($store); $_.LoadId }",
            new Action<string>(FileHolder.AssertFree), Store);

        Assert.Equal(["LOAD_1", "LOAD_2", "LOAD_3"], seen.Select(id => id.BaseObject));
    }

    [Fact]
    public void Reading_changes_no_byte_of_the_store()
    {
        Load("LOAD_1");
        var before = File.ReadAllBytes(Store);
        File.SetAttributes(Store, FileAttributes.ReadOnly);
        try
        {
            Assert.Single(_module.Succeed("Get-SilverAuditLoad"));
        }
        finally
        {
            File.SetAttributes(Store, FileAttributes.Normal);
        }

        Assert.Equal(before, File.ReadAllBytes(Store));
        Assert.Equal(["silver_metadata.db", "source.db"], Directory.EnumerateFileSystemEntries(_module.Folder.Location).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    private void Load(params string[] loadIds) => _module.Load(Staging.Create(_module.File("source.db"), loadIds));

    private void LoadDqReports(params (string LoadId, string Json)[] reports) =>
        _module.Load(Staging.CreateWith(
            _module.File("source.db"),
            ["CREATE TABLE silver_temp_audit (load_id VARCHAR, dq_report JSON)", .. reports.Select(report => $"INSERT INTO silver_temp_audit VALUES ('{report.LoadId}', '{report.Json}')")]));

    private object? DqReport(string loadId) => Assert.Single(_module.Succeed("Get-SilverAuditLoad $args[0]", loadId)).Value("DqReport");
}
