using DuckDB.NET.Data;

namespace SilverAudit.Torture.Workers;

/// <summary>Another DuckDB library in the worker's process: it opens a file at some moment, keeps it for a while, and may write it.</summary>
public static class Stranger
{
    /// <summary>Begins at once, in the background.</summary>
    /// <param name="path">The file.</param>
    /// <param name="access">"read", "hold" or "write".</param>
    /// <param name="delay">Milliseconds before the file is opened.</param>
    /// <param name="time">Milliseconds for which it is kept.</param>
    /// <returns>What became of it: "opened", or what the engine said.</returns>
    public static Task<string> Start(string path, string access, int delay, int time) => Task.Run(async () =>
    {
        await Task.Delay(delay).ConfigureAwait(false);
        if (!File.Exists(path))
            return "not there yet";
        try
        {
            using var connection = Database.Open(path, access == "read" ? ", READ_ONLY" : "");
            if (access == "write")
            {
                using var command = connection.CreateCommand();
                command.CommandText = "CREATE SCHEMA IF NOT EXISTS stranger; CREATE TABLE IF NOT EXISTS stranger.t (n INTEGER); INSERT INTO stranger.t VALUES (1)";
                command.ExecuteNonQuery();
            }

            await Task.Delay(time).ConfigureAwait(false);
            return "opened";
        }
        catch (DuckDBException refusal)
        {
            return refusal.Message;
        }
    });
}
