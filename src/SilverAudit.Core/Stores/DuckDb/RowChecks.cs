using SilverAudit.Schema;

namespace SilverAudit.Stores.DuckDb;

/// <summary>
/// Finds the rows of a source that can't be loaded. One pass over the source tells whether there are any; only then are
/// the rows copied to a temporary table, where each bad one gets its reason and each exact copy its mark.
/// </summary>
internal sealed class RowChecks(DuckDbSession session, SourceAttachment source, ColumnMap map, IReadOnlyList<AuditColumn> rescued)
{
    private const string CheckedTable = "temp.main.silver_checked_row";
    private const string DuplicateTable = "temp.main.silver_duplicate_load";
    private const string BlankKey = "load_id is blank";
    private const int OffendersShown = 5;
    private const int LengthShown = 100;

    private static readonly string s_whiteSpace =
        Sql.Text(string.Concat(Enumerable.Range(0, char.MaxValue).Select(code => (char)code).Where(char.IsWhiteSpace)));

    private readonly string _key = SourceRelation.Conversion(map.Key, "CAST");
    private readonly string _ordinal = UnusedName("row_number", source.Columns);
    private readonly string _loadId = UnusedName("checked_load_id", source.Columns);
    private readonly string _reason = UnusedName("reject_reason", source.Columns);

    /// <summary>All rows of the source table.</summary>
    public long Total { get; private set; }

    /// <summary>Invalid rows.</summary>
    public long Invalid { get; private set; }

    /// <summary>Rows that say exactly what another row of the source says.</summary>
    public long Copies { get; private set; }

    /// <summary>Rows that may be loaded.</summary>
    public long Valid => Total - Invalid - Copies;

    /// <summary>
    /// A load's identifier as messages show it: a NUL would end one where it is filed, and a line feed its line in the log. A long
    /// one is cut.
    /// </summary>
    public static string Visible(string loadId) =>
        string.Concat(Excerpt.Of(loadId, LengthShown).Select(character => char.IsControl(character) ? $"\\u{(int)character:x4}" : character.ToString()));

    /// <summary>Looks at every row and returns those that may be loaded.</summary>
    public SourceRelation Run(CancellationToken cancellationToken)
    {
        (Total, var distinct, var suspicious) = session.QueryStep(
            "Checking rows",
            $"""
            SELECT count(*), {(source.HasUniqueKey ? "count(*)" : $"count(DISTINCT {_key})")}, count(*) FILTER (WHERE {Suspicion()})
            FROM {source.Table} AS r
            """,
            row => (row.GetInt64(0), row.GetInt64(1), row.GetInt64(2)), cancellationToken);
        if (suspicious == 0 && distinct == Total)
            return new SourceRelation($"{source.Table} AS r", map, rescued);

        Separate(cancellationToken);
        return new SourceRelation(
            $"""
            (SELECT c.* FROM {CheckedTable} AS c LEFT JOIN {DuplicateTable} AS u ON u.load_id = c.{_loadId}
             WHERE c.{_reason} IS NULL AND (u.load_id IS NULL OR (u.versions = 1 AND u.kept = c.{_ordinal}))) AS r
            """,
            map, rescued);
    }

    /// <summary>Says which rows are invalid, the first ones by name.</summary>
    public AuditException NewFailure(CancellationToken cancellationToken)
    {
        var offenders = session.Query(
            $"SELECT {_ordinal}, {_loadId}, {_reason} FROM ({SelectRejected()}) ORDER BY {_ordinal} LIMIT {OffendersShown}",
            row => Describe(row.GetInt64(0), row.IsDBNull(1) ? null : row.GetString(1), row.GetString(2)), cancellationToken);
        var more = Invalid > offenders.Count ? $"; and {Invalid - offenders.Count} more" : "";
        return new AuditException(AuditErrorId.SourceRowInvalid, source.FilePath,
            $"{Invalid} of {Total} rows in '{source.FilePath}' are invalid, so nothing of it was loaded: {string.Join("; ", offenders)}{more}. "
            + "Correct the rows, or load the good ones and file the others with -InvalidRow Reject.");
    }

    /// <summary>Files the invalid rows that are not filed in the same words.</summary>
    /// <param name="rejectedTable">Where they go.</param>
    /// <param name="filed">A query of the rows that count as filed.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <param name="parameters">The values of the other columns.</param>
    public void FileRejected(string rejectedTable, string filed, CancellationToken cancellationToken, params (string Name, object? Value)[] parameters) =>
        session.ExecuteStep(
            "Filing invalid rows",
            $"""
            INSERT INTO {rejectedTable} BY NAME
            SELECT n.load_id, n.reason, n.row, $run_id AS run_id, $source AS source, $source_table AS source_table, $rejected_at AS rejected_at
            FROM ({SelectToFile()}) AS n
            WHERE NOT {IsFiled(filed)}
            """,
            cancellationToken, parameters);

