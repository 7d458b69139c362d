using DuckDB.NET.Data;

namespace SilverAudit.Testing;

/// <summary>Reads and writes real DuckDB files with the plain engine, apart from the module.</summary>
public static class Database
{
    /// <summary>Executes statements on a file, which is created when it does not exist, and closes it again.</summary>
    public static void Execute(string path, params string[] statements)
    {
        using var connection = Open(path, "");
        foreach (var statement in statements)
        {
            using var command = connection.CreateCommand();
            command.CommandText = statement;
            command.ExecuteNonQuery();
        }
    }

    /// <summary>Executes statements on a file and does something else before it is closed.</summary>
    public static void WhileOpen(string path, IEnumerable<string> statements, Action work)
    {
        using var connection = Open(path, "");
        foreach (var statement in statements)
        {
            using var command = connection.CreateCommand();
            command.CommandText = statement;
            command.ExecuteNonQuery();
        }

        work();
    }

    /// <summary>The rows of a query, each as its values; NULL is null.</summary>
    public static IReadOnlyList<object?[]> Query(string path, string sql)
    {
        using var connection = Open(path, ", READ_ONLY");
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var rows = new List<object?[]>();
        while (reader.Read())
        {
            rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(ordinal => reader.IsDBNull(ordinal) ? null : reader.GetValue(ordinal))]);
        }

        return rows;
    }

    /// <summary>The one value of a query.</summary>
    public static T Scalar<T>(string path, string sql) => (T)Convert.ChangeType(Query(path, sql)[0][0]!, typeof(T), System.Globalization.CultureInfo.InvariantCulture);

    // The file is attached, never the data source: DuckDB.NET takes files whose names differ by case only for one.
    private static DuckDBConnection Open(string path, string access)
    {
        var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"ATTACH '{path.Replace("'", "''", StringComparison.Ordinal)}' AS test_file (TYPE duckdb{access})";
        command.ExecuteNonQuery();
        command.CommandText = "USE test_file";
        command.ExecuteNonQuery();
        return connection;
    }
}
