using DuckDB.NET.Data;
using SilverAudit.Stores.DuckDb;

namespace SilverAudit.Core.Tests;

public sealed class StorableTypesTests
{
    [Theory]
    [InlineData("VARCHAR")]
    [InlineData("JSON")]
    [InlineData("BOOLEAN")]
    [InlineData("HUGEINT")]
    [InlineData("DOUBLE")]
    [InlineData("TIMESTAMP")]
    [InlineData("TIMESTAMP WITH TIME ZONE")]
    [InlineData("TIMESTAMP_NS")]
    [InlineData("DECIMAL(18,3)")]
    [InlineData("DECIMAL(38, 10)")]
    [InlineData("BLOB")]
    [InlineData("UUID")]
    public void A_plain_type_stays(string type) => Assert.Equal(type, StorableTypes.For(type));

    [Theory]
    [InlineData("STRUCT(a INTEGER)")]
    [InlineData("STRUCT(\"a); DROP TABLE silver_staging_audit; --\" INTEGER)")]
    [InlineData("INTEGER[]")]
    [InlineData("VARCHAR[3]")]
    [InlineData("MAP(VARCHAR, INTEGER)")]
    [InlineData("UNION(a INTEGER, b VARCHAR)")]
    [InlineData("DECIMAL(18,3); DROP TABLE silver_staging_audit")]
    [InlineData("DECIMAL(18,3)[]")]
    [InlineData("VARCHAR DEFAULT (SELECT content FROM read_text('/etc/passwd'))")]
    [InlineData("INTEGER)")]
    [InlineData(" VARCHAR")]
    [InlineData("varchar; --")]
    [InlineData("MY_TYPE")]
    [InlineData("")]
    public void Every_other_type_becomes_json(string type) => Assert.Equal("JSON", StorableTypes.For(type));

    [Theory]
    [InlineData("ENUM('a', 'b')")]
    [InlineData("ENUM('a'')); DROP TABLE silver_staging_audit; --')")]
    public void An_enumeration_becomes_text(string type) => Assert.Equal("VARCHAR", StorableTypes.For(type));

    [Fact]
    public void Every_type_of_the_engine_becomes_one_that_a_column_can_have()
    {
        using var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText =
            """
            CREATE TYPE mood AS ENUM ('a''b', 'c);--');
            CREATE TABLE everything (
                a BIT, b DATE, c TIME, d INTERVAL, e TIMESTAMP_S, f TIMETZ, g UHUGEINT, h DECIMAL(4,1), i mood, j STRUCT("x y" INTEGER, "q"")" VARCHAR),
                k INTEGER[], l MAP(VARCHAR, DATE), m FLOAT, n TIMESTAMPTZ, o BLOB, p UTINYINT, q INTEGER[2], r UNION(n INTEGER, t VARCHAR))
            """;
        command.ExecuteNonQuery();
        command.CommandText = "SELECT data_type FROM duckdb_columns() WHERE table_name = 'everything'";
        var types = new List<string>();
        using (var reader = command.ExecuteReader())
        {
            while (reader.Read())
                types.Add(reader.GetString(0));
        }

        command.CommandText = $"CREATE TABLE stored ({string.Join(", ", types.Select((type, ordinal) => $"c{ordinal} {StorableTypes.For(type)}"))})";
        command.ExecuteNonQuery();

        Assert.Equal(
            ["BIT", "DATE", "TIME", "INTERVAL", "TIMESTAMP_S", "TIME WITH TIME ZONE", "UHUGEINT", "DECIMAL(4,1)", "VARCHAR", "JSON", "JSON", "JSON",
             "FLOAT", "TIMESTAMP WITH TIME ZONE", "BLOB", "UTINYINT", "JSON", "JSON"],
            types.Select(StorableTypes.For));
    }
}
