namespace SilverAudit.Torture.Values;

/// <summary>A source: its columns, the first of which is load_id, and its rows.</summary>
/// <param name="Columns">The columns.</param>
/// <param name="Rows">Each row's values.</param>
/// <param name="Changes">Values for a second version of the source: row, column and value.</param>
/// <param name="Evolution">What happens to columns that the permanent table lacks.</param>
public sealed record SourceTable(
    IReadOnlyList<ValueColumn> Columns, IReadOnlyList<IReadOnlyList<Value>> Rows, IReadOnlyList<ValueChange> Changes, string Evolution)
{
    private const int RowsPerStatement = 50;

    /// <summary>The statements that make it.</summary>
    public IEnumerable<string> Statements =>
        Rows.Select(row => $"({string.Join(", ", row.Select(value => value.Sql))})").Chunk(RowsPerStatement)
            .Select(rows => $"INSERT INTO silver_temp_audit VALUES {string.Join(", ", rows)}")
            .Prepend(CreateTable);

    /// <summary>The statements that make the second version of it.</summary>
    public IEnumerable<string> ChangeStatements => Changes.Select(change =>
        $"UPDATE silver_temp_audit SET {Columns[change.Column].Name} = {change.Value.Sql} WHERE load_id = {Rows[change.Row][0].Sql}");

    private string CreateTable => $"CREATE TABLE silver_temp_audit ({string.Join(", ", Columns.Select(column => $"{column.Name} {column.Kind.Type}"))})";

    public override string ToString() => string.Join('\n',
        Rows.Select(row => $"INSERT INTO silver_temp_audit VALUES ({string.Join(", ", row)})")
            .Prepend($"-- {Evolution}\n{CreateTable}")
            .Concat(Changes.Select(change => $"-- then row {change.Row + 1}: {Columns[change.Column].Name} = {change.Value}")));
}
