namespace SilverAudit.Stores.DuckDb;

/// <summary>How the store is.</summary>
internal sealed partial class DuckDbStore
{
    public StoreHealth ReadHealth(CancellationToken cancellationToken)
    {
        var files = StoreFiles.Measure(_options, _path);
        try
        {
            return Guard(() =>
            {
                using var turn = Lease.BeginReading(cancellationToken);
                var permanent = NewSchema().Find(cancellationToken) ?? throw NoPermanentTable();
                return new HealthOperation(Lease.Session, permanent, _options.DestinationTable).Read(files, cancellationToken);
            });
        }
        catch (AuditException failure)
        {
            return files.NewUnreadable(failure);
        }
    }
}
