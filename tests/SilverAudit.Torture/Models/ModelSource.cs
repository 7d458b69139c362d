namespace SilverAudit.Torture.Models;

/// <summary>A source of few loads and few values, so that sources meet again and again.</summary>
/// <param name="Name">The name of the file.</param>
/// <param name="Columns">Its columns besides the identifier.</param>
/// <param name="Rows">Its rows: the identifier, which may be none, and the values.</param>
public sealed record ModelSource(string Name, IReadOnlyList<string> Columns, IReadOnlyList<(string? LoadId, string?[] Values)> Rows)
{
    private const int Loads = 30;
    private const int MostRows = 12;

    private static readonly string[] s_columns = ["data_source", "validation_summary", "alpha", "beta"];
    private static readonly string?[] s_values = [null, "a", "b", "c"];

    public static ModelSource Choose(Round round, int number)
    {
        string[] columns = [.. s_columns.Where(_ => round.Random.Next(3) > 0)];
        var rows = Enumerable.Range(0, round.Random.Next(0, MostRows + 1)).Select(_ => (NewId(round), NewValues(round, columns))).ToList();
        if (rows.Count > 0 && round.Random.Next(4) == 0)
            rows.Add(round.Pick(rows));
        return new ModelSource($"source-{number}.db", columns, rows);

        static string? NewId(Round round) => round.Random.Next(60) switch
        {
            0 => null,
            1 => "  ",
            _ => $"LOAD_{round.Random.Next(Loads)}",
        };

        static string?[] NewValues(Round round, string[] columns) => [.. columns.Select(_ => round.Pick(s_values))];
    }

    /// <summary>Writes the file.</summary>
    public void Write(string path)
    {
        var columns = string.Concat(Columns.Select(column => $", {column} VARCHAR"));
        Database.Execute(
            path,
            [
                $"CREATE TABLE silver_temp_audit (load_id VARCHAR{columns})",
                .. Rows.Select(row => $"INSERT INTO silver_temp_audit VALUES ({string.Join(", ", row.Values.Prepend(row.LoadId).Select(Literal))})"),
            ]);
    }

    private static string Literal(string? value) => value is null ? "NULL" : $"'{value}'";
}
