namespace SilverAudit.Stores.DuckDb;

/// <summary>The loads that a filter means, as a query over the permanent table (alias d).</summary>
internal sealed class LoadSelection
{
    private readonly FilterValues _values = new();

    /// <param name="permanent">The table.</param>
    /// <param name="filter">Which of its rows.</param>
    public LoadSelection(PermanentTable permanent, LoadFilter filter)
    {
        var conditions = Conditions(filter).DefaultIfEmpty("TRUE");
        var order = filter.Newest is { } newest
            ? $"ORDER BY d.original_processing_timestamp DESC NULLS LAST, d.load_id DESC LIMIT {newest}"
            : "ORDER BY d.original_processing_timestamp NULLS FIRST, d.load_id";
        Rows = $"FROM {permanent.Name} AS d\nWHERE {string.Join("\n  AND ", conditions)}\n{order}";
    }

    /// <summary>What stands behind the columns of a SELECT.</summary>
    public string Rows { get; }

    /// <summary>The values to bind.</summary>
    public (string Name, object? Value)[] Parameters => _values.Parameters;

    private IEnumerable<string> Conditions(LoadFilter filter)
    {
        if (filter.LoadIds.Count > 0)
            yield return _values.AnyOf("d.load_id", filter.LoadIds, tellsCase: true); // Case tells two loads apart.
        if (filter.DataSources.Count > 0)
            yield return _values.AnyOf("d.data_source", filter.DataSources);
        if (filter.ValidationStatuses.Count > 0)
            yield return _values.AnyOf("d.validation_status", filter.ValidationStatuses);
        if (filter.ChecksumStatuses.Count > 0)
            yield return _values.AnyOf("d.checksum_status", filter.ChecksumStatuses);
        if (filter.Since is { } since)
            yield return $"d.original_processing_timestamp >= {_values.Bind(since)}";
        if (filter.Until is { } until)
            yield return $"d.original_processing_timestamp <= {_values.Bind(until)}";
        if (filter.Reprocessed is { } reprocessed)
            yield return $"coalesce(d.is_reprocessed, FALSE) = {_values.Bind(reprocessed)}";
    }
}
