using DuckDB.NET.Data;
using SilverAudit.Schema;

namespace SilverAudit.Stores.DuckDb;

/// <summary>
/// Checks the permanent table and what stands beside it. A table that is not as documented is checked as far as it goes; a check
/// that can't be made has failed, and costs none of the others.
/// </summary>
internal sealed class CheckOperation(DuckDbSession session, StoreSchema schema, string path, string permanentTable)
{
    private const int SampleSize = 5;
    private const string Step = "Checking the store";
    private const string EarliestTime = "2020-01-01";
    private const string Blank = @"'[\s\pZ]*'";

    /// <summary>How far the clocks of the earth are ahead of UTC. A time without a zone is later than now for certain only beyond that.</summary>
    private static readonly TimeSpan s_furthestZone = TimeSpan.FromHours(14);

    private static readonly IReadOnlyList<AuditColumn> s_times =
        [.. AuditSchema.PermanentColumns.Where(column => column.Type == AuditSchema.Timestamp)];

    private static readonly IReadOnlyList<AuditColumn> s_required =
        [.. new[] { AuditSchema.Key, "data_source", "ingest_timestamp", AuditSchema.ProcessingTimestamp }.Select(Documented)];

    private static readonly AuditColumn s_key = Documented(AuditSchema.Key);
    private static readonly AuditColumn s_flag = Documented(AuditSchema.IsReprocessed);
    private static readonly AuditColumn s_reason = Documented(AuditSchema.ReprocessingReason);

    private StoredTable _table = new("", []);
    private IReadOnlyList<TableProblem> _problems = [];

    public IReadOnlyList<CheckResult> Execute(CancellationToken cancellationToken)
    {
        (_table, _problems) = schema.Examine(cancellationToken);
        return
        [
            OnTable("NoDuplicates", check => FindDuplicates(check, cancellationToken)),
            OnTable("AllFieldsPopulated", check => FindRows(
                check, "Every row has a value in each column that requires one.",
                "Rows without a value that is required", s_required, Unpopulated, cancellationToken)),
            OnTable("ValidTimestamps", check => FindRows(
                check, $"No time is in the future, and no load was processed before {EarliestTime}.", "Rows with a time that is not reasonable", s_times, Unreasonable, cancellationToken)),
            OnTable("ValidJson", check => FindRows(
                check, "Every JSON column holds JSON.", "Rows with text that is not JSON", JsonColumns(), NotJson, cancellationToken)),
            OnTable("ReprocessedFlagConsistent", check => FindRows(
                check, "Every load that was reprocessed has its reason, and no other load has one.",
                "Rows whose is_reprocessed and reprocessing_reason disagree", [s_flag, s_reason], Inconsistent, cancellationToken)),
            OnTable("HasData", check => CountRows(check, cancellationToken)),
            DescribeTable("TableAsDocumented"),
            Make("NoOrphanStagingTables", check => FindStagingTables(check, cancellationToken)),
            Make("NoRejectedRowsWaiting", check => FindRejectedRows(check, cancellationToken)),
        ];
    }

    private CheckResult FindDuplicates(string check, CancellationToken cancellationToken)
    {
        if (_table.Find(AuditSchema.Key) is null)
            return NewImpossible(check, ["load_id"]);
        // As bytes, which have no index: none of the engine's plans then takes the primary key at its word.
        return FindNames(
            check, "Every load_id appears once.", "Values of load_id that appear more than once",
            $"SELECT any_value({KeyOrRow()}) AS name FROM {_table.Name} AS d WHERE {KeyText()} IS NOT NULL GROUP BY encode({KeyText()}) HAVING count(*) > 1",
            cancellationToken);
    }

