using DuckDB.NET.Data;

// Another process that has a database open: SilverAudit.FileHolder <file> read|write. It says "held" and lets go when its
// standard input closes.
if (args is not [var path, "read" or "write"])
{
    Console.Error.WriteLine("Usage: SilverAudit.FileHolder <file> read|write");
    return 64;
}

var access = args[1] == "read" ? ", READ_ONLY" : "";
try
{
    using var connection = new DuckDBConnection("DataSource=:memory:");
    connection.Open();
    using var command = connection.CreateCommand();
    command.CommandText = $"ATTACH '{path.Replace("'", "''", StringComparison.Ordinal)}' AS held (TYPE duckdb{access})";
    command.ExecuteNonQuery();

    Console.Out.WriteLine("held");
    Console.In.ReadToEnd();
    return 0;
}
catch (DuckDBException failure)
{
    Console.Error.WriteLine(failure.Message);
    return 1;
}
