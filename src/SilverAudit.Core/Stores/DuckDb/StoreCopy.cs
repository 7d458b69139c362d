using System.Text.RegularExpressions;
using DuckDB.NET.Data;

namespace SilverAudit.Stores.DuckDb;

/// <summary>
/// Makes a copy of the attached store with the engine, which so sees what is in the log too, and compares it with the store. The
/// definitions are copied first and then the rows, table by table: all in one statement, the engine can't copy a foreign key.
/// </summary>
internal sealed partial class StoreCopy(DuckDbSession session, AuditLog log, string storePath)
{
    private const int NamesShown = 5;

    private static int s_count;

    /// <summary>Writes the copy. The store must be attached, and stay so meanwhile.</summary>
    /// <param name="draft">The file to write.</param>
    /// <param name="target">What it is going to be called.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>What is in the store, and in the copy.</returns>
    /// <exception cref="AuditException"><see cref="AuditErrorId.CopyNotVerified"/>, or the failure that was met.</exception>
    public StoreInventory Write(string draft, string target, CancellationToken cancellationToken)
    {
        session.Activity = target;
        try
        {
            var tables = WithFile(draft, Layout(cancellationToken), copy => Fill(copy, target, cancellationToken), cancellationToken);
            return Verify(draft, target, tables, cancellationToken);
        }
        catch (DuckDBException cause) when (!EngineFailures.IsInterrupt(cause))
        {
            throw EngineFailures.ForTarget(cause, draft, target, storePath);
        }
    }

    /// <summary>The options that give a new file the storage version and the block size of the store.</summary>
    private string Layout(CancellationToken cancellationToken)
    {
        var (version, blockSize) = session.QuerySingle(
            """
            SELECT coalesce(tags['storage_version'], ''), block_size
            FROM system.main.duckdb_databases() JOIN pragma_database_size() USING (database_name) WHERE database_name = $catalog
            """,
            row => (row.GetString(0), row.GetInt64(1)), cancellationToken, ("catalog", StoreInstance.Catalog));
        var found = Version().Match(version);
        return (found.Success ? $", STORAGE_VERSION {Sql.Text(found.Value)}" : "") + $", BLOCK_SIZE {blockSize}";
    }

    private List<CopiedTable> Fill(string copy, string target, CancellationToken cancellationToken)
    {
        try
        {
            session.ExecuteStep(
                "Copying definitions", $"COPY FROM DATABASE {Sql.Name(StoreInstance.Catalog)} TO {Sql.Name(copy)} (SCHEMA)", cancellationToken);
            var tables = FindTables(copy, cancellationToken);
            foreach (var table in tables)
            {
                session.ExecuteStep(
                    "Copying rows",
                    $"INSERT INTO {table.In(copy)} ({table.ColumnList}) SELECT {table.ColumnList} FROM {table.In(StoreInstance.Catalog)}", cancellationToken);
            }

            session.ExecuteStep("Writing", $"CHECKPOINT {Sql.Name(copy)}", cancellationToken);
            return tables;
        }
        catch (DuckDBException cause) when (EngineFailures.IsRefusal(cause))
        {
            throw NotVerified(target, $"the engine refuses something that is in it: {EngineFailures.FirstLine(cause.Message)}", cause);
        }
    }

    private StoreInventory Verify(string draft, string target, List<CopiedTable> tables, CancellationToken cancellationToken)
    {
        if (File.Exists(FileLocation.LogOf(draft)))
            throw NotVerified(target, "a part of it is in a log still");
        var expected = StoreInventory.Of(session, StoreInstance.Catalog, tables, cancellationToken);
        var found = WithFile(draft, ", READ_ONLY", copy => StoreInventory.Of(session, copy, tables, cancellationToken), cancellationToken);
        var differences = found.Differences(expected);
        if (differences.Count == 0)
            return found;
        var more = differences.Count > NamesShown ? $" and {differences.Count - NamesShown} more" : "";
        throw NotVerified(target, $"the copy differs in {string.Join(", ", differences.Take(NamesShown))}{more}");
    }