    /// <summary>Looks for rows that any of several conditions holds for, and counts them for each condition.</summary>
    private CheckResult FindRows(
        string check, string passed, string failed, IReadOnlyList<AuditColumn> columns,
        Func<AuditColumn, IEnumerable<(string What, string Condition)>> conditionsOf, CancellationToken cancellationToken)
    {
        var missing = columns.Where(column => _table.Find(column.Name) is null).Select(column => column.Name).ToList();
        var conditions = columns.Where(column => !missing.Contains(column.Name)).SelectMany(conditionsOf).ToList();
        if (conditions.Count == 0)
            return NewImpossible(check, missing);

        var any = $"({string.Join(" OR ", conditions.Select(condition => condition.Condition))})";
        var counts = session.QueryStep(
            Step,
            $"SELECT count(*) FILTER (WHERE {any}), {string.Join(", ", conditions.Select(condition => $"count(*) FILTER (WHERE {condition.Condition})"))}\nFROM {_table.Name} AS d",
            row => Enumerable.Range(0, conditions.Count + 1).Select(row.GetInt64).ToList(), cancellationToken);
        var sample = counts[0] == 0 ? [] : SampleOf($"SELECT {KeyOrRow()} AS name FROM {_table.Name} AS d WHERE {any}", cancellationToken);
        var details = conditions.Select((condition, index) => (condition.What, Count: counts[index + 1])).Where(detail => detail.Count > 0);
        var messages = new List<string>();
        if (counts[0] > 0)
            messages.Add($"{failed}: {counts[0]} ({string.Join(", ", details.Select(detail => $"{detail.What}: {detail.Count}"))}).");
        if (missing.Count > 0)
            messages.Add($"The table lacks {string.Join(", ", missing)}.");
        return NewResult(check, counts[0] + missing.Count, messages.Count == 0 ? passed : string.Join(' ', messages), [.. sample, .. missing]);
    }

    private IEnumerable<(string What, string Condition)> Unpopulated(AuditColumn column)
    {
        yield return (column.Name, $"{Stored(column)} IS NULL");
        if (column == s_key)
            yield return (column.Name + " is blank", IsBlank(KeyText()));
    }

    private IEnumerable<(string What, string Condition)> Unreasonable(AuditColumn column)
    {
        var time = _table.ValueAs("d", column);
        // Of the times, only the one that this module writes is known to be in UTC, and not to be older than the module.
        var isOurs = column.IsNamed(AuditSchema.ProcessingTimestamp);
        var latest = DateTime.UtcNow + (isOurs ? TimeSpan.Zero : s_furthestZone);
        yield return ($"{column.Name} in the future", $"coalesce({time} > {Sql.Timestamp(latest)}, FALSE)");
        if (isOurs)
            yield return ($"{column.Name} before {EarliestTime}", $"coalesce({time} < TIMESTAMP '{EarliestTime}', FALSE)");
        if (_table.Find(column.Name) is { Type: not AuditSchema.Timestamp })
            yield return ($"{column.Name} is no time", $"({Stored(column)} IS NOT NULL AND {time} IS NULL)");
    }

    private IEnumerable<(string What, string Condition)> NotJson(AuditColumn column)
    {
        var stored = _table.Find(column.Name)!;
        var value = stored.IsJson ? Stored(column) : ExactValues.Text(stored.Type, Stored(column));
        yield return (column.Name, $"coalesce(NOT json_valid({value}), FALSE)");
    }

    private IEnumerable<(string What, string Condition)> Inconsistent(AuditColumn column)
    {
        var flag = $"coalesce({_table.ValueAs("d", s_flag)}, FALSE)";
        var reason = _table.ValueAs("d", s_reason);
        if (column == s_flag)
        {
            yield return ("reprocessed without a reason", $"({flag} AND ({reason} IS NULL OR {IsBlank(reason)}))");
            if (_table.Find(column.Name) is { Type: not "BOOLEAN" })
                yield return ("is_reprocessed is neither true nor false", $"({Stored(column)} IS NOT NULL AND {_table.ValueAs("d", column)} IS NULL)");
        }
        else
        {
            yield return ("a reason without being reprocessed", $"(NOT {flag} AND {reason} IS NOT NULL)");
        }
    }

    private CheckResult CountRows(string check, CancellationToken cancellationToken)
    {
        var rows = session.QueryStep(Step, $"SELECT count(*) FROM {_table.Name}", row => row.GetInt64(0), cancellationToken);
        return rows > 0 ? NewResult(check, 0, $"Rows in the table: {rows}.", []) : NewResult(check, 1, "The table has no rows.", []);
    }

