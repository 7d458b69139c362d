namespace SilverAudit;

/// <summary>One value of a load.</summary>
/// <param name="Column">The column's name in the table.</param>
/// <param name="Value">The value; null for NULL, text for JSON.</param>
/// <param name="IsJson">True when the text is JSON.</param>
public readonly record struct AuditValue(string Column, object? Value, bool IsJson);
