namespace SilverAudit.PowerShell.Tests;

public sealed class ColumnTypeTests : IDisposable
{
    private readonly Module _module = new();

    private string Store => _module.File("silver_metadata.db");

    public void Dispose() => _module.Dispose();

    [Theory]
    [InlineData("audit_schema_version", "VARCHAR", "'3'", "3")]
    [InlineData("audit_schema_version", "BIGINT", "3", "3")]
    [InlineData("audit_schema_version", "DOUBLE", "3.0", "3")]
    [InlineData("audit_schema_version", "ENUM('3', '4')", "'3'", "3")]
    [InlineData("ingestion_time", "DECIMAL(10,3)", "3.250", "3.25")]
    [InlineData("ingestion_time", "INTEGER", "7", "7.0")]
    [InlineData("ingestion_time", "VARCHAR", "'0.1'", "0.1")]
    [InlineData("ingest_timestamp", "VARCHAR", "'2025-01-15 14:30:00.123456'", "2025-01-15 14:30:00.123456")]
    [InlineData("ingest_timestamp", "VARCHAR", "'2025-01-15T14:30:00'", "2025-01-15 14:30:00")]
    [InlineData("ingest_timestamp", "DATE", "DATE '2025-01-15'", "2025-01-15 00:00:00")]
    [InlineData("ingest_timestamp", "TIMESTAMP_S", "'2025-01-15 14:30:00'", "2025-01-15 14:30:00")]
    [InlineData("ingest_timestamp", "TIMESTAMP_NS", "'2025-01-15 14:30:00.123456'", "2025-01-15 14:30:00.123456")]
    [InlineData("ingest_timestamp", "TIMESTAMP WITH TIME ZONE", "'2025-01-15 14:30:00+00'", "2025-01-15 14:30:00")]
    [InlineData("ingest_timestamp", "VARCHAR", "'2025-01-15T14:30:00.123456000Z'", "2025-01-15 14:30:00.123456")]
    [InlineData("ingest_timestamp", "VARCHAR", "'2025-01-15 14:30:00.5+00:00'", "2025-01-15 14:30:00.5")]
    [InlineData("ingestion_time", "VARCHAR", "'Infinity'", "inf")]
    [InlineData("data_source", "ENUM('scopus', 'orcid')", "'orcid'", "orcid")]
    [InlineData("validation_summary", "INTEGER", "12", "12")]
    [InlineData("query_parameters", "VARCHAR", """'[{"query": "AUTHID(1)"}]'""", """[{"query": "AUTHID(1)"}]""")]
    [InlineData("query_parameters", "STRUCT(query VARCHAR, page INTEGER)", "{query: 'AUTHID(1)', page: NULL}", """{"query":"AUTHID(1)","page":null}""")]
    [InlineData("payload_files", "STRUCT(name VARCHAR, kb INTEGER)[]", "[{name: 'a.json', kb: 412}]", """[{"name":"a.json","kb":412}]""")]
    [InlineData("validation_errors", "VARCHAR[]", "['it''s', NULL]", """["it's",null]""")]
    [InlineData("dq_report", "MAP(VARCHAR, INTEGER)", "MAP {'score': 97}", """{"score":97}""")]
    public void A_value_of_another_type_arrives_in_the_documented_type(string column, string type, string value, string expected)
    {
        var source = Staging.CreateWith(
            _module.File("source.db"),
            $"CREATE TABLE silver_temp_audit (load_id VARCHAR, {column} {type})",
            $"INSERT INTO silver_temp_audit VALUES ('LOAD_1', {value}), ('LOAD_2', NULL)");

        var result = _module.Load(source);

        Assert.Equal((2, 2, 0, 0, 0, 0), result.Counts());
        Assert.Equal(
            [["LOAD_1", expected], ["LOAD_2", null]],
            Database.Query(Store, $"SELECT load_id, CAST({column} AS VARCHAR) FROM silver_staging_audit ORDER BY load_id"));
        Assert.Equal((2, 0, 0, 2, 0, 0), _module.Load(source).Counts());
    }

    [Fact]
    public void A_load_id_that_is_a_number_becomes_text()
    {
        var source = Staging.CreateWith(
            _module.File("source.db"),
            "CREATE TABLE silver_temp_audit (load_id INTEGER, data_source VARCHAR, checksum_value VARCHAR)",
            "INSERT INTO silver_temp_audit VALUES (42, 'scopus', 'sum'), (-7, 'orcid', NULL)");

        Assert.Equal((2, 2, 0, 0, 0, 0), _module.Load(source).Counts());
        Assert.Equal(["-7", "42"], StoreContents.LoadIds(Store));
        Assert.Equal("""{"checksum_value":"sum"}""", StoreContents.Rescued(Store, "42"));
        Assert.Equal((2, 0, 0, 2, 0, 0), _module.Load(source).Counts());
    }