    /// <summary>How many of the invalid rows are among the filed ones, in the same words.</summary>
    public long CountFiled(string filed, CancellationToken cancellationToken) =>
        session.QueryStep(
            "Looking for filed rows",
            $"SELECT count(*) FROM ({SelectToFile()}) AS n WHERE {IsFiled(filed)}",
            row => row.GetInt64(0), cancellationToken);

    private void Separate(CancellationToken cancellationToken)
    {
        session.ExecuteStep(
            "Separating invalid rows",
            $"""
            CREATE OR REPLACE TEMP TABLE silver_checked_row AS
            SELECT r.*, row_number() OVER () AS {_ordinal}, {_key} AS {_loadId}, CASE
                {string.Join("\n    ", Reasons().Select(reason => $"WHEN {reason.Condition} THEN {Sql.Text(Secrets.Redact(reason.Text))}"))}
                END AS {_reason}
            FROM {source.Table} AS r
            """, cancellationToken);
        session.ExecuteStep(
            "Separating duplicates",
            $"""
            CREATE OR REPLACE TEMP TABLE silver_duplicate_load AS
            SELECT {_loadId} AS load_id, min({_ordinal}) AS kept, count(*) AS occurrences, any_value({_reason}) AS reason,
                count(DISTINCT ({string.Join(", ", source.Columns.Select(column => ExactValues.Identity(column.Type, Sql.Column("r", column.Name))))}, 0)) AS versions
            FROM {CheckedTable} AS r
            GROUP BY {_loadId} HAVING count(*) > 1
            """, cancellationToken);
        (Invalid, Copies) = session.QuerySingle(
            $"""
            SELECT
                (SELECT count(*) FROM ({SelectRejected()})),
                (SELECT coalesce(sum(occurrences - 1), 0)::BIGINT FROM {DuplicateTable} WHERE versions = 1 AND reason IS NULL)
            """,
            row => (row.GetInt64(0), row.GetInt64(1)), cancellationToken);
    }

    private string SelectToFile() =>
        $"SELECT {_loadId} AS load_id, {_reason} AS reason, {JsonExpressions.ObjectOfRow("r", source.Columns)} AS row FROM ({SelectRejected()}) AS r";

    private static string IsFiled(string filed) =>
        $"""
        EXISTS (
            SELECT 1 FROM ({filed}) AS o
            WHERE o.load_id IS NOT DISTINCT FROM n.load_id AND o.reason = n.reason AND o.row = n.row)
        """;

    private string SelectRejected() =>
        $"""
        SELECT c.* REPLACE (coalesce(c.{_reason}, 'load_id appears ' || u.occurrences || ' times with different content') AS {_reason})
        FROM {CheckedTable} AS c LEFT JOIN {DuplicateTable} AS u ON u.load_id = c.{_loadId}
        WHERE c.{_reason} IS NOT NULL OR u.versions > 1
        """;

    /// <summary>
    /// True for every invalid row, and for a few others. Trimming each identifier costs more than all other conditions together;
    /// nearly all begin with a visible ASCII character, and those are not blank.
    /// </summary>
    private string Suspicion() => string.Join(
        "\n    OR ",
        Reasons().Select(reason => reason.Text == BlankKey ? $"ascii({_key}) NOT BETWEEN 33 AND 126" : reason.Condition));

    private IEnumerable<(string Condition, string Text)> Reasons()
    {
        if (!source.HasUniqueKey)
            yield return ($"{_key} IS NULL", "load_id is NULL");
        // Trimming bytes that are no text would never end; decoding them is an error.
        yield return ($"trim(decode(encode({_key})), {s_whiteSpace}) = ''", BlankKey);
        foreach (var pair in map.Pairs)
        {
            if (SourceRelation.UnconvertibleOrNull(pair) is not { } condition)
                continue;
            yield return (condition, pair.Destination.IsJson
                ? $"{pair.Source.Name} is not JSON"
                : $"{pair.Source.Name} has a value that can't be cast from {pair.Source.Type} to {pair.Destination.Type} without loss");
        }

        foreach (var column in rescued.Where(column => column.IsJson))
        {
            yield return ($"NOT json_valid({Sql.Column("r", column.Name)})", $"{column.Name} is not JSON");
        }
    }

    private static string Describe(long row, string? loadId, string reason) =>
        string.IsNullOrWhiteSpace(loadId) ? $"row {row}: {reason}" : $"row {row} ({Visible(loadId)}): {reason}";

    private static string UnusedName(string name, IReadOnlyList<AuditColumn> columns)
    {
        while (columns.Any(column => column.IsNamed(name)))
            name += "_";
        return name;
    }
}
