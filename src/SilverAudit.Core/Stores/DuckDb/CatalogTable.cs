using System.Text.RegularExpressions;
using SilverAudit.Schema;

namespace SilverAudit.Stores.DuckDb;

/// <summary>A base table as the catalog of a file has it.</summary>
/// <param name="Name">Its name as the file spells it.</param>
/// <param name="Definition">The statement that creates it.</param>
internal sealed partial record CatalogTable(string Name, string Definition)
{
    /// <summary>
    /// True when a column of the table has a collation. Names and literals are quoted in a definition where they could be taken for
    /// the keyword.
    /// </summary>
    public bool HasCollation => Collate().IsMatch(WithoutQuoted(Definition));

    /// <summary>A statement without its quoted names and literals, whose text is the file's.</summary>
    public static string WithoutQuoted(string definition) => Quoted().Replace(definition, "");

    /// <summary>Finds a base table by its name, as the engine would.</summary>
    public static CatalogTable? Find(DuckDbSession session, string catalog, string table, CancellationToken cancellationToken)
    {
        // Read from the catalog functions of the engine: a file can't bring its own.
        var tables = session.Query(
            $"SELECT table_name, sql FROM system.main.duckdb_tables() WHERE database_name = {Sql.Text(catalog)} AND schema_name = 'main'",
            row => new CatalogTable(row.GetString(0), row.GetString(1)), cancellationToken);
        return tables.FirstOrDefault(candidate => CatalogNameComparer.IsSame(candidate.Name, table));
    }

    [GeneratedRegex("\"(?:[^\"]|\"\")*\"|'(?:[^']|'')*'")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"\bCOLLATE\b", RegexOptions.IgnoreCase)]
    private static partial Regex Collate();
}
