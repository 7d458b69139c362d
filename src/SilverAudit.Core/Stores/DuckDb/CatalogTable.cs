using System.Text.RegularExpressions;
using SilverAudit.Schema;

namespace SilverAudit.Stores.DuckDb;

/// <summary>A base table as the catalog of a file has it.</summary>
/// <param name="Schema">The schema that it is in, as the file spells it.</param>
/// <param name="Name">Its name as the file spells it.</param>
/// <param name="Definition">The statement that creates it.</param>
internal sealed partial record CatalogTable(string Schema, string Name, string Definition)
{
    /// <summary>
    /// True when a column of the table has a collation. Names and literals are quoted in a definition where they could be taken for
    /// the keyword.
    /// </summary>
    public bool HasCollation => Collate().IsMatch(WithoutQuoted(Definition));

    /// <summary>A statement without its quoted names and literals, whose text is the file's.</summary>
    public static string WithoutQuoted(string definition) => Quoted().Replace(definition, "");

    /// <summary>The schema that tables are in which are named without one.</summary>
    public const string DefaultSchema = "main";

    /// <summary>Finds a base table by its name, or by that of its schema and its own with a dot between, as the engine would.</summary>
    public static CatalogTable? FindQualified(DuckDbSession session, string catalog, string name, CancellationToken cancellationToken)
    {
        if (Find(session, catalog, name, cancellationToken) is { } found)
            return found;
        return name.Split('.', 2) is [var schema, var table] ? Find(session, catalog, table, cancellationToken, schema) : null;
    }

    /// <summary>Finds a base table by its name, as the engine would.</summary>
    public static CatalogTable? Find(
        DuckDbSession session, string catalog, string table, CancellationToken cancellationToken, string schema = DefaultSchema)
    {
        // Read from the catalog functions of the engine: a file can't bring its own.
        var tables = session.Query(
            $"SELECT schema_name, table_name, sql FROM system.main.duckdb_tables() WHERE database_name = {Sql.Text(catalog)}",
            row => new CatalogTable(row.GetString(0), row.GetString(1), row.GetString(2)), cancellationToken);
        return tables.FirstOrDefault(candidate => CatalogNameComparer.IsSame(candidate.Name, table) && CatalogNameComparer.IsSame(candidate.Schema, schema));
    }

    [GeneratedRegex("\"(?:[^\"]|\"\")*\"|'(?:[^']|'')*'")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"\bCOLLATE\b", RegexOptions.IgnoreCase)]
    private static partial Regex Collate();
}
