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
        using var reader = new DatabaseReader(path);
        return reader.Query(sql);
    }

    /// <summary>The rows of a query over two files, of which the second goes by the name <c>other_file</c>.</summary>
    public static IReadOnlyList<object?[]> QueryBoth(string path, string other, string sql)
    {
        using var reader = new DatabaseReader(path, other);
        return reader.Query(sql);
    }

    /// <summary>The one value of a query.</summary>
    public static T Scalar<T>(string path, string sql)
    {
        using var reader = new DatabaseReader(path);
        return reader.Scalar<T>(sql);
    }

    /// <summary>Opens a file with the plain engine.</summary>
    /// <param name="path">The file.</param>
    /// <param name="access">More options for ATTACH.</param>
    // The file is attached, never the data source: DuckDB.NET takes files whose names differ by case only for one.
    public static DuckDBConnection Open(string path, string access)
    {
        var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        Attach(connection, path, "test_file", access);
        using var command = connection.CreateCommand();
        command.CommandText = "USE test_file";
        command.ExecuteNonQuery();
        return connection;
    }

    internal static void Attach(DuckDBConnection connection, string path, string name, string access)
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"ATTACH '{path.Replace("'", "''", StringComparison.Ordinal)}' AS {name} (TYPE duckdb{access})";
        command.ExecuteNonQuery();
    }
}
