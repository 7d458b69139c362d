using SilverAudit.Schema;

namespace SilverAudit.Stores.DuckDb;

/// <summary>
/// What is known of an attached store, so that it is looked up once and not for every source. It holds while the store stays
/// attached for writing, because nobody else can change the file meanwhile.
/// </summary>
internal sealed class KnownStore
{
    /// <summary>Permanent tables whose schema was verified and committed, by name.</summary>
    public Dictionary<string, PermanentTable> Tables { get; } = new(CatalogNameComparer.Instance);

    /// <summary>The latest processing timestamp of all runs; null when it has not been looked up.</summary>
    public DateTime? LatestRun { get; set; }

    /// <summary>The permanent tables that runs of the history name, and those of this process; null when they have not been looked up.</summary>
    public HashSet<string>? DestinationTables { get; set; }
}
