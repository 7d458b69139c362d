using DuckDB.NET.Data;

namespace SilverAudit.Stores.DuckDb;

/// <summary>
/// Gives a full disk back what a large source took before it failed. The engine writes such a source into the store ahead of the
/// commit, and forgets those blocks when the commit fails (DuckDB 1.5): the file stays as large as the disk, and not even a small
/// source fits after it.
/// </summary>
internal static class OrphanedBlocks
{
    private const int HeaderBytes = 3 * 4096;

    /// <summary>More rows than the engine keeps in memory, and more blocks than a checkpoint of the store writes anew.</summary>
    private const int Rows = 10 * 122_880;

    private static readonly string s_filler = Sql.Table(StoreInstance.Catalog, "main", "silver_orphaned_block");

    /// <summary>Shortens the store, unless somebody else uses it, or it has no such blocks.</summary>
    public static void Release(StoreOptions options, string path, AuditLog log)
    {
        if (!File.Exists(path) || StoreInstance.IsOpen(path))
            return;
        try
        {
            using var lease = new StoreLease(options, path, log);
            using var turn = lease.BeginWriting(CancellationToken.None, wait: false);
            if (Orphaned(lease.Session, path) > 0)
                Shorten(lease.Session, log);
            lease.HasCheckpointed();
        }
        catch (Exception failure) when (failure is DuckDBException or AuditException)
        {
            log.Detail($"The store could not be made smaller: {failure.Message}");
        }
    }

    /// <summary>Bytes of the file behind the last block that the engine knows of.</summary>
    private static long Orphaned(DuckDbSession session, string path)
    {
        var known = session.QuerySingle(
            "SELECT block_size * total_blocks FROM pragma_database_size() WHERE database_name = $catalog",
            row => row.GetInt64(0), CancellationToken.None, ("catalog", StoreInstance.Catalog));
        return new FileInfo(path).Length - known - HeaderBytes;
    }

    /// <summary>
    /// A checkpoint cuts off what is free at the end of the file, as far as the engine knows. So it is made to take blocks there,
    /// and to give them up again; none of that is ever committed.
    /// </summary>
    private static void Shorten(DuckDbSession session, AuditLog log)
    {
        session.Execute($"CHECKPOINT {Sql.Name(StoreInstance.Catalog)}", CancellationToken.None);
        using (new StoreTransaction(session, log))
        {
            try
            {
                session.Execute($"CREATE TABLE {s_filler} AS SELECT random() AS value FROM range({Rows})", CancellationToken.None);
            }
            catch (DuckDBException)
            {
                // Where the file ends before the rows do, all of it was taken, and that is as good.
            }
        }

        // Without a change there is nothing to checkpoint.
        using (var change = new StoreTransaction(session, log))
        {
            session.Execute($"CREATE TABLE {s_filler} (value DOUBLE)", CancellationToken.None);
            session.Execute($"DROP TABLE {s_filler}", CancellationToken.None);
            change.Complete();
        }

        session.Execute($"CHECKPOINT {Sql.Name(StoreInstance.Catalog)}", CancellationToken.None);
    }
}
