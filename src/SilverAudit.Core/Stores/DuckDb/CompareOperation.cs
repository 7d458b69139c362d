using SilverAudit.Schema;

namespace SilverAudit.Stores.DuckDb;

/// <summary>Compares the rows of a source with the loads of the store, inside the engine.</summary>
internal sealed class CompareOperation
{
    private const string ResultTable = "temp.main.silver_comparison";

    private readonly DuckDbSession _session;
    private readonly SourceAttachment _source;
    private readonly PermanentTable _permanent;
    private readonly ColumnMap _map;
    private readonly IReadOnlyList<ColumnPair> _pairs;
    private readonly IReadOnlyList<AuditColumn> _rescued;
    private readonly IReadOnlyList<AuditColumn> _sourceNames;
    private readonly string _joined;
    private readonly string _key;

    /// <param name="session">The connection.</param>
    /// <param name="source">The source.</param>
    /// <param name="permanent">The permanent table.</param>
    /// <param name="rescued">The rescued values of the permanent table.</param>
    /// <param name="columns">The columns to compare; empty for all.</param>
    public CompareOperation(
        DuckDbSession session, SourceAttachment source, PermanentTable permanent, RescuedValues rescued, IReadOnlyList<string> columns)
    {
        _session = session;
        _source = source;
        _permanent = permanent;
        _map = ColumnMap.Create(source.Columns, permanent.Columns);
        RefuseUnknown(columns);
        _pairs = [.. _map.Pairs.Where(pair => IsWanted(pair.Source.Name, columns) || IsWanted(pair.Destination.Name, columns))];
        _rescued = [.. _map.Unmapped.Where(column => IsWanted(column.Name, columns))];
        _sourceNames = [.. source.Columns.Select(column => _map.Pairs.FirstOrDefault(pair => pair.Source == column) is { } pair ? column with { Name = pair.Destination.Name } : column)];
        _key = SourceRelation.Conversion(_map.Key, "CAST");
        _joined = $"{source.Table} AS r LEFT JOIN {permanent.Name} AS d ON d.load_id = {_key} LEFT JOIN {rescued.From} AS f ON f.load_id = d.load_id";
    }

    /// <summary>Compares load by load and keeps the wanted ones in a temporary table.</summary>
    public void Collect(ComparisonOptions options, CancellationToken cancellationToken)
    {
        var sourceValues = _source.Columns.Select((column, ordinal) => $"{ValueReader.Select(Sql.Column("r", column.Name), column)} AS s{ordinal}");
        var storedValues = _permanent.Columns.Select((column, ordinal) => $"{ValueReader.Select(Sql.Column("d", column.Name), column)} AS d{ordinal}").ToList();
        var wanted = options.IncludeEqual ? "TRUE" : "state <> 'Equal'";
        var destinationOnly = "";
        if (options.IncludeDestinationOnly)
        {
            var noSource = _source.Columns.Select((_, ordinal) => $"NULL AS s{ordinal}");
            destinationOnly = $"""

                UNION ALL BY NAME
                SELECT d.load_id AS load_id, 'DestinationOnly' AS state, CAST([] AS VARCHAR[]) AS changed,
                    {Sql.List(noSource.Concat(storedValues))}
                FROM {_permanent.Name} AS d
                WHERE d.load_id NOT IN (SELECT {_key} FROM {_source.Table} AS r WHERE {_key} IS NOT NULL)
                """;
        }

        _session.ExecuteStep(
            "Comparing loads",
            $"""
            CREATE OR REPLACE TEMP TABLE silver_comparison AS
            SELECT * FROM (
                SELECT {_key} AS load_id, {State()} AS state, {ChangedColumns()} AS changed,
                    {Sql.List(sourceValues.Concat(storedValues))}
                FROM {_joined})
            WHERE {wanted}{destinationOnly}
            """, cancellationToken);
    }

