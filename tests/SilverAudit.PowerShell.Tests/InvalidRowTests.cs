namespace SilverAudit.PowerShell.Tests;

public sealed class InvalidRowTests : IDisposable
{
    private const string Rejected = "SELECT load_id, reason FROM silver_audit.rejected_row ORDER BY ALL";

    private readonly Module _module = new();

    private string Store => _module.File("silver_metadata.db");

    public void Dispose() => _module.Dispose();

    /// <summary>Columns beside load_id, a bad row, the load_id that it is filed under, and its reason.</summary>
    public static TheoryData<string, string, string?, string> BadRows => new()
    {
        { "data_source VARCHAR", "(NULL, 'scopus')", null, "load_id is NULL" },
        { "data_source VARCHAR", "('', 'scopus')", "", "load_id is blank" },
        { "data_source VARCHAR", "('   ', 'scopus')", "   ", "load_id is blank" },
        { "data_source VARCHAR", "(E' \\t\\r\\n', 'scopus')", " \t\r\n", "load_id is blank" },
        { "data_source VARCHAR", "('\u00a0', 'scopus')", "\u00a0", "load_id is blank" },
        { "audit_schema_version VARCHAR", "('BAD', 'abc')", "BAD", CastReason("audit_schema_version", "VARCHAR", "INTEGER") },
        { "audit_schema_version VARCHAR", "('BAD', '3.7')", "BAD", CastReason("audit_schema_version", "VARCHAR", "INTEGER") },
        { "audit_schema_version VARCHAR", "('BAD', '3000000000')", "BAD", CastReason("audit_schema_version", "VARCHAR", "INTEGER") },
        { "audit_schema_version VARCHAR", "('BAD', '')", "BAD", CastReason("audit_schema_version", "VARCHAR", "INTEGER") },
        { "audit_schema_version DOUBLE", "('BAD', 3.7)", "BAD", CastReason("audit_schema_version", "DOUBLE", "INTEGER") },
        { "audit_schema_version DOUBLE", "('BAD', 'NaN')", "BAD", CastReason("audit_schema_version", "DOUBLE", "INTEGER") },
        { "ingest_timestamp VARCHAR", "('BAD', '2025-02-30 00:00:00')", "BAD", CastReason("ingest_timestamp", "VARCHAR", "TIMESTAMP") },
        { "ingest_timestamp TIMESTAMP_NS", "('BAD', '2025-01-15 14:30:00.1234567')", "BAD", CastReason("ingest_timestamp", "TIMESTAMP_NS", "TIMESTAMP") },
        { "ingestion_time VARCHAR", "('BAD', '3,5')", "BAD", CastReason("ingestion_time", "VARCHAR", "DOUBLE") },
        { "ingest_timestamp VARCHAR", "('BAD', '2025-01-15 14:30:00.123456789')", "BAD", CastReason("ingest_timestamp", "VARCHAR", "TIMESTAMP") },
        { "ingest_timestamp VARCHAR", "('BAD', '2025-01-15T14:30:00+02:00')", "BAD", CastReason("ingest_timestamp", "VARCHAR", "TIMESTAMP") },
        { "ingestion_time VARCHAR", "('BAD', '1e400')", "BAD", CastReason("ingestion_time", "VARCHAR", "DOUBLE") },
        { "ingestion_time HUGEINT", "('BAD', 9007199254740993)", "BAD", CastReason("ingestion_time", "HUGEINT", "DOUBLE") },
        { "query_parameters VARCHAR", "('BAD', '[{broken')", "BAD", "query_parameters is not JSON" },
        { "query_parameters VARCHAR", """('BAD', '"\ud800"')""", "BAD", "query_parameters is not JSON" },
        { "Dq_Report VARCHAR", "('BAD', '')", "BAD", "Dq_Report is not JSON" },
    };

