using DuckDB.NET.Data;

namespace SilverAudit.Stores.DuckDb;

/// <summary>A transaction that is rolled back unless it is said to be complete.</summary>
internal sealed class StoreTransaction : IDisposable
{
    private readonly DuckDbSession _session;
    private readonly AuditLog _log;
    private bool _finished;

    public StoreTransaction(DuckDbSession session, AuditLog log)
    {
        _session = session;
        _log = log;
        _session.Execute("BEGIN TRANSACTION", CancellationToken.None);
    }

    /// <summary>Commits. A stop no longer interrupts: after this, all is written or nothing is.</summary>
    public void Complete()
    {
        // A commit that fails has rolled back already.
        _finished = true;
        _session.ExecuteStep("Committing", "COMMIT", CancellationToken.None);
    }

    public void Dispose()
    {
        if (_finished)
            return;
        _finished = true;
        try
        {
            _session.Execute("ROLLBACK", CancellationToken.None);
        }
        catch (DuckDBException failure)
        {
            // The failure that led here matters more; the engine has no transaction left to roll back.
            _log.Detail($"The rollback reported: {failure.Message}");
        }
    }
}
