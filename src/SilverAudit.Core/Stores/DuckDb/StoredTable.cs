using SilverAudit.Schema;

namespace SilverAudit.Stores.DuckDb;

/// <summary>
/// A base table of a store as it is. A store of an earlier version, or of another tool, may have it otherwise than documented, or
/// not at all.
/// </summary>
/// <param name="Name">The table, quoted and fully qualified.</param>
/// <param name="Columns">Its columns, in their order; none when the store has no such table.</param>
internal sealed record StoredTable(string Name, IReadOnlyList<AuditColumn> Columns)
{
    public bool Exists => Columns.Count > 0;

    /// <summary>The column as the table has it; null when it has none of that name.</summary>
    public AuditColumn? Find(string column) => Columns.FirstOrDefault(candidate => candidate.IsNamed(column));

    /// <summary>
    /// A query for the columns that are wanted, in the types that are wanted. What the table lacks, or has in a form that has no
    /// equal in that type, is NULL; a table that is not there has no rows.
    /// </summary>
    public string SelectAs(IReadOnlyList<AuditColumn> wanted)
    {
        var values = wanted.Select(column => $"{ValueAs("t", column)} AS {Sql.Name(column.Name)}");
        return Exists ? $"SELECT {string.Join(", ", values)} FROM {Name} AS t" : $"SELECT {string.Join(", ", values)} WHERE FALSE";
    }

    /// <summary>The value of a column in the type that is wanted.</summary>
    public string ValueAs(string alias, AuditColumn wanted) => Find(wanted.Name) switch
    {
        null => $"CAST(NULL AS {wanted.Type})",
        { Type: var type, Name: var name } when type == wanted.Type => Sql.Column(alias, name),
        { Type: var type, Name: var name } => $"TRY_CAST({ExactValues.Text(type, Sql.Column(alias, name))} AS {wanted.Type})",
    };
}
