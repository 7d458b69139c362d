using System.Diagnostics;

namespace SilverAudit.Stores.DuckDb;

/// <summary>Takes back what one run did. Everything happens in the transaction that the caller began.</summary>
internal sealed class UndoOperation(DuckDbSession session, StoreSchema schema, UndoOptions options, string path, string permanentTable, AuditLog log)
{
    private static readonly string s_touched = $"(SELECT load_id FROM {UndoScope.InsertTable} UNION ALL SELECT load_id FROM {UndoScope.VersionTable})";

    private readonly Guid _id = Guid.NewGuid();
    private readonly DateTime _startedAt = DateTime.UtcNow;
    private readonly long _startedTicks = Stopwatch.GetTimestamp();

    /// <summary>Says what would be done, and writes to temporary tables only.</summary>
    public UndoResult Plan(PermanentTable permanent, UndoneRun run, CancellationToken cancellationToken)
    {
        var (scope, _) = Examine(permanent, run, cancellationToken);
        return NewResult(permanent with { Rows = scope.RowsAfterPlan(cancellationToken) }, run, scope, UndoStatus.Planned);
    }

    /// <summary>Does the work and returns what was done, and the permanent table as it is then.</summary>
    public (UndoResult Result, PermanentTable Permanent) Execute(
        PermanentTable permanent, UndoneRun run, KnownStore known, CancellationToken cancellationToken)
    {
        var (scope, former) = Examine(permanent, run, cancellationToken);
        schema.EnsureSideTables(cancellationToken);
        var history = new RunHistory(session, schema);
        var processedAt = history.NextProcessingTimestamp(known, cancellationToken);

        log.Info($"Filing {scope.Inserted + scope.Replaced} loads that are taken back");
        Expect(scope.Inserted + scope.Replaced, FileCurrent(permanent, scope, processedAt, cancellationToken));
        RestoreRescued(scope, cancellationToken);
        if (scope.Replaced > 0)
        {
            log.Info($"Restoring {scope.Replaced} former versions");
            Expect(scope.Replaced, former.Restore(cancellationToken));
        }

        if (scope.Inserted > 0)
        {
            log.Info($"Removing {scope.Inserted} inserted loads");
            Expect(scope.Inserted, session.ExecuteStep(
                "Removing inserted loads",
                $"DELETE FROM {permanent.Name} WHERE load_id IN (SELECT load_id FROM {UndoScope.InsertTable})", cancellationToken));
        }

        permanent = permanent with { Rows = permanent.Rows - scope.Inserted };
        var result = NewResult(permanent, run, scope, UndoStatus.Undone);
        history.Add(result, processedAt, cancellationToken);
        return (result, permanent);
    }

    private (UndoScope Scope, FormerVersions Former) Examine(PermanentTable permanent, UndoneRun run, CancellationToken cancellationToken)
    {
        var scope = new UndoScope(session, schema, permanent, run, options, path, cancellationToken);
        scope.Collect(cancellationToken);
        var former = new FormerVersions(session, permanent, run, path);
        if (scope.Replaced > 0)
            former.Prepare(scope.Replaced, cancellationToken);
        return (scope, former);
    }

    private long FileCurrent(PermanentTable permanent, UndoScope scope, DateTime processedAt, CancellationToken cancellationToken) =>
        session.ExecuteStep(
            "Filing what is taken back",
            $"""
            INSERT INTO {schema.Superseded} BY NAME
            SELECT d.load_id, {Sql.Uuid(_id)} AS run_id, {Sql.Timestamp(processedAt)} AS superseded_at, $reason AS reason,
                {JsonExpressions.ObjectOfVersion("d", permanent.Columns)} AS previous, f.rescued AS previous_rescued
            FROM {permanent.Name} AS d LEFT JOIN {scope.Rescued.From} AS f ON f.load_id = d.load_id
            WHERE d.load_id IN {s_touched}
            """,
            cancellationToken, ("reason", options.Reason));

    private void RestoreRescued(UndoScope scope, CancellationToken cancellationToken)
    {
        // Said before anything is deleted: to whom a version belonged follows from what is filed.
        session.ExecuteStep(
            "Restoring rescued values",
            $"""
            CREATE OR REPLACE TEMP TABLE silver_former_rescued AS
            SELECT v.load_id, coalesce(w.run_id, {Sql.Uuid(_id)}) AS run_id, v.previous_rescued AS rescued
            FROM {UndoScope.VersionTable} AS v LEFT JOIN ({scope.SelectWriters()}) AS w ON w.n = v.n
            WHERE v.previous_rescued IS NOT NULL
            """,
            cancellationToken);
        session.ExecuteStep(
            "Restoring rescued values",
            scope.Rescued.DeleteOf(s_touched), cancellationToken);
        session.ExecuteStep(
            "Restoring rescued values", $"INSERT INTO {schema.Rescued} BY NAME FROM temp.main.silver_former_rescued", cancellationToken);
    }

    /// <summary>What the engine counts has to agree with what was found, or nothing is committed.</summary>
    private void Expect(long expected, long actual)
    {
        if (expected == actual)
            return;
        throw new AuditException(AuditErrorId.EngineFailure, path,
            $"Run {options.RunId} in '{path}' was not undone, and nothing was changed: {expected} loads were to be written, and {actual} were. "
            + "Look whether silver_audit.rescued_data has a load twice. Run it again; if it happens twice, report it.");
    }

    private UndoResult NewResult(PermanentTable permanent, UndoneRun run, UndoScope scope, UndoStatus status) => new()
    {
        RunId = _id,
        UndoneRunId = run.Id,
        Source = run.Source,
        SourceTable = run.SourceTable,
        Destination = path,
        DestinationTable = permanentTable,
        Status = status,
        Message = status is UndoStatus.Planned
            ? $"Planned: {Count(scope.Inserted, "inserted load")} to remove, {Count(scope.Replaced, "version")} to restore"
            : $"Undone: {Count(scope.Inserted, "inserted load")} removed, {Count(scope.Replaced, "version")} restored",
        RemovedLoads = scope.Inserted,
        RestoredLoads = scope.Replaced,
        DestinationRows = permanent.Rows,
        Reason = options.Reason,
        StartedAt = _startedAt,
        Duration = Stopwatch.GetElapsedTime(_startedTicks),
    };

    private static string Count(long count, string what) => count == 1 ? $"1 {what}" : $"{count} {what}s";
}
