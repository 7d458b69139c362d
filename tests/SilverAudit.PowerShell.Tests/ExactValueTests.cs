namespace SilverAudit.PowerShell.Tests;

/// <summary>Values that the engine takes for equal, rounds, or cuts off: here they are what they are.</summary>
public sealed class ExactValueTests : IDisposable
{
    private readonly Module _module = new();

    private string Store => _module.File("silver_metadata.db");

    public void Dispose() => _module.Dispose();

    [Theory]
    [InlineData("extra", "DECIMAL(38,10)", "1234567890.1234567891", "1234567890.1234567892")]
    [InlineData("extra", "JSON", """'{"a":1}'""", """'{"a": 1}'""")]
    [InlineData("extra", "JSON", "'0.1'", "'0.1000000000000000055511151231257827'")]
    [InlineData("extra", "JSON", "'-0'", "'0'")]
    [InlineData("extra", "UNION(a INTEGER, b VARCHAR)", "union_value(a := 1)", "union_value(b := '1')")]
    [InlineData("extra", "STRUCT(b JSON)[]", """[{'b': '{"amount":12345678901234567.01}'::JSON}]""", """[{'b': '{"amount":12345678901234567.02}'::JSON}]""")]
    [InlineData("extra", "MAP(VARCHAR, JSON)", "MAP {'k\"': '1.1'::JSON}", "MAP {'k\"': '1.10'::JSON}")]
    [InlineData("extra", "JSON[][]", "[['1.1'::JSON, NULL]]", "[['1.10'::JSON, NULL]]")]
    [InlineData("extra", "JSON[2]", "['1.1'::JSON, '2'::JSON]", "['1.10'::JSON, '2'::JSON]")]
    [InlineData("extra", "UNION(a JSON, \"b c\" INTEGER)", "union_value(a := '1.1'::JSON)", "union_value(a := '1.10'::JSON)")]
    [InlineData("payload_files", "STRUCT(\"q\"\"x\" STRUCT(\"y, z\" JSON, d DECIMAL(18,3)))[]", "[{'q\"x': {'y, z': '1e1'::JSON, 'd': 1}}]", "[{'q\"x': {'y, z': '10.0'::JSON, 'd': 1}}]")]
    [InlineData("payload_files", "MAP(VARCHAR, STRUCT(b JSON[])[])", "MAP {'k': [{'b': ['1.1'::JSON]}]}", "MAP {'k': [{'b': ['1.10'::JSON]}]}")]
    public void A_difference_is_told_even_where_the_engine_sees_none(string column, string type, string before, string after)
    {
        foreach (var policy in new[] { "Rescue", "AddNewColumns" })
        {
            var source = CreateSource($"{policy}.db", $"{column} {type}", $"('LOAD_1', {before})", $"('LOAD_2', {before})");
            var parameters = $"-SchemaEvolution {policy} -Destination {policy}_store.db";
            _module.Load(source, parameters);

            // An UPDATE would leave the old value where the engine takes both for equal.
            Database.Execute(source, "DELETE FROM silver_temp_audit WHERE load_id = 'LOAD_1'", $"INSERT INTO silver_temp_audit VALUES ('LOAD_1', {after})");

            Assert.Equal((2, 0, 0, 2, 1, 0), _module.Load(source, parameters).Counts());
            var told = Assert.Single(_module.Succeed($"Compare-SilverAuditSource $args[0] -Destination {policy}_store.db", source));
            Assert.Equal(("LOAD_1", "Changed"), (told.Text("LoadId"), told.Text("State")));
            Assert.Equal([column], told.Value<string[]>("ChangedColumns"));
            Assert.Equal((2, 0, 1, 1, 0, 0), _module.Load(source, parameters + " -Reprocess -Reason 'corrected'").Counts());
            Assert.Equal((2, 0, 0, 2, 0, 0), _module.Load(source, parameters).Counts());
        }
    }

