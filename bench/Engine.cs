using DuckDB.NET.Data;

namespace SilverAudit.Bench;

/// <summary>A DuckDB instance in memory, to which files are attached.</summary>
internal sealed class Engine : IDisposable
{
    private readonly DuckDBConnection _connection = new("DataSource=:memory:");

    public Engine() => _connection.Open();

    public DuckDBCommand CreateCommand(string sql)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        return command;
    }

    public int Execute(string sql)
    {
        using var command = CreateCommand(sql);
        return command.ExecuteNonQuery();
    }

    public void Attach(string path, string name, string options = "") =>
        Execute($"ATTACH '{path.Replace("'", "''", StringComparison.Ordinal)}' AS {name} {options}");

    public void Dispose() => _connection.Dispose();
}
