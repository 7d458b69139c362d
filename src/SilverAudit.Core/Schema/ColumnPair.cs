namespace SilverAudit.Schema;

/// <summary>A source column and the permanent column that its values go to.</summary>
internal sealed record ColumnPair(AuditColumn Source, AuditColumn Destination);