    [Theory]
    [InlineData("STRUCT(b JSON)[]", """[{'b': '{"amount": 12345678901234567.01}'::JSON}, {'b': NULL}, NULL]""", """[{"b":{"amount": 12345678901234567.01}},{"b":null},null]""")]
    [InlineData("MAP(VARCHAR, JSON)", "MAP {'k\"': '1.10'::JSON}", """{"k\"":1.10}""")]
    [InlineData("JSON[][]", "[['1.10'::JSON, NULL], [], NULL]", "[[1.10,null],[],null]")]
    [InlineData("JSON[2]", "['1.10'::JSON, NULL]", "[1.10,null]")]
    [InlineData("UNION(a JSON, \"b c\" INTEGER)", "union_value(a := '1.10'::JSON)", """{"a":1.10}""")]
    [InlineData("UNION(a JSON, \"b c\" INTEGER)", "union_value(\"b c\" := 7)", """{"b c":7}""")]
    [InlineData("STRUCT(e ENUM('JSON', ')'), j JSON)", "{'e': ')', 'j': '1.10'::JSON}", """{"e":")","j":1.10}""")]
    public void Nested_values_are_filed_letter_by_letter(string type, string value, string filed)
    {
        var source = CreateSource("source.db", $"payload_files {type}, extra {type}", $"('LOAD_1', {value}, {value})");

        Assert.Equal((1, 1, 0, 0, 0, 0), _module.Load(source).Counts());

        Assert.Equal(filed, Database.Scalar<string>(Store, "SELECT CAST(payload_files AS VARCHAR) FROM silver_staging_audit"));
        Assert.Equal($$"""{"extra":{{filed}}}""", StoreContents.Rescued(Store, "LOAD_1"));
        Assert.Empty(_module.Succeed("Compare-SilverAuditSource $args[0]", source));
        Assert.NotNull(_module.Load(source, "-ArchivePath archive").Value("ArchivedTo"));
    }

    [Theory]
    [InlineData("0.98::DECIMAL(4,4)", "0.9800")]
    [InlineData("(-0.98)::DECIMAL(4,4)", "-0.9800")]
    [InlineData("{'a': 0.98::DECIMAL(4,4), 'b,:.5': 'x:.5', 'c': [(-0.5)::DECIMAL(4,4)]}", """{"a":0.9800,"b,:.5":"x:.5","c":[-0.5000]}""")]
    public void A_decimal_below_1_in_a_VARIANT_is_a_number_of_JSON(string value, string filed)
    {
        var source = _module.File("source.db");
        Database.Execute(
            _module.File("workshop.db"),
            $"ATTACH '{source}' AS made (STORAGE_VERSION 'v1.5.0')",
            "CREATE TABLE made.silver_temp_audit (load_id VARCHAR, payload_files VARIANT, extra VARIANT)",
            $"INSERT INTO made.silver_temp_audit SELECT 'LOAD_1', {value}, {value}",
            "DETACH made");

        Assert.Equal((1, 1, 0, 0, 0, 0), _module.Load(source).Counts());

        Assert.Equal(filed, Database.Scalar<string>(Store, "SELECT CAST(payload_files AS VARCHAR) FROM silver_staging_audit"));
        Assert.Equal($$"""{"extra":{{filed}}}""", StoreContents.Rescued(Store, "LOAD_1"));
        Assert.Empty(_module.Succeed("Compare-SilverAuditSource $args[0]", source));
    }

    [Theory]
    [InlineData("1e-400")]
    [InlineData("-0.001e-400")]
    [InlineData("1e400")]
    public void A_number_that_a_double_can_not_say_is_no_value_of_its_column(string number)
    {
        var source = CreateSource("source.db", "ingestion_time VARCHAR", $"('LOAD_1', '{number}')", "('LOAD_2', '0e5')");

        Assert.Equal((2, 1, 0, 0, 0, 1), _module.Load(source, "-InvalidRow Reject").Counts());
        Assert.Equal(["LOAD_2"], StoreContents.LoadIds(Store));
    }

    [Theory]
    [InlineData("extra INTERVAL", "INTERVAL 30 DAY", "INTERVAL 1 MONTH")]
    [InlineData("extra JSON[]", "['1.0']", "['1.00']")]
    public void Rows_that_only_the_engine_takes_for_equal_are_no_copies(string column, string value, string other)
    {
        var source = CreateSource("source.db", column, $"('LOAD_1', {value})", $"('LOAD_1', {other})", $"('LOAD_2', {value})", $"('LOAD_2', {value})");

        Assert.Equal((4, 1, 0, 1, 0, 2), _module.Load(source, "-InvalidRow Reject").Counts());
        Assert.Equal(["LOAD_2"], StoreContents.LoadIds(Store));
    }

