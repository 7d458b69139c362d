namespace SilverAudit.Stores.DuckDb;

/// <summary>What operators do with a store, besides loading it and reading it.</summary>
internal sealed partial class DuckDbStore
{
    public IReadOnlyList<StagingTable> FindStagingTables(CancellationToken cancellationToken) => Guard(() =>
    {
        using var turn = Lease.BeginReading(cancellationToken);
        return new StagingTableOperation(Lease.Session, NewSchema(), Location, _options.DestinationTable).Find(cancellationToken);
    });

    public StagingTable RemoveStagingTable(StagingTable table, bool force, CancellationToken cancellationToken) => Guard(() =>
    {
        using var turn = Lease.BeginWriting(cancellationToken);
        using var transaction = new StoreTransaction(Lease.Session, _log);
        var removed = new StagingTableOperation(Lease.Session, NewSchema(), Location, _options.DestinationTable).Remove(table, force, cancellationToken);
        Lease.Complete(transaction);
        return removed;
    });
}
