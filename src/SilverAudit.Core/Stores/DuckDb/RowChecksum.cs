using SilverAudit.Schema;

namespace SilverAudit.Stores.DuckDb;

/// <summary>Computes checksums over mapped columns that are the same for a source and for the store when the values are.</summary>
internal static class RowChecksum
{
    /// <summary>SHA-256 over the values of a source (alias r), as the permanent types have them.</summary>
    public static string OfSource(DuckDbSession session, IEnumerable<ColumnPair> pairs, string from, CancellationToken cancellationToken) =>
        Compute(session, pairs.Select(pair => ExactValues.IdentityText(pair.Destination.Type, SourceRelation.Conversion(pair, "TRY_CAST"))), from, cancellationToken);

    /// <summary>SHA-256 over the values of the store (alias d).</summary>
    public static string OfStore(DuckDbSession session, IEnumerable<ColumnPair> pairs, string from, CancellationToken cancellationToken) =>
        Compute(session, pairs.Select(pair => ExactValues.IdentityText(pair.Destination.Type, Sql.Column("d", pair.Destination.Name))), from, cancellationToken);

    private static string Compute(DuckDbSession session, IEnumerable<string> values, string from, CancellationToken cancellationToken)
    {
        var row = string.Join(", ", values.DefaultIfEmpty("''"));
        return session.QueryStep(
            "Computing checksums",
            $"SELECT sha256(coalesce(string_agg(row, '' ORDER BY row), '')) FROM (SELECT sha256(CAST(to_json([{row}]) AS VARCHAR)) AS row FROM {from})",
            result => result.GetString(0), cancellationToken);
    }
}