    [Fact]
    public void The_sign_of_a_zero_is_no_difference_because_the_engine_does_not_always_keep_it()
    {
        var source = CreateSource("source.db", "ingestion_time DOUBLE", "('LOAD_1', '-0.0'::DOUBLE)", "('LOAD_2', 1.5)", "('LOAD_3', 'nan')");
        _module.Load(source);
        Database.Execute(source, "UPDATE silver_temp_audit SET ingestion_time = 0.0 WHERE load_id = 'LOAD_1'");

        Assert.Equal((3, 0, 0, 3, 0, 0), _module.Load(source).Counts());
        Assert.True(Assert.Single(_module.Succeed("Compare-SilverAuditSource $args[0] -Summary", source)).Value<bool>("ChecksumMatch"));
    }

    [Fact]
    public void A_time_with_a_zone_does_not_depend_on_the_clock_of_the_machine()
    {
        var source = CreateSource(
            "source.db", "ingest_timestamp TIMESTAMP WITH TIME ZONE, extra TIMESTAMP WITH TIME ZONE",
            "('SUMMER', '2025-11-02 05:30:00+00', '2025-11-02 05:30:00+00')", "('WINTER', '2025-11-02 06:30:00+00', '2025-11-02 06:30:00+00')");

        var elsewhere = ChildProcess.Succeed(Runner.Start(
            _module.Folder.Location, new Dictionary<string, string?> { ["TZ"] = "America/New_York" },
            "(Invoke-SilverAuditEtl source.db -NoLog -WarningAction SilentlyContinue).InsertedRows"));

        Assert.Equal(["2"], elsewhere);
        Assert.Equal(
            [
                ["SUMMER", "2025-11-02 05:30:00", """{"extra":"2025-11-02 05:30:00+00"}"""],
                ["WINTER", "2025-11-02 06:30:00", """{"extra":"2025-11-02 06:30:00+00"}"""],
            ],
            Database.Query(
                Store,
                "SELECT load_id, CAST(ingest_timestamp AS VARCHAR), CAST(rescued AS VARCHAR) FROM silver_staging_audit JOIN silver_audit.rescued_data USING (load_id) ORDER BY load_id"));
        Assert.Equal((2, 0, 0, 2, 0, 0), _module.Load(source).Counts());
    }

    [Fact]
    public void Times_with_a_zone_arrive_from_one_end_to_the_other()
    {
        var source = CreateSource(
            "source.db", "ingest_timestamp TIMESTAMP WITH TIME ZONE, extra TIMESTAMP WITH TIME ZONE",
            "('1', 'infinity', 'infinity')", "('2', '-infinity', '-infinity')", "('3', NULL, NULL)",
            "('4', make_timestamptz(9223372036854775806), make_timestamptz(9223372036854775806))");

        Assert.Equal((4, 4, 0, 0, 0, 0), _module.Load(source).Counts());
        Assert.Equal(
            ["infinity", "-infinity", null, "294247-01-10 04:00:54.775806"],
            Database.Query(Store, "SELECT CAST(ingest_timestamp AS VARCHAR) FROM silver_staging_audit ORDER BY load_id").Select(row => row[0]));
        Assert.Equal("294247-01-10 04:00:54.775806+00", StoreContents.RescuedValue(Store, "4", "extra"));
        Assert.Equal((4, 0, 0, 4, 0, 0), _module.Load(source).Counts());
    }

    [Fact]
    public void Json_in_a_list_arrives_as_it_is_written()
    {
        const string Written = """[{"a":  0.1000000000000000055511151231257827, "a":1},null,1.50]""";
        var source = CreateSource(
            "source.db", "payload_files JSON[], extra JSON[]",
            """('LOAD_1', ['{"a":  0.1000000000000000055511151231257827, "a":1}', NULL, '1.50'], ['{"a":  0.1000000000000000055511151231257827, "a":1}', NULL, '1.50'])""",
            "('LOAD_2', [], [])", "('LOAD_3', NULL, NULL)");

        Assert.Equal((3, 3, 0, 0, 0, 0), _module.Load(source).Counts());
        Assert.Equal(
            [Written, "[]", null],
            Database.Query(Store, "SELECT CAST(payload_files AS VARCHAR) FROM silver_staging_audit ORDER BY load_id").Select(row => row[0]));
        Assert.Equal($$"""{"extra":{{Written}}}""", StoreContents.Rescued(Store, "LOAD_1"));
        Assert.Equal("""{"extra":[]}""", StoreContents.Rescued(Store, "LOAD_2"));
        Assert.Equal((3, 0, 0, 3, 0, 0), _module.Load(source).Counts());
    }

