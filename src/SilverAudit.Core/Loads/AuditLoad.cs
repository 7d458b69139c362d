namespace SilverAudit;

/// <summary>One load: a row of an audit table, its values in the order of the table's columns.</summary>
/// <param name="Values">The values.</param>
public sealed record AuditLoad(IReadOnlyList<AuditValue> Values);
