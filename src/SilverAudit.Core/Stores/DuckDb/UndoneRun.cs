using DuckDB.NET.Data;
using SilverAudit.Schema;

namespace SilverAudit.Stores.DuckDb;

/// <summary>The run that is to be taken back, as the history has it.</summary>
internal sealed record UndoneRun(
    Guid Id, string Source, string SourceTable, string DestinationTable, string? Status, bool HasTime, long Inserted, long Updated, string? ErrorId)
{
    /// <summary>Finds a run that can be taken back.</summary>
    /// <exception cref="AuditException">
    /// <see cref="AuditErrorId.RunNotFound"/>, <see cref="AuditErrorId.RunNotUndoable"/>.
    /// </exception>
    public static UndoneRun Find(
        DuckDbSession session, StoreSchema schema, UndoOptions options, string path, string permanentTable, CancellationToken cancellationToken)
    {
        var runs = schema.HasSideColumn(SideTable.Run.Name, "run_id", cancellationToken)
            ? session.Query(
                $"""
                SELECT source, source_table, destination_table, status, processing_timestamp IS NOT NULL, inserted_rows, updated_rows, error_id
                FROM {schema.Run} WHERE run_id = {Sql.Uuid(options.RunId)}
                """,
                row => Read(row, options.RunId), cancellationToken)
            : [];
        if (runs.Count == 0)
        {
            throw new AuditException(AuditErrorId.RunNotFound, path,
                $"The history of '{path}' has no run {options.RunId}. Get-SilverAuditRun lists the runs that it has. Check -RunId and -Destination.");
        }

        var run = runs[0];
        var refusal = runs.Count > 1
            ? $"the history has it {runs.Count} times, so what it did can't be told. Correct silver_audit.etl_run"
            : run.Refusal(permanentTable) ?? RefusalOfUndone(session, schema, options, cancellationToken);
        return refusal is null
            ? run
            : throw new AuditException(AuditErrorId.RunNotUndoable, path, $"Run {run.Id} in '{path}' can't be undone: {refusal}.");
    }

    private string? Refusal(string permanentTable) => this switch
    {
        { Status: RunHistory.UndoStatus } =>
            $"it is an undo itself. Load '{Source}' again with Invoke-SilverAuditEtl, with -Reprocess where loads differ; what the undo took back is also filed in silver_audit.superseded_load",
        { Status: nameof(EtlStatus.Failed) } or { HasTime: false } =>
            $"it failed{(ErrorId is null ? "" : $" with {ErrorId}")} and wrote nothing, so there is nothing to take back",
        { Inserted: 0, Updated: 0 } => "it inserted no load and replaced none, so there is nothing to take back",
        _ when !CatalogNameComparer.IsSame(DestinationTable, Secrets.Redact(permanentTable)) =>
            $"it loaded into the table '{DestinationTable}', not into '{permanentTable}'. Add -DestinationTable '{DestinationTable.Replace("'", "''", StringComparison.Ordinal)}'",
        _ => null,
    };

    private static string? RefusalOfUndone(DuckDbSession session, StoreSchema schema, UndoOptions options, CancellationToken cancellationToken)
    {
        if (options.PlannedBefore.Contains(options.RunId))
            return "it is in this plan already";
        if (!schema.HasSideColumn(SideTable.Run.Name, StoreSchema.UndoneRun, cancellationToken))
            return null;
        var undos = session.Query(
            $"SELECT CAST(run_id AS VARCHAR), strftime(started_at, '%Y-%m-%d %H:%M:%S') FROM {schema.Run} WHERE {StoreSchema.UndoneRun} = {Sql.Uuid(options.RunId)}",
            row => $"it was undone already by run {TextOf(row, 0)} at {TextOf(row, 1)} (UTC). To have its loads again, load the source again", cancellationToken);
        return undos is [var first, ..] ? first : null;
    }

    private static UndoneRun Read(DuckDBDataReader row, Guid id) => new(
        id, TextOf(row, 0) ?? "", TextOf(row, 1) ?? "", TextOf(row, 2) ?? "", TextOf(row, 3), row.GetBoolean(4),
        row.IsDBNull(5) ? 0 : row.GetInt64(5), row.IsDBNull(6) ? 0 : row.GetInt64(6), TextOf(row, 7));

    private static string? TextOf(DuckDBDataReader row, int ordinal) => row.IsDBNull(ordinal) ? null : row.GetString(ordinal);
}
