namespace SilverAudit.Stores.DuckDb;

/// <content>Proving that a source is in the store, and archiving it.</content>
internal sealed partial class DuckDbStore
{
    public EtlOutcome Archive(EtlResult loaded, string folder, CancellationToken cancellationToken)
    {
        using var archiving = new SourceArchiving(loaded, folder);
        archiving.Begin();
        try
        {
            Guard(() => WithSource(
                loaded.Source, loaded.SourceTable,
                source =>
                {
                    archiving.Hold(source);
                    archiving.Place(Prove(source, loaded.SourceTable, cancellationToken), cancellationToken);
                    // Attached, the source can't be written by anybody until it is gone. On Windows it can't be removed either, but is held.
                    if (!OperatingSystem.IsWindows())
                        archiving.Remove();
                    return true;
                },
                cancellationToken));
            if (OperatingSystem.IsWindows())
                archiving.Remove();
        }
        catch (AuditException failure)
        {
            ArchiveReport.Failed(_log, failure);
            return new EtlOutcome(loaded, failure);
        }

        ArchiveReport.Completed(_log, archiving.Target);
        return new EtlOutcome(loaded with { ArchivedTo = archiving.Target }, null);
    }

    private SourceProof Prove(SourceAttachment source, string sourceTable, CancellationToken cancellationToken)
    {
        using var turn = Lease.BeginReading(cancellationToken);
        var schema = NewSchema();
        var permanent = schema.Find(cancellationToken) ?? throw NoPermanentTable();
        return new ProofOperation(Lease.Session, schema, permanent, source).Prove(sourceTable, Location, _options.DestinationTable, cancellationToken);
    }
}