    [Theory]
    [MemberData(nameof(BadRows))]
    public void A_bad_row_fails_its_source_and_nothing_of_it_is_written(string columns, string badRow, string? loadId, string reason)
    {
        _module.Load(Staging.Create(_module.File("earlier.db"), "EARLIER"));
        var before = StoreContents.AllButHistory(Store);
        var source = CreateSource(columns, badRow);

        var outcome = _module.Run("Invoke-SilverAuditEtl -LiteralPath $args[0] -NoLog", source);

        var row = string.IsNullOrWhiteSpace(loadId) ? "row 2" : $"row 2 ({loadId})";
        Assert.Equal("SourceRowInvalid", outcome.ErrorId);
        Assert.Equal(source, outcome.Errors[0].TargetObject);
        Assert.StartsWith(
            $"1 of 3 rows in '{source}' are invalid, so nothing of it was loaded: {row}: {reason}.",
            outcome.Errors[0].ToString(), StringComparison.Ordinal);
        var result = Assert.Single(outcome.Output);
        Assert.Equal(
            ("Failed", "SourceRowInvalid", false, (0, 0, 0, 0, 0, 0)),
            (result.Text("Status"), result.Text("ErrorId"), result.Value("Success"), result.Counts()));
        Assert.Equal(before, StoreContents.AllButHistory(Store));
        Assert.Equal(
            [["Failed", "SourceRowInvalid", outcome.Errors[0].ToString()]],
            Database.Query(Store, "SELECT status, error_id, error FROM silver_audit.etl_run WHERE source LIKE '%source.db'"));
    }

    [Theory]
    [MemberData(nameof(BadRows))]
    public void A_bad_row_is_filed_under_Reject_and_the_good_ones_load(string columns, string badRow, string? loadId, string reason)
    {
        var source = CreateSource(columns, badRow);

        var result = _module.Load(source, "-InvalidRow Reject");

        Assert.Equal((3, 2, 0, 0, 0, 1), result.Counts());
        Assert.Equal(("PartialUpdate", true, 2L), (result.Text("Status"), result.Value("Success"), result.Value("DestinationRows")));
        Assert.Equal(["GOOD_1", "GOOD_2"], StoreContents.LoadIds(Store));
        Assert.Equal(
            [[loadId, reason, result.Value("RunId"), source, "silver_temp_audit", true]],
            Database.Query(
                Store,
                """
                SELECT load_id, reason, run_id, r.source, r.source_table, rejected_at = processing_timestamp
                FROM silver_audit.rejected_row AS r JOIN silver_audit.etl_run USING (run_id)
                """));
    }

    [Fact]
    public void Long_identifiers_are_cut_in_messages()
    {
        Staging.CreateWith(
            _module.File("source.db"), "CREATE TABLE silver_temp_audit (load_id VARCHAR, ingestion_time VARCHAR)",
            "INSERT INTO silver_temp_audit SELECT repeat('x', 2000000) || i, 'no number' FROM range(5) AS numbers(i)");

        var outcome = _module.Run("Invoke-SilverAuditEtl source.db");

        Assert.Equal("SourceRowInvalid", outcome.ErrorId);
        Assert.InRange(outcome.Errors[0].ToString().Length, 100, 5000);
        Assert.InRange(new FileInfo(_module.File("silver_audit_etl.log")).Length, 100, 10_000);
    }

    [Fact]
    public void A_rejected_row_is_filed_whole()
    {
        var source = Staging.CreateWith(
            _module.File("source.db"),
            "CREATE TABLE silver_temp_audit (LOAD_ID VARCHAR, audit_schema_version VARCHAR, data_source VARCHAR, extra STRUCT(a INTEGER), report JSON)",
            "INSERT INTO silver_temp_audit VALUES ('BAD', 'abc', NULL, {a: 1}, '{\"x\": [1, 2]}')");

        _module.Load(source, "-InvalidRow Reject");

        Assert.Equal(
            """{"LOAD_ID":"BAD","audit_schema_version":"abc","data_source":null,"extra":{"a":1},"report":{"x": [1, 2]}}""",
            Database.Scalar<string>(Store, "SELECT row FROM silver_audit.rejected_row"));
        Assert.Empty(StoreContents.Rows(Store, "rescued_data", "silver_audit"));
    }

