using SilverAudit.Schema;

namespace SilverAudit.Stores.DuckDb;

/// <summary>
/// Makes rows of the permanent table again from the versions that are filed as JSON. The engine's own functions would write nested
/// values anew and round numbers, so the texts of the values are cut out here and go back to the engine as bytes.
/// </summary>
internal sealed class FormerVersions(DuckDbSession session, PermanentTable permanent, UndoneRun run, string path)
{
    private const string TextTable = "temp.main.silver_former_text";
    private const string FormerTable = "temp.main.silver_former_load";
    private const int BatchSize = 500;

    private static readonly byte[] s_null = "null"u8.ToArray();

    private List<(AuditColumn Column, string Former)> _changed = [];

    /// <summary>Reads the versions, finds the columns to write, and makes sure that each value comes back as it was filed.</summary>
    /// <param name="count">How many versions there are.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="AuditException">A version is damaged, or the table can't hold it any more.</exception>
    public void Prepare(long count, CancellationToken cancellationToken)
    {
        session.Execute(
            $"CREATE OR REPLACE TEMP TABLE silver_former_bytes (n BIGINT, {string.Join(", ", permanent.Columns.Select((_, ordinal) => $"b{ordinal} BLOB"))})",
            cancellationToken);
        for (long first = 1; first <= count; first += BatchSize)
        {
            session.ShowProgress("Reading former versions", first - 1, count);
            session.Append("silver_former_bytes", Read(first, cancellationToken), cancellationToken);
        }

        session.ExecuteStep(
            "Reading former versions",
            $"""
            CREATE OR REPLACE TEMP TABLE silver_former_text AS
            SELECT b.n, v.load_id, {Sql.List(permanent.Columns.Select((_, ordinal) => $"decode(b.b{ordinal}) AS t{ordinal}"))}
            FROM temp.main.silver_former_bytes AS b JOIN {UndoScope.VersionTable} AS v ON v.n = b.n
            """,
            cancellationToken);
        FindChanged(cancellationToken);
        session.ExecuteStep(
            "Reading former versions",
            $"CREATE OR REPLACE TEMP TABLE silver_former_load AS\nSELECT {Sql.List(_changed.Select(changed => $"{JsonExpressions.FromVersionValue("x." + TextOf(changed.Former), changed.Column)} AS {changed.Former}").Prepend("x.n, x.load_id"))}\nFROM {TextTable} AS x",
            cancellationToken);
        RefuseInexact(cancellationToken);
    }

    /// <summary>Writes the former versions over what is there now. Deleted and inserted, a row would meet its own key.</summary>
    public long Restore(CancellationToken cancellationToken) => _changed.Count == 0
        ? session.QuerySingle($"SELECT count(*) FROM {FormerTable}", row => row.GetInt64(0), cancellationToken)
        : session.ExecuteStep(
            "Restoring former versions",
            $"""
            UPDATE {permanent.Name} AS d SET
                {Sql.List(_changed.Select(changed => $"{Sql.Name(changed.Column.Name)} = x.{changed.Former}"))}
            FROM {FormerTable} AS x WHERE x.load_id = d.load_id
            """,
            cancellationToken);

    private List<(long Number, IEnumerable<byte[]> Values)> Read(long first, CancellationToken cancellationToken)
    {
        var versions = session.Query(
            $"SELECT n, load_id, encode(CAST(previous AS VARCHAR)) FROM {UndoScope.VersionTable} WHERE n BETWEEN {first} AND {first + BatchSize - 1} ORDER BY n",
            row => (Number: row.GetInt64(0), LoadId: row.GetString(1), Text: row.IsDBNull(2) ? [] : ValueReader.ReadBytes(row.GetStream(2))), cancellationToken);
        return [.. versions.Select(version => (version.Number, Split(version.LoadId, version.Text)))];
    }

    /// <summary>The texts of the values in the order of the columns. A column that came later is NULL.</summary>
    private IEnumerable<byte[]> Split(string loadId, byte[] text)
    {
        try
        {
            var members = JsonMembers.Of(text);
            var lost = members.Where(member => !member.Value.Span.SequenceEqual(s_null) && !permanent.Columns.Any(column => column.IsNamed(member.Key)))
                .Select(member => member.Key).ToList();
            return lost.Count == 0
                ? permanent.Columns.Select(column => members.TryGetValue(column.Name, out var value) ? value.ToArray() : s_null)
                : throw NewMismatch($"the former version of load {RowChecks.Visible(loadId)} has values in columns that the table has no more: {string.Join(", ", lost)}");
        }
        catch (InvalidDataException cause)
        {
            throw new AuditException(AuditErrorId.StoreCorrupt, path,
                $"Run {run.Id} can't be undone: the former version of load {RowChecks.Visible(loadId)} in silver_audit.superseded_load of '{path}' can't be read, because {cause.Message}. "
                + "Nothing was changed. Restore the store from a backup.", cause);
        }
    }

    private void FindChanged(CancellationToken cancellationToken)
    {
        var differences = permanent.Columns.Select((column, ordinal) =>
            $"coalesce(bool_or({JsonExpressions.VersionValue("d", column)} IS DISTINCT FROM x.t{ordinal}), FALSE)");
        var isChanged = session.QueryStep(
            "Comparing former versions",
            $"SELECT {Sql.List(differences)}\nFROM {TextTable} AS x JOIN {permanent.Name} AS d ON d.load_id = x.load_id",
            row => permanent.Columns.Select((_, ordinal) => row.GetBoolean(ordinal)).ToList(), cancellationToken);
        _changed = [.. permanent.Columns.Select((column, ordinal) => (column, $"v{ordinal}")).Where((_, ordinal) => isChanged[ordinal])];
        var unknown = _changed.Where(changed => changed.Column.IsNamed(AuditSchema.Key) || !CanRestore(changed.Column.Type)).Select(changed => changed.Column.Name).ToList();
        if (unknown.Count > 0)
            throw NewMismatch($"the table has columns whose former values can't be brought back from JSON: {string.Join(", ", unknown)}");
    }

    private void RefuseInexact(CancellationToken cancellationToken)
    {
        foreach (var (column, former) in _changed)
        {
            var type = column.Type.StartsWith("ENUM(", StringComparison.Ordinal) ? AuditSchema.Text : column.Type;
            // Texts and real numbers come back exactly whatever way they are written; their JSON may differ between engines.
            var isInexact = type is AuditSchema.Text or "DOUBLE" or "FLOAT"
                ? $"(y.{former} IS NULL) <> (x.{TextOf(former)} = 'null')"
                : $"{JsonExpressions.VersionValue("y", new AuditColumn(former, type))} IS DISTINCT FROM x.{TextOf(former)}";
            var inexact = session.QueryStep(
                "Checking former versions",
                $"SELECT min(x.load_id) FROM {TextTable} AS x JOIN {FormerTable} AS y ON y.n = x.n WHERE {isInexact}",
                row => row.IsDBNull(0) ? null : row.GetString(0), cancellationToken);
            if (inexact is not null)
                throw NewMismatch($"the former value of {column.Name} of load {RowChecks.Visible(inexact)} can't be brought back exactly as {column.Type}");
        }
    }

    private static string TextOf(string former) => 't' + former[1..];

    private static bool CanRestore(string type) => StorableTypes.For(type) == type || type.StartsWith("ENUM(", StringComparison.Ordinal);

    private AuditException NewMismatch(string problem) => new(AuditErrorId.StoreSchemaMismatch, path,
        $"Run {run.Id} in '{path}' can't be undone, and nothing was changed: {problem}. Give the table the columns and types that it had then, and run it again.");
}
