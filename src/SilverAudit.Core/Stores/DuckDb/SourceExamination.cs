using DuckDB.NET.Data;
using SilverAudit.Schema;

namespace SilverAudit.Stores.DuckDb;

/// <summary>
/// Reads a source by itself, to tell after a failure whether it is to blame. It runs in an engine of its own: the one that failed
/// may have given up on everything it has open.
/// </summary>
internal static class SourceExamination
{
    private const string Catalog = "examined";

    /// <summary>True when a value can't be read, a text is none, or a load appears twice although the table's key rules that out.</summary>
    public static bool FindsDamage(SourceAttachment source, StoreOptions options, AuditLog log, CancellationToken cancellationToken)
    {
        try
        {
            using var connection = StoreInstance.NewConnection();
            using var session = new DuckDbSession(connection, log) { Activity = source.FilePath };
            // It would spill to the folder the process was started in.
            session.Execute("SET temp_directory = ''", cancellationToken);
            if (options.MemoryLimit is { } limit)
                session.Execute($"SET memory_limit = {Sql.Text(limit)}", cancellationToken);
            session.Execute($"ATTACH {Sql.Text(source.AttachedPath)} AS {Sql.Name(Catalog)} (TYPE duckdb, READ_ONLY)", cancellationToken);
            return session.QueryStep(
                "Reading the source again", Question(source), row => !row.IsDBNull(0) && row.GetBoolean(0), cancellationToken);
        }
        catch (DuckDBException failure)
        {
            return EngineFailures.IsBlamedOnFile(failure);
        }
    }

    private static string Question(SourceAttachment source)
    {
        var table = Sql.Table(Catalog, source.SchemaName, source.TableName);
        // The engine takes bytes that are no text for one until it has to decode them, and a collation takes two texts for one.
        var texts = source.Columns.Where(IsText).Select(column => $"hash(decode(encode(CAST({Sql.Column("r", column.Name)} AS VARCHAR))))");
        var values = string.Join(", ", texts.Prepend("hash(r)").Select(value => $"bit_xor({value})"));
        var key = source.Columns.First(column => column.IsNamed(AuditSchema.Key));
        var isRepeated = source.HasUniqueKey ? $"count(*) <> count(DISTINCT encode({Sql.Column("r", key.Name)}))" : "FALSE";
        return $"SELECT {isRepeated}, {values} FROM {table} AS r";
    }

    private static bool IsText(AuditColumn column) =>
        column.Type.Contains(AuditSchema.Text, StringComparison.Ordinal) || column.Type.Contains(AuditSchema.Json, StringComparison.Ordinal);
}
