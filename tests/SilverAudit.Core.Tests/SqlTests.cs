using DuckDB.NET.Data;
using SilverAudit.Stores.DuckDb;

namespace SilverAudit.Core.Tests;

public sealed class SqlTests : IDisposable
{
    private readonly DuckDBConnection _connection = new("DataSource=:memory:");

    public SqlTests() => _connection.Open();

    public static TheoryData<string> Hostile { get; } =
    [
        "plain", "it's", "say \"so\"", "'; DROP TABLE x; --", "\"; DROP TABLE x; --", "a b", "a;b", "a.b", "a/b~c~0~1", "[a]", "$1", "$name", "{a}",
        "-- x", "/* x", "\\", "\\'", "%s", "?", "line\nbreak", "tab\t", "漢字 é 😀", " ", "select", "$$", "E'\\n'",
    ];

    public void Dispose() => _connection.Dispose();

    [Theory]
    [MemberData(nameof(Hostile))]
    public void A_text_means_itself(string value) => Assert.Equal(value, Scalar($"SELECT {Sql.Text(value)}"));

    [Theory]
    [MemberData(nameof(Hostile))]
    public void A_name_means_itself(string name)
    {
        Execute($"CREATE TABLE {Sql.Table("memory", "main", name)} ({Sql.Name(name)} INTEGER)");

        Assert.Equal(name, Scalar("SELECT table_name FROM duckdb_tables()"));
        Assert.Equal(name, Scalar("SELECT column_name FROM duckdb_columns() WHERE NOT internal"));
        Assert.Equal(0L, Scalar($"SELECT count({Sql.Column("r", name)}) FROM {Sql.Table("memory", "main", name)} AS r"));
    }

    [Theory]
    [MemberData(nameof(Hostile))]
    public void A_member_of_an_object_is_found_again(string member)
    {
        var json = $"('{{' || {Sql.JsonMember(member)} || '42}}')::JSON";

        Assert.Equal(member, Scalar($"SELECT json_keys({json})[1]"));
        Assert.Equal("42", Scalar($"SELECT json_extract({json}, {Sql.JsonPointer(member)})::VARCHAR"));
    }

    [Fact]
    public void Names_and_texts_are_quoted()
    {
        Assert.Equal("\"a\"\"b\"", Sql.Name("a\"b"));
        Assert.Equal("'a''b'", Sql.Text("a'b"));
        Assert.Equal("\"c\".\"main\".\"t\"", Sql.Table("c", "main", "t"));
        Assert.Equal("r.\"x y\"", Sql.Column("r", "x y"));
        Assert.Equal("'/a~1b~0c'", Sql.JsonPointer("a/b~c"));
    }

    private void Execute(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private object? Scalar(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
