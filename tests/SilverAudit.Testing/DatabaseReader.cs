using DuckDB.NET.Data;

namespace SilverAudit.Testing;

/// <summary>A DuckDB file that is open for reading, so that many questions take one opening. Its .wal stays as it is.</summary>
public sealed class DatabaseReader : IDisposable
{
    private readonly DuckDBConnection _connection;

    /// <param name="path">The file.</param>
    /// <param name="other">Another one, which goes by the name <c>other_file</c>; null for none.</param>
    public DatabaseReader(string path, string? other = null)
    {
        _connection = Database.Open(path, ", READ_ONLY");
        if (other is not null)
            Database.Attach(_connection, other, "other_file", ", READ_ONLY");
    }

    /// <summary>The rows of a query, each as its values; NULL is null.</summary>
    public IReadOnlyList<object?[]> Query(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var rows = new List<object?[]>();
        while (reader.Read())
        {
            rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(ordinal => reader.IsDBNull(ordinal) ? null : reader.GetValue(ordinal))]);
        }

        return rows;
    }

    /// <summary>The one column of a query, which is text.</summary>
    public IReadOnlyList<string> Texts(string sql) => [.. Query(sql).Select(row => (string)row[0]!)];

    /// <summary>The one value of a query.</summary>
    public T Scalar<T>(string sql) => (T)Convert.ChangeType(Query(sql)[0][0]!, typeof(T), System.Globalization.CultureInfo.InvariantCulture);

    public void Dispose() => _connection.Dispose();
}
