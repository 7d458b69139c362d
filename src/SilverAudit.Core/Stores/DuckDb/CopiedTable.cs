namespace SilverAudit.Stores.DuckDb;

/// <summary>A base table of a file, whoever made it.</summary>
/// <param name="Schema">Its schema.</param>
/// <param name="Name">Its name.</param>
/// <param name="Columns">The columns whose values are stored; computed ones are not among them.</param>
internal sealed record CopiedTable(string Schema, string Name, IReadOnlyList<string> Columns)
{
    /// <summary>The names of its columns, as a list.</summary>
    public string ColumnList => string.Join(", ", Columns.Select(Sql.Name));

    /// <summary>The table in an attached file, quoted and fully qualified.</summary>
    public string In(string catalog) => Sql.Table(catalog, Schema, Name);
}
