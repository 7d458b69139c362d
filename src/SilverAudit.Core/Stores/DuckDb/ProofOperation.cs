using SilverAudit.Schema;

namespace SilverAudit.Stores.DuckDb;

/// <summary>
/// Reads the store again for every row of a source: those that can be loaded must be there and equal, with what was rescued of
/// them, and the others filed with their reason.
/// </summary>
internal sealed class ProofOperation(DuckDbSession session, StoreSchema schema, PermanentTable permanent, SourceAttachment source)
{
    public SourceProof Prove(string sourceTable, string destination, string destinationTable, CancellationToken cancellationToken)
    {
        var map = ColumnMap.Create(source.Columns, permanent.Columns);
        var checks = new RowChecks(session, source, map, map.Unmapped);
        var rows = checks.Run(cancellationToken);
        var equal = session.QueryStep(
            "Proving what was loaded",
            $"SELECT count(*) FROM ({rows.SelectMatched(permanent.Name, schema.FindRescued(cancellationToken).From)}) WHERE NOT changed",
            row => row.GetInt64(0), cancellationToken);
        return new SourceProof
        {
            Source = source.FilePath,
            SourceTable = sourceTable,
            Destination = destination,
            DestinationTable = destinationTable,
            SourceRows = checks.Total,
            EqualRows = equal,
            CopiedRows = checks.Copies,
            RejectedRows = checks.Invalid == 0 ? 0 : checks.CountFiled(new RejectedRows(schema).SelectFiled(cancellationToken), cancellationToken),
            SourceChecksum = RowChecksum.OfSource(session, map.Pairs, rows.From, cancellationToken),
            DestinationChecksum = RowChecksum.OfStore(
                session, map.Pairs, $"{rows.From} JOIN {permanent.Name} AS d ON d.load_id = {SourceRelation.Conversion(map.Key, "CAST")}", cancellationToken),
        };
    }
}