    /// <summary>The tables of the copy, those first that others refer to.</summary>
    private List<CopiedTable> FindTables(string copy, CancellationToken cancellationToken)
    {
        var found = session.Query(
            "SELECT schema_name, table_name, sql FROM system.main.duckdb_tables() WHERE database_name = $catalog ORDER BY ALL",
            row => (Schema: row.GetString(0), Name: row.GetString(1), Definition: row.GetString(2)), cancellationToken, ("catalog", copy));
        var references = session.Query(
            """
            SELECT table_name, referenced_table FROM system.main.duckdb_constraints()
            WHERE database_name = $catalog AND constraint_type = 'FOREIGN KEY' AND table_name <> referenced_table
            """,
            row => (From: row.GetString(0), To: row.GetString(1)), cancellationToken, ("catalog", copy)).ToLookup(reference => reference.From, reference => reference.To);
        var waiting = found.Select(table => new CopiedTable(table.Schema, table.Name, FindColumns(copy, table, cancellationToken))).ToList();
        var ordered = new List<CopiedTable>();
        while (waiting.Count > 0)
        {
            var next = waiting.FirstOrDefault(table => !references[table.Name].Any(name => waiting.Exists(other => other.Name == name))) ?? waiting[0];
            ordered.Add(next);
            waiting.Remove(next);
        }

        return ordered;
    }

    private List<string> FindColumns(string copy, (string Schema, string Name, string Definition) table, CancellationToken cancellationToken)
    {
        var columns = session.Query(
            """
            SELECT column_name FROM system.main.duckdb_columns()
            WHERE database_name = $catalog AND schema_name = $schema AND table_name = $table ORDER BY column_index
            """,
            row => row.GetString(0), cancellationToken, ("catalog", copy), ("schema", table.Schema), ("table", table.Name)).ToList();
        if (ComputedColumns.AreIn(table.Definition))
            columns.RemoveAll(column => IsComputed(Sql.Table(copy, table.Schema, table.Name), column, cancellationToken));
        return columns;
    }

    // The catalog does not tell computed columns from others, but nothing can be inserted into one, not even nothing.
    private bool IsComputed(string table, string column, CancellationToken cancellationToken)
    {
        try
        {
            session.Execute($"INSERT INTO {table} ({Sql.Name(column)}) SELECT NULL LIMIT 0", cancellationToken);
            return false;
        }
        catch (DuckDBException refusal) when (refusal.Message.Contains("generated column", StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }
    }

    private T WithFile<T>(string file, string options, Func<string, T> work, CancellationToken cancellationToken)
    {
        var catalog = "copy_" + Interlocked.Increment(ref s_count);
        session.Execute($"ATTACH {Sql.Text(file)} AS {Sql.Name(catalog)} (TYPE duckdb{options})", cancellationToken);
        try
        {
            return work(catalog);
        }
        finally
        {
            Detach(catalog);
        }
    }

    /// <summary>Closes the file as it is: what is whole has been written, and what is not is thrown away.</summary>
    private void Detach(string catalog)
    {
        try
        {
            session.Execute("PRAGMA disable_checkpoint_on_shutdown", CancellationToken.None);
            session.Execute($"DETACH {Sql.Name(catalog)}", CancellationToken.None);
            session.Execute("PRAGMA enable_checkpoint_on_shutdown", CancellationToken.None);
        }
        catch (DuckDBException failure)
        {
            // The instance gives the file back at the latest when it is disposed.
            log.Detail($"The copy could not be detached: {failure.Message}");
        }
    }

    private AuditException NotVerified(string target, string reason, Exception? cause = null) => new(AuditErrorId.CopyNotVerified, target,
        $"The store '{storePath}' could not be copied just as it is: {EngineFailures.FirstLine(reason)} The copy was thrown away, and the store is as it was. "
        + "Take out of it what can't be copied, or copy the file itself, and its .wal, while nobody has it open.", cause);

    [GeneratedRegex(@"^v\d+\.\d+\.\d+", RegexOptions.CultureInvariant)]
    private static partial Regex Version();
}