    private CheckResult DescribeTable(string check) =>
        !_table.Exists ? NewImpossible(check, [])
        : _problems.Count == 0 ? NewResult(check, 0, "The columns, their types and the primary key are as documented.", [])
        : NewResult(
            check, _problems.Count, $"The table is not as documented: {string.Join(", ", _problems.Select(problem => problem.Text))}.",
            [.. _problems.Select(problem => problem.Subject)]);

    private CheckResult FindStagingTables(string check, CancellationToken cancellationToken)
    {
        var names = new StagingTableOperation(session, schema, path, permanentTable).FindNames(cancellationToken);
        return names.Count == 0
            ? NewResult(check, 0, "No staging table was left behind.", [])
            : NewResult(check, names.Count, $"Staging tables that were left behind: {names.Count}. Remove-OrphanStagingTable drops them.", names);
    }

    private CheckResult FindRejectedRows(string check, CancellationToken cancellationToken) => FindNames(
        check, "No rejected row waits to be corrected.", "Rows in silver_audit.rejected_row whose load was not loaded since",
        new RejectedRows(schema).SelectWaiting(_table, cancellationToken), cancellationToken);

    /// <summary>Counts the rows of a query, each of which is something wrong that has a name.</summary>
    private CheckResult FindNames(string check, string passed, string failed, string query, CancellationToken cancellationToken)
    {
        var count = session.QueryStep(Step, $"SELECT count(*) FROM ({query})", row => row.GetInt64(0), cancellationToken);
        return count == 0 ? NewResult(check, 0, passed, []) : NewResult(check, count, $"{failed}: {count}.", SampleOf(query, cancellationToken));
    }

    private IReadOnlyList<string> SampleOf(string query, CancellationToken cancellationToken) => session.Query(
        $"SELECT DISTINCT name FROM ({query}) ORDER BY name LIMIT {SampleSize}", row => row.GetString(0), cancellationToken);

    private CheckResult OnTable(string check, Func<string, CheckResult> work) => _table.Exists ? Make(check, work) : NewImpossible(check, []);

    private static CheckResult Make(string check, Func<string, CheckResult> work)
    {
        try
        {
            return work(check);
        }
        catch (DuckDBException cause) when (EngineFailures.IsRefusedStatement(cause))
        {
            return NewResult(check, 1, $"This can't be checked: {EngineFailures.FirstLine(cause.Message)}", []);
        }
    }

    private CheckResult NewImpossible(string check, List<string> missing)
    {
        var cause = missing.Count > 0 ? $"the table lacks {string.Join(", ", missing)}"
            : _problems.Count > 0 ? $"'{permanentTable}' is a view, and only a table is read"
            : $"there is no table '{permanentTable}'";
        return NewResult(check, Math.Max(1, missing.Count), $"This can't be checked: {cause}.", missing.Count > 0 ? missing : [permanentTable]);
    }

    private static CheckResult NewResult(string check, long failures, string message, IReadOnlyList<string> sample) =>
        new() { Check = check, FailureCount = failures, Message = Secrets.Redact(message), Sample = [.. sample.Take(SampleSize)] };

    /// <summary>The documented JSON columns, and those that were added.</summary>
    private IReadOnlyList<AuditColumn> JsonColumns()
    {
        var documented = AuditSchema.PermanentColumns.Where(column => column.IsJson).ToList();
        return [.. documented, .. _table.Columns.Where(column => column.IsJson && !documented.Exists(known => known.IsNamed(column.Name)))];
    }

    private string Stored(AuditColumn column) => Sql.Column("d", _table.Find(column.Name)!.Name);

    private string KeyText() => _table.ValueAs("d", s_key);

    /// <summary>The load of a row; where it has none, the row by its number.</summary>
    private string KeyOrRow() => $"coalesce({KeyText()}, 'row ' || (d.rowid + 1))";

    private static string IsBlank(string text) => $"coalesce(regexp_full_match({text}, {Blank}), FALSE)";

    private static AuditColumn Documented(string name) => AuditSchema.PermanentColumns.Single(column => column.Name == name);
}
