using DuckDB.NET.Data;
using SilverAudit.Loads;
using SilverAudit.Schema;

namespace SilverAudit.Stores.DuckDb;

/// <summary>
/// Writes loads to a file in two steps: the wanted rows are copied to a temporary table while the store is held, and written from
/// there. A slow disk so keeps no writer waiting.
/// </summary>
internal sealed class ExportOperation(DuckDbSession session, PermanentTable permanent)
{
    private const string ResultTable = "temp.main.silver_exported_load";
    private const int NamedLoads = 3;

    /// <summary>What the engine writes to Parquet without a loss. HUGEINT and its like would become DOUBLE.</summary>
    private static readonly HashSet<string> s_parquetTypes =
    [
        AuditSchema.Text, AuditSchema.Json, AuditSchema.Integer, AuditSchema.Timestamp, ExactValues.ZonedTimestamp, "DOUBLE", "FLOAT", "BOOLEAN",
        "TINYINT", "SMALLINT", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "DATE", "UUID", "BLOB",
    ];

    /// <param name="filter">Which loads. One that is named without wildcards must be there.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="AuditException"><see cref="AuditErrorId.LoadNotFound"/>.</exception>
    public void Collect(LoadFilter filter, CancellationToken cancellationToken)
    {
        RequireLoads([.. filter.LoadIds.Where(loadId => !WildcardPattern.HasWildcards(loadId)).Distinct()], cancellationToken);
        var selection = new LoadSelection(permanent, filter);
        session.ExecuteStep(
            "Reading loads",
            $"CREATE OR REPLACE TEMP TABLE silver_exported_load AS SELECT {Sql.List(permanent.Columns.Select(column => Sql.Column("d", column.Name)))}\n{selection.Rows}",
            cancellationToken, selection.Parameters);
    }

    /// <summary>Writes the rows and returns how many there are.</summary>
    public long Write(TargetFile target, ExportOptions request, string storePath, CancellationToken cancellationToken)
    {
        target.RefuseDatabase();
        var rows = session.QuerySingle($"SELECT count(*) FROM {ResultTable}", row => row.GetInt64(0), cancellationToken);
        var (query, options) = request.Format switch
        {
            ExportFormat.Parquet => (SelectColumns(ParquetValue), "FORMAT parquet"),
            ExportFormat.Csv => (SelectColumns(request.EscapeFormulas ? WithoutFormula : CsvValue), "FORMAT csv, HEADER true"),
            ExportFormat.Json => (rows == 0 ? "SELECT encode('[]' || chr(10))" : SelectArray(rows), "FORMAT blob"),
            _ => ($"SELECT encode({ObjectOfRow()} || chr(10)) FROM {ResultTable} AS d", "FORMAT blob"),
        };
        try
        {
            session.ExecuteStep("Writing the file", $"COPY ({query}) TO {Sql.Text(target.Draft)} ({options})", cancellationToken);
            target.Flush();
            return rows;
        }
        catch (Exception cause) when (cause is DuckDBException or IOException or UnauthorizedAccessException && !EngineFailures.IsInterrupt(cause))
        {
            throw EngineFailures.ForTarget(cause, target.Draft, target.FilePath, storePath);
        }
    }

    private void RequireLoads(IReadOnlyList<string> loadIds, CancellationToken cancellationToken)
    {
        if (loadIds.Count == 0)
            return;
        var values = new FilterValues();
        var wanted = Sql.List(loadIds.Select(values.Bind));
        var missing = session.Query(
            $"""
            SELECT w.load_id
            FROM (SELECT unnest(w.load_ids) AS load_id, generate_subscripts(w.load_ids, 1) AS number FROM (SELECT [{wanted}] AS load_ids) AS w) AS w
            WHERE NOT EXISTS (SELECT 1 FROM {permanent.Name} AS d WHERE d.load_id = w.load_id)
            ORDER BY w.number
            """,
            row => row.GetString(0), cancellationToken, values.Parameters);
        if (missing.Count == 0)
            return;
        var store = session.QuerySingle($"SELECT path FROM duckdb_databases() WHERE database_name = {Sql.Text(StoreInstance.Catalog)}", row => row.GetString(0), cancellationToken);
        var names = string.Join(", ", missing.Take(NamedLoads).Select(loadId => $"'{loadId}'")) + (missing.Count > NamedLoads ? ", ..." : "");
        throw new AuditException(AuditErrorId.LoadNotFound, store,
            $"The store '{store}' does not have {missing.Count} of the {loadIds.Count} named loads: {names}. Nothing was written. "
            + "Give the -Destination and -DestinationTable that the loads were read from, or leave out those that are gone.");
    }

