using SilverAudit.Schema;

namespace SilverAudit.Stores.DuckDb;

/// <summary>
/// What one run did to the loads of the permanent table, and whether that can still be taken back. It is copied to temporary
/// tables, from which everything else follows.
/// </summary>
internal sealed class UndoScope(
    DuckDbSession session, StoreSchema schema, PermanentTable permanent, UndoneRun run, UndoOptions options, string path,
    CancellationToken cancellationToken)
{
    /// <summary>The loads that the run inserted: load_id.</summary>
    public const string InsertTable = "temp.main.silver_undone_insert";

    /// <summary>The versions that the run replaced: n counts from 1, load_id, position in the order of filing, previous, previous_rescued.</summary>
    public const string VersionTable = "temp.main.silver_undone_version";

    private const string ConflictTable = "temp.main.silver_undo_conflict";
    private const int LoadsShown = 5;
    private const int RunsShown = 3;

    private readonly OwnRuns _runs = schema.FindOwnRuns(cancellationToken, options.PlannedBefore);

    /// <summary>Loads that the run inserted.</summary>
    public long Inserted { get; private set; }

    /// <summary>Loads that the run replaced.</summary>
    public long Replaced { get; private set; }

    /// <summary>The rescued values that belong to the loads of the permanent table.</summary>
    public RescuedValues Rescued { get; } = schema.FindRescued(cancellationToken);

    private string TimeColumn => permanent.Columns.First(column => column.IsNamed(AuditSchema.ProcessingTimestamp)).Name;

    /// <summary>Looks up what the run did.</summary>
    /// <exception cref="AuditException"><see cref="AuditErrorId.UndoConflict"/>.</exception>
    public void Collect(CancellationToken cancellationToken)
    {
        session.ExecuteStep(
            "Finding inserted loads",
            $"""
            CREATE OR REPLACE TEMP TABLE silver_undone_insert AS
            SELECT load_id FROM {permanent.Name}
            WHERE original_processing_timestamp = (SELECT processing_timestamp FROM {schema.Run} WHERE run_id = {Sql.Uuid(run.Id)})
            """,
            cancellationToken);
        session.ExecuteStep(
            "Finding replaced versions",
            $"""
            CREATE OR REPLACE TEMP TABLE silver_undone_version AS
            SELECT row_number() OVER (ORDER BY rowid) AS n, load_id, rowid AS position, previous, previous_rescued
            FROM {schema.Superseded} WHERE run_id = {Sql.Uuid(run.Id)}
            """,
            cancellationToken);
        (Inserted, Replaced, var distinct) = session.QuerySingle(
            $"SELECT (SELECT count(*) FROM {InsertTable}), count(*), count(DISTINCT load_id) FROM {VersionTable}",
            row => (row.GetInt64(0), row.GetInt64(1), row.GetInt64(2)), cancellationToken);
        RefuseConflicts(distinct, cancellationToken);
    }

    /// <summary>Rows of the permanent table after this plan and those before it.</summary>
    public long RowsAfterPlan(CancellationToken cancellationToken) =>
        permanent.Rows - session.QuerySingle(
            $"""
            SELECT count(*) FROM {permanent.Name} WHERE original_processing_timestamp IN (
                SELECT processing_timestamp FROM {schema.Run} WHERE run_id IN ({string.Join(", ", options.PlannedBefore.Append(run.Id).Select(Sql.Uuid))}))
            """,
            row => row.GetInt64(0), cancellationToken);

    /// <summary>A query of n and run_id: the run that had written each of the replaced versions.</summary>
    public string SelectWriters() =>
        $"""
        SELECT v.n, coalesce(arg_max(s.run_id, s.rowid), any_value(i.run_id)) AS run_id
        FROM {VersionTable} AS v
        JOIN {permanent.Name} AS d ON d.load_id = v.load_id
        LEFT JOIN (SELECT load_id, run_id, rowid FROM {schema.Superseded} AS s WHERE {_runs.IsInForce("s")}) AS s ON s.load_id = v.load_id AND s.rowid < v.position
        LEFT JOIN (SELECT processing_timestamp, run_id FROM {schema.Run} AS r WHERE {_runs.IsOwn("r")}) AS i
            ON i.processing_timestamp = d.original_processing_timestamp
        GROUP BY v.n
        """;

    private void RefuseConflicts(long distinct, CancellationToken cancellationToken)
    {
        // The processing timestamp stays with a load until it is removed, so it tells a load from a later one of the same name.
        // What was filed later stands further down: a clock that was set back says nothing about it.
        var filedTime = $"json_extract_string(s.previous, {Sql.JsonPointer(TimeColumn)})";
        session.ExecuteStep(
            "Looking for later changes",
            $"""
            CREATE OR REPLACE TEMP TABLE silver_undo_conflict AS
            SELECT s.load_id, '' AS cause, s.run_id, s.rowid AS position
            FROM {schema.Superseded} AS s JOIN {InsertTable} AS w ON w.load_id = s.load_id
            WHERE {_runs.IsInForce("s")} AND coalesce({filedTime} = (SELECT CAST(processing_timestamp AS VARCHAR) FROM {schema.Run} WHERE run_id = {Sql.Uuid(run.Id)}), TRUE)
            UNION ALL
            SELECT s.load_id, '', s.run_id, s.rowid
            FROM {schema.Superseded} AS s JOIN {VersionTable} AS w ON w.load_id = s.load_id AND s.rowid > w.position
            WHERE {_runs.IsInForce("s")} AND s.run_id IS DISTINCT FROM {Sql.Uuid(run.Id)}
            UNION ALL
            SELECT s.load_id, CASE WHEN d.load_id IS NULL THEN ' (no longer there)' ELSE ' (loaded anew since)' END, NULL, NULL
            FROM {VersionTable} AS s LEFT JOIN {permanent.Name} AS d ON d.load_id = s.load_id
            WHERE d.load_id IS NULL OR {filedTime} IS DISTINCT FROM CAST(d.original_processing_timestamp AS VARCHAR)
            """,
            cancellationToken);
        var touched = session.QuerySingle($"SELECT count(DISTINCT load_id) FROM {ConflictTable}", row => row.GetInt64(0), cancellationToken);
        var problems = new List<string>();
        if (touched > 0)
            problems.Add($"{touched} of its loads {(touched == 1 ? "was" : "were")} touched later: {DescribeTouched(touched, cancellationToken)}");
        if (Inserted != run.Inserted)
            problems.Add($"loads that it inserted: {run.Inserted}, in the table with its processing time: {Inserted}");
        if (Replaced != run.Updated || distinct != Replaced)
            problems.Add($"loads that it replaced: {run.Updated}, former versions filed under it: {Replaced}, of so many loads: {distinct}");
        if (problems.Count == 0)
            return;
        throw new AuditException(AuditErrorId.UndoConflict, path,
            $"Run {run.Id} in '{path}' can't be undone, and nothing was changed: {string.Join("; ", problems)}. {DescribeWayOut(cancellationToken)}");
    }

    private string DescribeTouched(long touched, CancellationToken cancellationToken)
    {
        var loads = session.Query(
            $"SELECT load_id, max(cause) FROM {ConflictTable} GROUP BY load_id ORDER BY load_id LIMIT {LoadsShown}",
            row => RowChecks.Visible(row.GetString(0)) + row.GetString(1), cancellationToken);
        return string.Join(", ", loads) + (touched > loads.Count ? $" and {touched - loads.Count} more" : "");
    }

    private string DescribeWayOut(CancellationToken cancellationToken)
    {
        var later = session.Query(
            $"SELECT CAST(run_id AS VARCHAR) FROM {ConflictTable} WHERE run_id IS NOT NULL GROUP BY run_id ORDER BY max(position) DESC",
            row => row.GetString(0), cancellationToken);
        if (later.Count == 0)
            return "Loads that were changed or removed by hand can't be undone; load the source again with Invoke-SilverAuditEtl.";
        var more = later.Count > RunsShown ? $" and {later.Count - RunsShown} more" : "";
        return $"Undo what came later first, the newest first: {string.Join(", ", later.Take(RunsShown))}{more}.";
    }
}