    [Theory]
    [InlineData("DECIMAL(38,10)", "1234567890123456789012345678.1234567890", "1234567890123456789012345678.1234567890")]
    [InlineData("HUGEINT", "170141183460469231731687303715884105727", "170141183460469231731687303715884105727")]
    [InlineData("UBIGINT", "18446744073709551615", "18446744073709551615")]
    [InlineData("DOUBLE", "'NaN'", "\"nan\"")]
    [InlineData("DOUBLE", "'-Infinity'", "\"-inf\"")]
    [InlineData("DOUBLE[]", "['NaN'::DOUBLE, 'Infinity'::DOUBLE, NULL]", "[NaN,Infinity,null]")]
    [InlineData("BLOB", @"'\x00\xFFab'", "\"\\\\x00\\\\xFFab\"")]
    [InlineData("TIMESTAMP_NS", "'2025-01-15 14:30:00.123456789'", "\"2025-01-15 14:30:00.123456789\"")]
    [InlineData("INTERVAL", "INTERVAL 3 DAY", "\"3 days\"")]
    [InlineData("UUID", "'6ba7b810-9dad-11d1-80b4-00c04fd430c8'", "\"6ba7b810-9dad-11d1-80b4-00c04fd430c8\"")]
    [InlineData("VARCHAR", "'{not JSON'", "\"{not JSON\"")]
    [InlineData("VARCHAR", "''", "\"\"")]
    [InlineData("JSON", "'null'", "null")]
    [InlineData("MAP(VARCHAR, INTEGER)", "MAP {'a': 1, 'b': NULL}", """{"a":1,"b":null}""")]
    public void A_value_without_a_place_is_rescued_whatever_its_type(string type, string value, string expected)
    {
        var source = Staging.CreateWith(
            _module.File("source.db"),
            $"CREATE TABLE silver_temp_audit (load_id VARCHAR, extra {type})",
            $"INSERT INTO silver_temp_audit VALUES ('LOAD_1', {value}), ('LOAD_2', NULL)");

        _module.Load(source);

        Assert.Equal(
            [["LOAD_1", $$"""{"extra":{{expected}}}"""]], Database.Query(Store, "SELECT load_id, rescued FROM silver_audit.rescued_data"));
        Assert.Equal((2, 0, 0, 2, 0, 0), _module.Load(source).Counts());
    }

    [Fact]
    public void Sources_of_one_pipeline_may_give_one_type_name_different_meanings()
    {
        var first = Staging.CreateWith(
            _module.File("first.db"),
            "CREATE TYPE version AS ENUM ('3', '4')", "CREATE TABLE silver_temp_audit (load_id VARCHAR, data_source version, extra version)",
            "INSERT INTO silver_temp_audit VALUES ('FIRST', '4', '3')");
        var second = Staging.CreateWith(
            _module.File("second.db"),
            "CREATE TYPE version AS INTEGER", "CREATE TABLE silver_temp_audit (load_id VARCHAR, data_source version, extra version)",
            "INSERT INTO silver_temp_audit VALUES ('SECOND', 5, 6)");

        var results = _module.Succeed("$args | Invoke-SilverAuditEtl -NoLog", first, second);

        Assert.Equal([(1, 1, 0, 0, 0, 0), (1, 1, 0, 0, 0, 0)], results.Select(result => result.Counts()));
        Assert.Equal(
            [["FIRST", "4"], ["SECOND", "5"]],
            Database.Query(Store, "SELECT load_id, data_source FROM silver_staging_audit ORDER BY load_id"));
        Assert.Equal("""{"extra":"3"}""", StoreContents.Rescued(Store, "FIRST"));
        Assert.Equal("""{"extra":6}""", StoreContents.Rescued(Store, "SECOND"));
    }

    [Fact]
    public void A_collation_of_the_source_does_not_make_different_values_equal()
    {
        _module.Load(Staging.Create(_module.File("earlier.db"), "load_1", "LOAD_2"));
        var source = Staging.CreateWith(
            _module.File("source.db"),
            """
            CREATE TABLE silver_temp_audit (
                load_id VARCHAR COLLATE NOCASE, data_source VARCHAR COLLATE NOCASE, checksum_value VARCHAR COLLATE NOCASE)
            """,
            "INSERT INTO silver_temp_audit VALUES ('LOAD_1', 'scopus', 'x'), ('LOAD_2', 'SCOPUS', 'checksum of LOAD_2')",
            "INSERT INTO silver_temp_audit VALUES ('LOAD_3', 'scopus', 'CHECKSUM'), ('load_3', 'scopus', 'checksum')");

        Assert.Equal((4, 3, 0, 1, 1, 0), _module.Load(source).Counts());
        Assert.Equal(["LOAD_1", "LOAD_2", "LOAD_3", "load_1", "load_3"], StoreContents.LoadIds(Store));
        Assert.Equal("CHECKSUM", StoreContents.RescuedValue(Store, "LOAD_3", "checksum_value"));
        Assert.Equal("checksum", StoreContents.RescuedValue(Store, "load_3", "checksum_value"));
    }
}
