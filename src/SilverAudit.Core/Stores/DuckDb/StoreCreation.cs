namespace SilverAudit.Stores.DuckDb;

/// <summary>
/// Creates the file of a store, whole or not at all. The engine makes the file first and writes its headers then: killed in between,
/// it leaves an empty file, which is no database. So it works elsewhere on the same disk, and the finished file gets its name.
/// </summary>
internal static class StoreCreation
{
    private const string Catalog = "new_store";
    private const string FileName = "new.db";

    /// <summary>Creates an empty store, unless another process was faster; then that one's stays, and this returns false.</summary>
    /// <param name="session">A connection.</param>
    /// <param name="folder">Where to work: on the same disk as the store, and removed by the next load after a kill.</param>
    /// <param name="path">Full path of the store.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static bool TryCreate(DuckDbSession session, string folder, string path, CancellationToken cancellationToken)
    {
        var unnamed = Path.Combine(folder, FileName);
        session.Execute($"ATTACH {Sql.Text(unnamed)} AS {Sql.Name(Catalog)} (TYPE duckdb)", cancellationToken);
        session.Execute($"DETACH {Sql.Name(Catalog)}", CancellationToken.None);
        if (FilePlacement.TryMoveNew(unnamed, path))
            return true;
        File.Delete(unnamed);
        return false;
    }
}