    public IEnumerable<LoadComparison> Stream(CancellationToken cancellationToken)
    {
        const int Fixed = 3;
        var storedFrom = Fixed + _source.Columns.Count;
        return _session.Stream(
            $"SELECT load_id, state, array_to_string(changed, chr(0)), * EXCLUDE (load_id, state, changed) FROM {ResultTable} ORDER BY load_id NULLS FIRST",
            row =>
            {
                var state = Enum.Parse<LoadState>(row.GetString(1));
                var changed = row.GetString(2);
                return new LoadComparison
                {
                    LoadId = row.IsDBNull(0) ? null : row.GetString(0),
                    State = state,
                    ChangedColumns = changed.Length == 0 ? [] : changed.Split('\0'),
                    Source = state is LoadState.DestinationOnly ? null : ReadLoad(_sourceNames, Fixed),
                    Destination = state is LoadState.SourceOnly ? null : ReadLoad(_permanent.Columns, storedFrom),
                };

                AuditLoad ReadLoad(IReadOnlyList<AuditColumn> columns, int from) =>
                    new([.. columns.Select((column, ordinal) => ValueReader.Read(row, from + ordinal, column))]);
            },
            cancellationToken);
    }

    public SourceComparison Summarize(string sourceTable, string destination, string destinationTable, CancellationToken cancellationToken)
    {
        var counts = _session.QueryStep(
            "Comparing loads",
            $"""
            SELECT count(*), count(*) FILTER (WHERE state = 'SourceOnly'), count(*) FILTER (WHERE state = 'Changed'), count(*) FILTER (WHERE state = 'Equal')
            FROM (SELECT {State()} AS state FROM {_joined})
            """,
            row => (Total: row.GetInt64(0), SourceOnly: row.GetInt64(1), Changed: row.GetInt64(2), Equal: row.GetInt64(3)), cancellationToken);
        var destinationOnly = _session.QueryStep(
            "Comparing loads",
            $"SELECT count(*) FROM {_permanent.Name} AS d WHERE d.load_id NOT IN (SELECT {_key} FROM {_source.Table} AS r WHERE {_key} IS NOT NULL)",
            row => row.GetInt64(0), cancellationToken);
        return new SourceComparison
        {
            Source = _source.FilePath,
            SourceTable = sourceTable,
            Destination = destination,
            DestinationTable = destinationTable,
            SourceRows = counts.Total,
            SourceOnly = counts.SourceOnly,
            Changed = counts.Changed,
            Equal = counts.Equal,
            DestinationOnly = destinationOnly,
            SourceChecksum = RowChecksum.OfSource(_session, _pairs, $"{_source.Table} AS r", cancellationToken),
            DestinationChecksum = RowChecksum.OfStore(
                _session, _pairs, $"{_source.Table} AS r JOIN {_permanent.Name} AS d ON d.load_id = {_key}", cancellationToken),
        };
    }

    private string State() =>
        $"CASE WHEN d.load_id IS NULL THEN 'SourceOnly' WHEN {string.Join(" OR ", Differences().Select(difference => difference.Condition).DefaultIfEmpty("FALSE"))} THEN 'Changed' ELSE 'Equal' END";

    private string ChangedColumns()
    {
        var names = Differences().Select(difference => $"CASE WHEN d.load_id IS NOT NULL AND {difference.Condition} THEN {Sql.Text(difference.Name)} END");
        return $"list_filter(CAST([{string.Join(", ", names.DefaultIfEmpty("NULL"))}] AS VARCHAR[]), lambda name: name IS NOT NULL)";
    }

    private IEnumerable<(string Name, string Condition)> Differences() =>
        _pairs.Where(pair => pair != _map.Key).Select(pair => (pair.Destination.Name, SourceRelation.Difference(pair)))
            .Concat(_rescued.Select(column => (column.Name, SourceRelation.RescuedDifference(column))));

    private void RefuseUnknown(IReadOnlyList<string> columns)
    {
        var known = _source.Columns.Concat(_permanent.Columns).Select(column => column.Name).ToList();
        var unknown = columns.Where(column => !known.Exists(name => IsSame(name, column))).ToList();
        if (unknown.Count > 0)
        {
            throw new AuditException(AuditErrorId.ColumnNotFound, _source.FilePath,
                $"Neither '{_source.FilePath}' nor the store has a column {string.Join(", ", unknown)}. The source has: {string.Join(", ", _source.Columns.Select(column => column.Name))}.");
        }
    }

    private static bool IsWanted(string name, IReadOnlyList<string> columns) =>
        columns.Count == 0 || columns.Any(column => IsSame(name, column));

    // ChecksumStatus, as the properties are called, means checksum_status.
    private static bool IsSame(string name, string column) =>
        name.Replace("_", "", StringComparison.Ordinal).Equals(column.Replace("_", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase);
}
