namespace SilverAudit.Stores.DuckDb;

/// <summary>The rescued values that belong to the loads of one permanent table.</summary>
/// <param name="table">The table that holds those of all permanent tables of the store.</param>
/// <param name="runs">Tells whose they are; null when the store has those of one permanent table only.</param>
internal sealed class RescuedValues(StoredTable table, OwnRuns? runs)
{
    /// <summary>What stands behind FROM: load_id, run_id, rescued.</summary>
    public string From { get; } = runs is null
        ? table.Name
        : $"(SELECT * FROM ({table.SelectAs(SideTable.Rescued.Columns)}) AS f WHERE {runs.IsOwn("f")})";

    /// <summary>A statement that removes those of some loads.</summary>
    /// <param name="loadIds">A query of load_id.</param>
    public string DeleteOf(string loadIds) => runs is null
        ? $"DELETE FROM {table.Name} WHERE load_id IN {loadIds}"
        : $"DELETE FROM {table.Name} WHERE rowid IN (SELECT f.rowid FROM {table.Name} AS f WHERE f.load_id IN {loadIds} AND {runs.IsOwn("f")})";
}
