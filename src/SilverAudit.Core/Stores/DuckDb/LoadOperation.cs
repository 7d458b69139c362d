using SilverAudit.Etl;
using SilverAudit.Schema;

namespace SilverAudit.Stores.DuckDb;

/// <summary>Moves the rows of one source into the permanent table. Everything happens in the transaction that the caller began.</summary>
internal sealed class LoadOperation(
    DuckDbSession session, StoreSchema schema, KnownStore known, SourceAttachment source, EtlRun run, AuditLog log)
{
    private const string ChangedTable = "temp.main.silver_changed_load";

    private readonly EtlOptions _options = run.Options;
    private DateTime _processedAt;
    private RescuedValues? _rescuedValues;

    private string BeforeThisRun => $"processed_at IS DISTINCT FROM {Sql.Timestamp(_processedAt)}";

    /// <summary>Does the work and returns what was done, and the permanent table as it is then.</summary>
    /// <param name="permanent">The permanent table.</param>
    /// <param name="rowsElsewhere">Rows of the permanent table that are kept elsewhere, when only a plan is made.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public (EtlResult Result, PermanentTable Permanent) Execute(
        PermanentTable permanent, long rowsElsewhere, CancellationToken cancellationToken)
    {
        var history = new RunHistory(session, schema);
        _processedAt = history.NextProcessingTimestamp(known, cancellationToken);
        known.DestinationTables?.Add(Secrets.Redact(run.DestinationTable));
        var map = ColumnMap.Create(source.Columns, permanent.Columns);
        var newColumns = map.Unmapped.Select(column => column.Name).ToList();
        (permanent, map) = EvolveSchema(permanent, map, cancellationToken);
        var rescued = _options.SchemaEvolution is SchemaEvolution.None ? [] : map.Unmapped;

        var checks = new RowChecks(session, source, map, rescued);
        var rows = checks.Run(cancellationToken);
        log.Info($"Successfully extracted {checks.Total} rows from source table");
        if (checks.Invalid > 0 && _options.InvalidRow is InvalidRowPolicy.Fail)
            throw checks.NewFailure(cancellationToken);
        log.Info($"Successfully transformed {checks.Total - checks.Invalid} rows");
        if (checks.Invalid > 0)
            FileRejected(checks, cancellationToken);

        var inserted = IsAllKnown(permanent, rows, checks.Valid, cancellationToken) ? 0 : Merge(permanent, rows, cancellationToken);
        permanent = permanent with { Rows = permanent.Rows + inserted };
        var allNew = inserted == checks.Valid;
        if (rescued.Count > 0)
            FileRescued(rows, permanent, allNew, cancellationToken);
        var (matched, differing) = allNew ? (0, 0) : CountMatched(permanent, rows, cancellationToken);
        var updated = _options.ReprocessingReason is not null && differing > 0 ? Reprocess(permanent, rows, cancellationToken) : 0;
        var counts = new EtlCounts
        {
            Source = checks.Total,
            Inserted = inserted,
            Updated = updated,
            Rejected = checks.Invalid,
            Copies = checks.Copies,
            Matched = matched,
            Differing = differing,
            DestinationRows = rowsElsewhere + permanent.Rows,
            DestinationColumns = permanent.Columns.Count,
        };
        RefuseMiscount(counts);
        var result = run.Complete(counts, newColumns, [.. map.Missing.Select(column => column.Name)]);
        history.Add(result, _options, _processedAt, cancellationToken);
        return (result, permanent);
    }

    private (PermanentTable Permanent, ColumnMap Map) EvolveSchema(PermanentTable permanent, ColumnMap map, CancellationToken cancellationToken)
    {
        if (map.Unmapped.Count == 0)
            return (permanent, map);

        var names = string.Join(", ", map.Unmapped.Select(column => column.Name));
        switch (_options.SchemaEvolution)
        {
            case SchemaEvolution.FailOnNewColumns:
                throw new AuditException(AuditErrorId.SourceSchemaChanged, source.FilePath,
                    $"'{source.FilePath}' has columns that the permanent table lacks: {names}. "
                    + "Load it with -SchemaEvolution Rescue to file their values, or AddNewColumns to add the columns.");
            case SchemaEvolution.None:
                log.Warning($"Columns of '{source.FilePath}' that the permanent table lacks were dropped: {names}. Use -SchemaEvolution Rescue to keep their values.");
                return (permanent, map);
            case SchemaEvolution.AddNewColumns:
                var added = map.Unmapped.Where(column => !permanent.Columns.Any(existing => existing.IsNamed(column.Name))).ToList();
                log.Info($"Adding columns to {run.DestinationTable}: {string.Join(", ", added.Select(column => column.Name))}");
                permanent = schema.AddColumns(permanent, added, cancellationToken);
                return (permanent, ColumnMap.Create(source.Columns, permanent.Columns));
            default:
                log.Detail($"Columns that the permanent table lacks go to silver_audit.rescued_data: {names}");
                return (permanent, map);
        }
    }

    /// <summary>The loads that were there before this run: how many, and how many of them differ.</summary>
    private (long Matched, long Differing) CountMatched(PermanentTable permanent, SourceRelation rows, CancellationToken cancellationToken) =>
        session.QueryStep(
            "Comparing with the store",
            $"SELECT count(*), count(*) FILTER (WHERE changed) FROM ({rows.SelectMatched(permanent.Name, FindRescued(cancellationToken).From)})\nWHERE {BeforeThisRun}",
            row => (row.GetInt64(0), row.GetInt64(1)), cancellationToken);

    /// <summary>
    /// True when the store has every load already. A MERGE that inserts nothing still takes all columns through a join, so for a
    /// large source the question pays; for a small one it would cost more than it saves.
    /// </summary>
    private bool IsAllKnown(PermanentTable permanent, SourceRelation rows, long count, CancellationToken cancellationToken) =>
        source.IsLarge && permanent.Rows > 0 && count == session.QueryStep(
            "Looking for new loads",
            $"SELECT count(*) FROM {rows.From} JOIN {permanent.Name} AS d ON d.load_id = {SourceRelation.Conversion(rows.Map.Key, "CAST")}",
            row => row.GetInt64(0), cancellationToken);

    private long Merge(PermanentTable permanent, SourceRelation rows, CancellationToken cancellationToken)
    {
        log.Info("Executing MERGE operation");
        var constants = rows.Map.Missing
            .Where(column => AuditSchema.PermanentColumns.Any(documented => documented.IsNamed(column.Name)))
            .Select(column => $"CAST(NULL AS {column.Type}) AS {Sql.Name(column.Name)}")
            .Append($"FALSE AS {Sql.Name(AuditSchema.IsReprocessed)}")
            .Append($"{Sql.Timestamp(_processedAt)} AS {Sql.Name(AuditSchema.ProcessingTimestamp)}")
            .Append($"CAST(NULL AS VARCHAR) AS {Sql.Name(AuditSchema.ReprocessingReason)}");
        return session.ExecuteStep(
            "Merging",
            $"""
            MERGE INTO {permanent.Name} AS d
            USING ({rows.Select([.. constants])}) AS s
            ON d.load_id = s.load_id
            WHEN NOT MATCHED THEN INSERT BY NAME
            """,
            cancellationToken);
    }

    private void FileRescued(SourceRelation rows, PermanentTable permanent, bool allNew, CancellationToken cancellationToken)
    {
        // The processing timestamp belongs to this run alone, so it tells which loads are new.
        var condition = allNew
            ? ""
            : $"WHERE n.load_id IN (SELECT load_id FROM {permanent.Name} WHERE original_processing_timestamp = {Sql.Timestamp(_processedAt)})";
        session.ExecuteStep(
            "Filing rescued values",
            $"""
            INSERT INTO {schema.Rescued} BY NAME
            SELECT n.load_id, {Sql.Uuid(run.Id)} AS run_id, n.rescued FROM ({rows.SelectRescued()}) AS n
            {condition}
            """,
            cancellationToken);
    }

    private void FileRejected(RowChecks checks, CancellationToken cancellationToken)
    {
        log.Warning($"Invalid rows of '{source.FilePath}' that were not loaded: {checks.Invalid}. Each is in silver_audit.rejected_row of the store, with its reason.");
        checks.FileRejected(schema.Rejected, new RejectedRows(schema).SelectFiled(cancellationToken), cancellationToken,
            ("run_id", run.Id), ("source", Secrets.Redact(run.Source)), ("source_table", Secrets.Redact(_options.SourceTable)), ("rejected_at", _processedAt));
    }

    private long Reprocess(PermanentTable permanent, SourceRelation rows, CancellationToken cancellationToken)
    {
        session.ExecuteStep(
            "Finding changed loads",
            $"CREATE OR REPLACE TEMP TABLE silver_changed_load AS SELECT load_id FROM ({rows.SelectMatched(permanent.Name, FindRescued(cancellationToken).From)}) WHERE changed AND {BeforeThisRun}",
            cancellationToken);
        RefuseRepeated(rows, cancellationToken);
        session.ExecuteStep(
            "Filing superseded loads",
            $"""
            INSERT INTO {schema.Superseded} BY NAME
            SELECT d.load_id, {Sql.Uuid(run.Id)} AS run_id, {Sql.Timestamp(_processedAt)} AS superseded_at, $reason AS reason,
                {JsonExpressions.ObjectOfVersion("d", permanent.Columns)} AS previous, f.rescued AS previous_rescued
            FROM {permanent.Name} AS d LEFT JOIN {FindRescued(cancellationToken).From} AS f ON f.load_id = d.load_id
            WHERE d.load_id IN (SELECT load_id FROM {ChangedTable})
            """,
            cancellationToken, ("reason", _options.ReprocessingReason));
        ReplaceRescued(rows, cancellationToken);

        var assignments = rows.Map.Pairs
            .Where(pair => pair != rows.Map.Key)
            .Select(pair => $"{Sql.Name(pair.Destination.Name)} = s.{Sql.Name(pair.Destination.Name)}")
            .Append($"{Sql.Name(AuditSchema.IsReprocessed)} = TRUE")
            .Append($"{Sql.Name(AuditSchema.ReprocessingReason)} = $reason");
        return session.ExecuteStep(
            "Reprocessing changed loads",
            $"""
            UPDATE {permanent.Name} AS d SET
                {Sql.List(assignments)}
            FROM ({rows.Select()}) AS s
            WHERE d.load_id = s.load_id AND d.load_id IN (SELECT load_id FROM {ChangedTable})
            """,
            cancellationToken, ("reason", _options.ReprocessingReason));
    }

    /// <summary>A primary key is taken at its word, but for the loads that are to be replaced: with two versions, either would win.</summary>
    private void RefuseRepeated(SourceRelation rows, CancellationToken cancellationToken)
    {
        if (!source.HasUniqueKey)
            return;
        // As bytes, because the engine would look a text up in the source's own index, which has each but once.
        var key = $"encode({SourceRelation.Conversion(rows.Map.Key, "CAST")})";
        var repeated = session.QueryStep(
            "Finding changed loads",
            $"SELECT count(*) - count(DISTINCT {key}) FROM {rows.From} WHERE {key} IN (SELECT encode(load_id) FROM {ChangedTable})",
            row => row.GetInt64(0), cancellationToken);
        if (repeated > 0)
            throw EngineFailures.SourceDamaged(new InvalidDataException("Loads appear twice although its primary key rules that out."), source.FilePath);
    }

    /// <summary>
    /// Files the rescued values of the changed loads anew. What is filed under columns that this source does not have stays; what
    /// has a column of its own by now goes.
    /// </summary>
    private void ReplaceRescued(SourceRelation rows, CancellationToken cancellationToken)
    {
        var replaced = string.Join(", ", rows.Map.Pairs.Select(pair => pair.Source).Concat(rows.Rescued).Select(column => CatalogNameComparer.Folded(Sql.Text(column.Name))));
        var own = FindRescued(cancellationToken);
        var filed = $"SELECT load_id, rescued FROM {own.From} AS f WHERE load_id IN (SELECT load_id FROM {ChangedTable})";
        session.ExecuteStep(
            "Filing rescued values",
            $$"""
            CREATE OR REPLACE TEMP TABLE silver_rescued_load AS
            SELECT l.load_id, CASE
                WHEN n.rescued IS NULL AND NOT list_has_any([{{CatalogNameComparer.Folded("k")}} FOR k IN json_keys(f.rescued)], [{{replaced}}]) THEN f.rescued
                ELSE CAST('{' || nullif(concat_ws(',', nullif(substr(n.rescued, 2, length(n.rescued) - 2), ''), k.kept), '') || '}' AS JSON)
                END AS rescued
            FROM {{ChangedTable}} AS l
            LEFT JOIN ({{rows.SelectRescued()}}) AS n ON n.load_id = l.load_id
            LEFT JOIN {{own.From}} AS f ON f.load_id = l.load_id
            LEFT JOIN ({{RescuedMembers.SelectWithout(filed, replaced)}}) AS k ON k.load_id = l.load_id
            """, cancellationToken);
        session.Execute(own.DeleteOf($"(SELECT load_id FROM {ChangedTable})"), cancellationToken);
        session.Execute(
            $"INSERT INTO {schema.Rescued} BY NAME SELECT load_id, {Sql.Uuid(run.Id)} AS run_id, rescued FROM temp.main.silver_rescued_load WHERE rescued IS NOT NULL",
            cancellationToken);
    }

    /// <summary>The rescued values of the permanent table, looked up where they are asked for.</summary>
    private RescuedValues FindRescued(CancellationToken cancellationToken) => _rescuedValues ??= schema.FindRescued(known, cancellationToken);

    /// <summary>The engine's own count of inserted rows has to agree with what the checks found, or nothing is committed.</summary>
    private void RefuseMiscount(EtlCounts counts)
    {
        if (counts.Source == counts.Inserted + counts.Updated + counts.Skipped + counts.Rejected && counts.Updated <= counts.Differing)
            return;
        throw new AuditException(AuditErrorId.EngineFailure, source.FilePath,
            $"The counts of '{source.FilePath}' do not add up ({counts}), so nothing of it was written. Run it again; if it happens twice, report it.");
    }
}
