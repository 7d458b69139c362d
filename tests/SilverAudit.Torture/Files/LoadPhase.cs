namespace SilverAudit.Torture.Files;

/// <summary>What a load is at, as its messages and statements tell.</summary>
/// <param name="Name">What is being done.</param>
/// <param name="Begins">True for the message with which it begins.</param>
/// <param name="Milliseconds">About how long it may take.</param>
public sealed record LoadPhase(string Name, Func<string, bool> Begins, int Milliseconds)
{
    /// <summary>Where the store is closed, which moves its write-ahead log into the file.</summary>
    public static LoadPhase Checkpoint { get; } = new("checkpoint", text => text.StartsWith("DETACH \"store\"", StringComparison.Ordinal), 60);

    /// <summary>Where all is done.</summary>
    public static LoadPhase End { get; } = new("after the end", text => text == "Database connections closed", 1);

    public static IReadOnlyList<LoadPhase> All { get; } =
    [
        new("making the file of the store", text => text.Contains("\"new_store\"", StringComparison.Ordinal), 4),
        new("opening the store", text => text.StartsWith("ATTACH", StringComparison.Ordinal) && text.Contains("AS \"store\"", StringComparison.Ordinal), 10),
        new("opening a source", text => text.StartsWith("ATTACH", StringComparison.Ordinal), 3),
        new("store creation", text => text.StartsWith("CREATE TABLE \"store\"", StringComparison.Ordinal) || text.StartsWith("CREATE SCHEMA", StringComparison.Ordinal), 3),
        new("new columns", text => text.StartsWith("ALTER TABLE", StringComparison.Ordinal), 4),
        new("row checks", text => text.StartsWith("Destination table", StringComparison.Ordinal), 5),
        new("MERGE", text => text.StartsWith("MERGE", StringComparison.Ordinal), 20),
        new("rescued values", text => text.StartsWith("INSERT INTO \"store\".\"silver_audit\".\"rescued_data\"", StringComparison.Ordinal), 5),
        new("rejected rows", text => text.StartsWith("INSERT INTO \"store\".\"silver_audit\".\"rejected_row\"", StringComparison.Ordinal), 3),
        new("reprocessing", text => text.StartsWith("CREATE OR REPLACE TEMP TABLE silver_changed_load", StringComparison.Ordinal), 20),
        new("history", text => text.StartsWith("INSERT INTO \"store\".\"silver_audit\".\"etl_run\"", StringComparison.Ordinal), 2),
        new("COMMIT", text => text == "COMMIT", 15),
        new("ROLLBACK", text => text == "ROLLBACK", 2),
        Checkpoint,
        new("between sources", text => text.StartsWith("DETACH", StringComparison.Ordinal), 2),
        End,
    ];

    /// <summary>The phase that begins with a message; null when none does.</summary>
    public static LoadPhase? Of(string message) => All.FirstOrDefault(phase => phase.Begins(message));
}
