using System.Globalization;
using SilverAudit.Schema;

namespace SilverAudit.Stores.DuckDb;

/// <summary>
/// Finds and drops staging tables that crashed runs left behind. Only a name that is exactly the permanent table's, then
/// <c>_staging_</c>, then digits counts: the permanent table's own name contains <c>_staging_</c> too.
/// </summary>
internal sealed class StagingTableOperation(DuckDbSession session, StoreSchema schema, string path, string permanentTable)
{
    private const string Infix = "_staging_";

    public IReadOnlyList<StagingTable> Find(CancellationToken cancellationToken)
    {
        var names = TableNames(cancellationToken);
        var permanent = names.FirstOrDefault(name => CatalogNameComparer.IsSame(name, permanentTable));
        var hasPermanent = permanent is not null && HasKey(permanent, cancellationToken);
        return [.. Orphans(names, cancellationToken).Select(name => Describe(name, hasPermanent ? permanent : null, cancellationToken))];
    }

    /// <summary>The names alone, without a look at the rows.</summary>
    public IReadOnlyList<string> FindNames(CancellationToken cancellationToken) => [.. Orphans(TableNames(cancellationToken), cancellationToken)];

    /// <exception cref="AuditException"><see cref="AuditErrorId.StagingTableHasUnmergedRows"/> unless forced.</exception>
    public StagingTable Remove(StagingTable table, bool force, CancellationToken cancellationToken)
    {
        // Counted again inside the transaction that drops: what was listed may have changed since.
        var current = Find(cancellationToken).FirstOrDefault(candidate => candidate.Name == table.Name);
        if (current is null)
            return table with { Removed = true };
        if (current.UnmergedRows > 0 && !force)
        {
            throw new AuditException(AuditErrorId.StagingTableHasUnmergedRows, path,
                $"Staging table '{current.Name}' in '{path}' holds {current.UnmergedRows} of {current.Rows} rows that '{permanentTable}' does not have, or has with other content, so it was kept. "
                + $"Load its source again first, or drop it all the same with -Force.");
        }

        session.Execute($"DROP TABLE {Sql.Table(StoreInstance.Catalog, "main", current.Name)}", cancellationToken);
        return current with { Removed = true };
    }

    private IReadOnlyList<string> TableNames(CancellationToken cancellationToken) => session.Query(
        "SELECT table_name FROM system.main.duckdb_tables() WHERE database_name = $catalog AND schema_name = 'main' ORDER BY table_name",
        row => row.GetString(0), cancellationToken, ("catalog", StoreInstance.Catalog));

    /// <summary>A table that loads went to by its own name is a permanent one, whatever it is called.</summary>
    private IEnumerable<string> Orphans(IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        var candidates = names.Where(IsStagingName).ToList();
        if (candidates.Count == 0 || schema.FindSide(SideTable.Run.Name, cancellationToken) is not { Exists: true } history
            || history.Find("destination_table") is not { } column)
            return candidates;
        var permanent = session.Query(
            $"SELECT DISTINCT CAST({Sql.Name(column.Name)} AS VARCHAR) AS name FROM {history.Name} WHERE name IS NOT NULL", row => row.GetString(0), cancellationToken)
            .ToHashSet(CatalogNameComparer.Instance);
        return candidates.Where(name => !permanent.Contains(Secrets.Redact(name)));
    }

    private bool IsStagingName(string name) =>
        name.Length > permanentTable.Length + Infix.Length
        && CatalogNameComparer.IsSame(name.AsSpan(0, permanentTable.Length + Infix.Length), permanentTable + Infix)
        && name.AsSpan(permanentTable.Length + Infix.Length).IndexOfAnyExceptInRange('0', '9') < 0;

    private StagingTable Describe(string name, string? permanent, CancellationToken cancellationToken)
    {
        var table = Sql.Table(StoreInstance.Catalog, "main", name);
        var unmerged = permanent is not null && HasKey(name, cancellationToken)
            ? $"count(*) FILTER (WHERE NOT EXISTS ({SelectMerged(name, permanent, cancellationToken)}))"
            : "count(*)";
        var (rows, unmergedRows) = session.QuerySingle(
            $"SELECT count(*), {unmerged} FROM {table} AS s", row => (row.GetInt64(0), row.GetInt64(1)), cancellationToken);
        return new StagingTable
        {
            Name = name,
            Rows = rows,
            UnmergedRows = unmergedRows,
            CreatedAt = TimeOf(name.AsSpan(permanentTable.Length + Infix.Length)),
            Destination = path,
            DestinationTable = permanentTable,
        };
    }

    /// <summary>The row of the permanent table (p) that says the same as a row of the staging table (s), what the load itself writes left out.</summary>
    private string SelectMerged(string name, string permanent, CancellationToken cancellationToken)
    {
        var known = ColumnsOf(permanent, cancellationToken);
        var same = ColumnsOf(name, cancellationToken).Where(column => !AuditSchema.IsTracking(column)).Select(column =>
            known.FirstOrDefault(other => CatalogNameComparer.IsSame(other, column)) is { } match
                ? $"CAST({Sql.Column("s", column)} AS VARCHAR) IS NOT DISTINCT FROM CAST({Sql.Column("p", match)} AS VARCHAR)"
                : $"{Sql.Column("s", column)} IS NULL");
        return $"SELECT 1 FROM {Sql.Table(StoreInstance.Catalog, "main", permanent)} AS p WHERE CAST(s.load_id AS VARCHAR) = p.load_id AND {string.Join(" AND ", same)}";
    }

    private bool HasKey(string table, CancellationToken cancellationToken) =>
        ColumnsOf(table, cancellationToken).Contains(AuditSchema.Key, CatalogNameComparer.Instance);

    private IReadOnlyList<string> ColumnsOf(string table, CancellationToken cancellationToken) => session.Query(
        "SELECT column_name FROM system.main.duckdb_columns() WHERE database_name = $catalog AND schema_name = 'main' AND table_name = $table",
        row => row.GetString(0), cancellationToken, ("catalog", StoreInstance.Catalog), ("table", table));

    private static DateTime? TimeOf(ReadOnlySpan<char> digits) =>
        long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            ? DateTimeOffset.FromUnixTimeSeconds(seconds).UtcDateTime
            : null;
}