    private string SelectColumns(Func<AuditColumn, string> value) =>
        $"SELECT {Sql.List(permanent.Columns.Select(column => $"{value(column)} AS {Sql.Name(column.Name)}"))} FROM {ResultTable} AS d";

    private string SelectArray(long rows) =>
        $"""
        SELECT encode(CASE WHEN number = 1 THEN '[' || chr(10) ELSE '' END || object || CASE WHEN number = {rows} THEN chr(10) || ']' ELSE ',' END || chr(10))
        FROM (SELECT row_number() OVER () AS number, {ObjectOfRow()} AS object FROM {ResultTable} AS d)
        ORDER BY number
        """;

    private string ObjectOfRow()
    {
        var members = permanent.Columns.Select(column => $"{Sql.JsonMember(column.Name)} || coalesce({JsonValue(column)}, 'null')");
        return $"'{{' || concat_ws(',', {string.Join(", ", members)}) || '}}'";
    }

    /// <summary>
    /// JSON goes in as it stands, because the engine would read it and write it anew, with other numbers. Its line breaks can only
    /// be between values, where a space is as good. What only the engine takes for JSON goes in as text, so that anybody can read
    /// the file.
    /// </summary>
    private static string JsonValue(AuditColumn column)
    {
        var value = Sql.Column("d", column.Name);
        if (column.Type == AuditSchema.Timestamp)
            return $"CAST(to_json({IsoTime(column)}) AS VARCHAR)";
        if (!column.IsJson)
            return JsonExpressions.AnyValue("d", column);
        const string Strings = """'"(\\.|[^"\\])*"'""";
        const string Loose = @"'nan|inf|,\s*[\]}]'";
        return $"""
            CASE WHEN json_valid({value}) AND NOT regexp_matches(regexp_replace(CAST({value} AS VARCHAR), {Strings}, '""', 'gs'), {Loose}, 'i')
                THEN translate(CAST({value} AS VARCHAR), chr(10) || chr(13), '  ')
                ELSE CAST(to_json(CAST({value} AS VARCHAR)) AS VARCHAR) END
            """;
    }

    private static string ParquetValue(AuditColumn column)
    {
        var value = Sql.Column("d", column.Name);
        return s_parquetTypes.Contains(column.Type) || column.Type.StartsWith("DECIMAL", StringComparison.Ordinal) ? value : ExactValues.Text(column.Type, value);
    }

    private static string CsvValue(AuditColumn column) => column.Type switch
    {
        AuditSchema.Timestamp => IsoTime(column),
        ExactValues.ZonedTimestamp or "VARIANT" => ExactValues.Text(column.Type, Sql.Column("d", column.Name)),
        _ => Sql.Column("d", column.Name),
    };

    /// <summary>A spreadsheet evaluates what begins like a formula. The values of loads come from outside.</summary>
    private static string WithoutFormula(AuditColumn column)
    {
        var value = CsvValue(column);
        var isText = column.Type == AuditSchema.Text || column.IsJson || column.Type.StartsWith("ENUM", StringComparison.Ordinal);
        return isText ? $"CASE WHEN regexp_matches(CAST({value} AS VARCHAR), '^[=+@\t\r-]') THEN '''' || CAST({value} AS VARCHAR) ELSE CAST({value} AS VARCHAR) END" : value;
    }

    /// <summary>A time as ISO 8601 has it, with the zone where it is known. Infinity, and years before the first, stay the engine's text.</summary>
    private static string IsoTime(AuditColumn column)
    {
        var zone = column.IsNamed(AuditSchema.ProcessingTimestamp) ? "Z" : "";
        return $@"regexp_replace(CAST({Sql.Column("d", column.Name)} AS VARCHAR), '^(\d{{4}}-\d\d-\d\d) ([\d:.]+)$', '\1T\2{zone}')";
    }
}
