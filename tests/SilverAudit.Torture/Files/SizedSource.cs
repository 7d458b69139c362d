namespace SilverAudit.Torture.Files;

/// <summary>A source, and the loads of it that can be loaded.</summary>
public sealed record SizedSource(string Path, int First, int Count)
{
    private const string WithoutKey =
        "CREATE TABLE loose AS FROM silver_temp_audit; DROP TABLE silver_temp_audit; ALTER TABLE loose RENAME TO silver_temp_audit";

    public IEnumerable<string> LoadIds => Enumerable.Range(First, Count).Select(number => $"LOAD_{number}");

    /// <summary>A source with nothing wrong in it.</summary>
    public static SizedSource Create(string path, int count, int from) => new(Staging.CreateMany(path, count, from), from, count);

    /// <summary>A source with every row twice, so that the rows have to be separated.</summary>
    public static SizedSource CreateWithCopies(string path, int count, int from) =>
        Create(path, count, from).Changed("INSERT INTO silver_temp_audit FROM silver_temp_audit");

    /// <summary>A source with as many rows that can't be loaded as rows that can.</summary>
    public static SizedSource CreateWithInvalidRows(string path, int count, int from) =>
        Create(path, count, from).Changed("INSERT INTO silver_temp_audit SELECT * REPLACE (NULL AS load_id) FROM silver_temp_audit");

    private SizedSource Changed(string statement)
    {
        Database.Execute(Path, [.. WithoutKey.Split("; "), statement]);
        return this;
    }
}
