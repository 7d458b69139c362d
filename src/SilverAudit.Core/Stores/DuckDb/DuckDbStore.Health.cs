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
                var schema = NewSchema();
                var permanent = schema.Find(cancellationToken) ?? throw NoPermanentTable();
                return new HealthOperation(Lease.Session, schema, permanent, _options.DestinationTable).Read(files, cancellationToken);
            });
        }
        catch (AuditException failure)
        {
            return files.NewUnreadable(failure);
        }
    }
}
