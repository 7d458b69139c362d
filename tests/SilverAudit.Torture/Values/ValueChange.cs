namespace SilverAudit.Torture.Values;

/// <summary>Another value for a field.</summary>
/// <param name="Row">The row, from 0.</param>
/// <param name="Column">The column, from 0.</param>
/// <param name="Value">The new value.</param>
public sealed record ValueChange(int Row, int Column, Value Value);
