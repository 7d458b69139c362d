using SilverAudit.Schema;

namespace SilverAudit.Stores.DuckDb;

/// <summary>The permanent table as it is in the store.</summary>
/// <param name="Name">The table, quoted and fully qualified.</param>
/// <param name="Columns">Its columns, in their order.</param>
/// <param name="Rows">Its rows.</param>
internal sealed record PermanentTable(string Name, IReadOnlyList<AuditColumn> Columns, long Rows);