    [Fact]
    public void Reprocessing_leaves_what_another_source_filed_as_it_was_written()
    {
        const string Kept = """{ "a" : [1.50, 0.1000000000000000055511151231257827, "},\"x\":{"], "a": NaN }""";
        var first = CreateSource("first.db", "remark VARCHAR, kept JSON, gone VARCHAR", $"('LOAD_1', 'old', '{Kept}', 'x,\"y')");
        var second = CreateSource("second.db", "remark VARCHAR, GONE VARCHAR", "('LOAD_1', 'new', NULL)");
        _module.Load(first);

        Assert.Equal((1, 0, 1, 0, 0, 0), _module.Load(second, "-Reprocess -Reason 'a newer remark'").Counts());

        Assert.Equal($$"""{"remark":"new","kept":{{Kept}}}""", StoreContents.Rescued(Store, "LOAD_1"));
    }

    [Fact]
    public void A_load_whose_identifier_holds_a_nul_is_found_by_it_and_no_other_is()
    {
        var source = CreateSource("source.db", "data_source VARCHAR", "('a', '1')", "('a' || chr(0), '2')", "('a' || chr(0) || 'b', '3')", "(chr(0), '4')");
        Assert.Equal((4, 4, 0, 0, 0, 0), _module.Load(source).Counts());

        foreach (var (loadId, dataSource) in new[] { ("a", "1"), ("a\0", "2"), ("a\0b", "3"), ("\0", "4"), ("a\0b*", "3") })
        {
            Assert.Equal(dataSource, Assert.Single(_module.Succeed("Get-SilverAuditLoad -LoadId $args[0]", loadId)).Text("DataSource"));
        }
    }

    [Theory]
    [InlineData("Get-SilverAuditLoad -LoadId $args[0]", "x<half>")]
    [InlineData("Get-SilverAuditLoad -DataSource $args[0]", "<half>*")]
    [InlineData("Invoke-SilverAuditEtl source.db -NoLog -SourceTable $args[0]", "x<half>")]
    [InlineData("Invoke-SilverAuditEtl source.db -NoLog -DestinationTable $args[0]", "x<half>")]
    [InlineData("Invoke-SilverAuditEtl source.db -NoLog -DestinationTable $args[0]", "x\0y")]
    [InlineData("Invoke-SilverAuditEtl source.db -NoLog -Destination $args[0]", "x<half>.db")]
    [InlineData("Invoke-SilverAuditEtl source.db -NoLog -Destination $args[0]", "x\0.db")]
    [InlineData("Invoke-SilverAuditEtl source.db -NoLog -Reprocess -Reason $args[0]", "because <half>")]
    [InlineData("Invoke-SilverAuditEtl source.db -NoLog -Reprocess -Reason $args[0]", "because\0")]
    [InlineData("Invoke-SilverAuditEtl $args[0] -NoLog", "source\0.db")]
    public void Text_that_nothing_stored_can_hold_is_refused(string script, string text)
    {
        _module.Load(CreateSource("source.db", "data_source VARCHAR", "('x' || chr(65533), 'replacement')"));
        var before = StoreContents.Everything(Store);

        // No attribute can hold half a surrogate pair either.
        var outcome = _module.Run(script, text.Replace("<half>", "\ud800", StringComparison.Ordinal));

        Assert.Equal("ParameterArgumentValidationError", outcome.ErrorId);
        Assert.Empty(outcome.Output);
        Assert.Equal(before, StoreContents.Everything(Store));
        Assert.Equal(["silver_metadata.db", "source.db"], Directory.EnumerateFileSystemEntries(_module.Folder.Location).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_message_shows_the_control_characters_of_an_identifier()
    {
        var source = CreateSource("source.db", "audit_schema_version VARCHAR", "('a' || chr(0) || chr(10) || 'b', 'x')");

        var failure = Assert.Single(_module.Run("Invoke-SilverAuditEtl $args[0] -NoLog", source).Errors);

        Assert.Contains(@"row 1 (a\u0000\u000ab): ", failure.ToString(), StringComparison.Ordinal);
        Assert.Equal(failure.ToString(), Database.Scalar<string>(Store, "SELECT error FROM silver_audit.etl_run"));
    }

    private string CreateSource(string name, string columns, params string[] rows) => Staging.CreateWith(
        _module.File(name), $"CREATE TABLE silver_temp_audit (load_id VARCHAR, {columns})", $"INSERT INTO silver_temp_audit VALUES {string.Join(", ", rows)}");
}
