using SilverAudit.Schema;

namespace SilverAudit.Stores.DuckDb;

/// <summary>The columns of a source table, and what its key rules out.</summary>
/// <param name="Columns">The columns, in their order.</param>
/// <param name="HasUniqueKey">True when the table's own primary key rules out that a load appears twice or without an identifier.</param>
internal sealed record SourceLayout(IReadOnlyList<AuditColumn> Columns, bool HasUniqueKey);
