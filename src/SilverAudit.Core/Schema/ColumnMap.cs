namespace SilverAudit.Schema;

/// <summary>Which source column goes to which permanent column: by name, never by position.</summary>
internal sealed class ColumnMap
{
    private ColumnMap(IReadOnlyList<ColumnPair> pairs, IReadOnlyList<AuditColumn> unmapped, IReadOnlyList<AuditColumn> missing)
    {
        Pairs = pairs;
        Unmapped = unmapped;
        Missing = missing;
        Key = pairs.First(pair => pair.Destination.IsNamed(AuditSchema.Key));
    }

    /// <summary>The columns that both tables have, <c>load_id</c> among them, in the order of the permanent table.</summary>
    public IReadOnlyList<ColumnPair> Pairs { get; }

    /// <summary>The pair of <c>load_id</c>.</summary>
    public ColumnPair Key { get; }

    /// <summary>Source columns that have no place in the permanent table, in the order of the source.</summary>
    public IReadOnlyList<AuditColumn> Unmapped { get; }

    /// <summary>Permanent columns that the source lacks, the tracking columns left out.</summary>
    public IReadOnlyList<AuditColumn> Missing { get; }

    /// <summary>Maps by name. The source must have a <c>load_id</c> column.</summary>
    public static ColumnMap Create(IReadOnlyList<AuditColumn> source, IReadOnlyList<AuditColumn> permanent)
    {
        var pairs = new List<ColumnPair>();
        var missing = new List<AuditColumn>();
        foreach (var destination in permanent.Where(column => !AuditSchema.IsTracking(column.Name)))
        {
            if (source.FirstOrDefault(column => destination.IsNamed(TargetOf(column, source))) is { } match)
                pairs.Add(new ColumnPair(match, destination));
            else
                missing.Add(destination);
        }

        var unmapped = source.Where(column => !pairs.Exists(pair => pair.Source == column)).ToList();
        return new ColumnMap(pairs, unmapped, missing);
    }

    /// <summary>The permanent name of a source column. A column that was renamed goes by its own name where the source has both.</summary>
    private static string TargetOf(AuditColumn column, IReadOnlyList<AuditColumn> source) =>
        AuditSchema.RenamedColumns.TryGetValue(column.Name, out var newName) && !source.Any(other => other.IsNamed(newName))
            ? newName
            : column.Name;
}