    [Fact]
    public void A_warning_says_how_many_rows_were_rejected_and_where_they_are()
    {
        var outcome = _module.Run(
            "Invoke-SilverAuditEtl -LiteralPath $args[0] -NoLog -InvalidRow Reject",
            CreateSource("data_source VARCHAR", "(NULL, 'scopus')"));

        var warning = Assert.Single(outcome.Warnings.Skip(1));
        Assert.StartsWith("Invalid rows of ", warning, StringComparison.Ordinal);
        Assert.Contains(" that were not loaded: 1.", warning, StringComparison.Ordinal);
        Assert.Contains("silver_audit.rejected_row", warning, StringComparison.Ordinal);
    }

    [Fact]
    public void The_error_names_the_first_five_offenders_and_counts_the_rest()
    {
        var source = Staging.CreateWith(
            _module.File("source.db"),
            "CREATE TABLE silver_temp_audit (load_id VARCHAR, audit_schema_version VARCHAR)",
            "INSERT INTO silver_temp_audit VALUES ('GOOD', '3')",
            "INSERT INTO silver_temp_audit SELECT 'BAD_' || i, 'x' || i FROM range(1, 9) AS t(i)");

        var outcome = _module.Run("Invoke-SilverAuditEtl -LiteralPath $args[0] -NoLog", source);

        var message = Assert.Single(outcome.Errors).ToString();
        var reason = CastReason("audit_schema_version", "VARCHAR", "INTEGER");
        var named = string.Join("; ", Enumerable.Range(1, 5).Select(number => $"row {number + 1} (BAD_{number}): {reason}"));
        Assert.StartsWith(
            $"8 of 9 rows in '{source}' are invalid, so nothing of it was loaded: {named}; and 3 more.", message, StringComparison.Ordinal);
        Assert.Contains("-InvalidRow Reject", message, StringComparison.Ordinal);
        Assert.DoesNotContain("BAD_6", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Reasons_of_all_kinds_are_told_apart()
    {
        var source = Staging.CreateWith(
            _module.File("source.db"),
            "CREATE TABLE silver_temp_audit (load_id VARCHAR, audit_schema_version VARCHAR, dq_report VARCHAR)",
            "INSERT INTO silver_temp_audit VALUES (NULL, '1', '1'), (' ', '1', '1'), ('A', 'x', '1'), ('B', '1', '{')",
            "INSERT INTO silver_temp_audit VALUES ('C', '1', '1'), ('C', '2', '1'), ('D', NULL, NULL)");

        Assert.Equal((7, 1, 0, 0, 0, 6), _module.Load(source, "-InvalidRow Reject").Counts());
        Assert.Equal(["D"], StoreContents.LoadIds(Store));
        Assert.Equal(
            [
                [" ", "load_id is blank"], ["A", CastReason("audit_schema_version", "VARCHAR", "INTEGER")], ["B", "dq_report is not JSON"],
                ["C", "load_id appears 2 times with different content"], ["C", "load_id appears 2 times with different content"],
                [null, "load_id is NULL"],
            ],
            Database.Query(Store, Rejected));
    }

    [Fact]
    public void The_same_rejected_row_is_filed_once_however_often_its_source_is_run()
    {
        var source = CreateSource("audit_schema_version VARCHAR", "('BAD', 'abc'), (NULL, '1')");
        _module.Load(source, "-InvalidRow Reject");
        var filed = StoreContents.Rows(Store, "rejected_row", "silver_audit");

        var result = _module.Load(source, "-InvalidRow Reject");

        Assert.Equal((4, 0, 0, 2, 0, 2), result.Counts());
        Assert.Equal(2, filed.Count);
        Assert.Equal(filed, StoreContents.Rows(Store, "rejected_row", "silver_audit"));
        Database.Execute(source, "UPDATE silver_temp_audit SET audit_schema_version = 'def' WHERE load_id = 'BAD'");
        _module.Load(source, "-InvalidRow Reject");
        Assert.Equal(
            ["abc", "def"],
            StoreContents.Texts(Store, "SELECT row->>'audit_schema_version' FROM silver_audit.rejected_row WHERE load_id = 'BAD' ORDER BY ALL"));
    }

    [Fact]
    public void A_source_of_invalid_rows_only_loads_nothing_under_Reject()
    {
        var source = Staging.CreateWith(
            _module.File("source.db"),
            "CREATE TABLE silver_temp_audit (load_id VARCHAR, audit_schema_version VARCHAR)",
            "INSERT INTO silver_temp_audit VALUES ('A', 'x'), ('B', 'y')");

        var result = _module.Load(source, "-InvalidRow Reject");

        Assert.Equal((2, 0, 0, 0, 0, 2), result.Counts());
        Assert.Equal(("No rows loaded - all source rows were rejected", true), (result.Text("Message"), result.Value("Success")));
        Assert.Empty(StoreContents.LoadIds(Store));
        Assert.Equal(["A", "B"], Database.Query(Store, Rejected).Select(row => (string)row[0]!));
    }

    [Fact]
    public void A_row_that_was_rejected_loads_once_it_is_corrected()
    {
        var source = CreateSource("audit_schema_version VARCHAR", "('BAD', 'abc')");
        _module.Load(source, "-InvalidRow Reject");
        Database.Execute(source, "UPDATE silver_temp_audit SET audit_schema_version = '3' WHERE load_id = 'BAD'");

        Assert.Equal((3, 1, 0, 2, 0, 0), _module.Load(source).Counts());
        Assert.Equal(
            [3], Assert.Single(Database.Query(Store, "SELECT audit_schema_version FROM silver_staging_audit WHERE load_id = 'BAD'")));
    }

    [Theory]
    [InlineData("rowid")]
    [InlineData("row_number")]
    [InlineData("row_number_")]
    [InlineData("reject_reason")]
    [InlineData("reason")]
    [InlineData("row")]
    [InlineData("occurrences")]
    [InlineData("versions")]
    [InlineData("kept")]
    [InlineData("rescued")]
    [InlineData("changed")]
    [InlineData("processed_at")]
    [InlineData("run_id")]
    [InlineData("source")]
    public void A_source_may_have_a_column_named_like_one_that_the_checks_use(string name)
    {
        var source = Staging.CreateWith(
            _module.File("source.db"),
            $"CREATE TABLE silver_temp_audit (load_id VARCHAR, audit_schema_version VARCHAR, \"{name}\" VARCHAR)",
            "INSERT INTO silver_temp_audit VALUES ('GOOD', '3', 'mine'), ('BAD', 'x', 'mine'), ('TWICE', '1', 'mine'), ('TWICE', '2', 'mine')",
            "INSERT INTO silver_temp_audit VALUES ('COPY', '1', 'mine'), ('COPY', '1', 'mine')");

        var failure = Assert.Single(_module.Run("Invoke-SilverAuditEtl -LiteralPath $args[0] -NoLog", source).Errors);
        var result = _module.Load(source, "-InvalidRow Reject");

        var reason = CastReason("audit_schema_version", "VARCHAR", "INTEGER");
        const string Twice = "load_id appears 2 times with different content";
        Assert.StartsWith(
            $"3 of 6 rows in '{source}' are invalid, so nothing of it was loaded: "
            + $"row 2 (BAD): {reason}; row 3 (TWICE): {Twice}; row 4 (TWICE): {Twice}.",
            failure.ToString(), StringComparison.Ordinal);
        Assert.Equal((6, 2, 0, 1, 0, 3), result.Counts());
        Assert.Equal([["BAD", reason], ["TWICE", Twice], ["TWICE", Twice]], Database.Query(Store, Rejected));
        Assert.Equal(
            $$"""{"load_id":"BAD","audit_schema_version":"x","{{name}}":"mine"}""",
            Database.Scalar<string>(Store, "SELECT row FROM silver_audit.rejected_row WHERE load_id = 'BAD'"));
        Assert.Equal($$"""{"{{name}}":"mine"}""", StoreContents.Rescued(Store, "GOOD"));
        Assert.Equal((6, 0, 0, 3, 0, 3), _module.Load(source, "-InvalidRow Reject").Counts());
    }

    private static string CastReason(string column, string from, string to) =>
        $"{column} has a value that can't be cast from {from} to {to} without loss";

    private string CreateSource(string columns, string badRows) => Staging.CreateWith(
        _module.File("source.db"),
        $"CREATE TABLE silver_temp_audit (load_id VARCHAR, {columns})",
        $"INSERT INTO silver_temp_audit VALUES ('GOOD_1', NULL), {badRows}, ('GOOD_2', NULL)");
}
