namespace SilverAudit.Torture.Values;

/// <summary>A column of a source.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">Its type and values.</param>
/// <param name="Target">The documented column it goes to with its type; null when the permanent table has none.</param>
public sealed record ValueColumn(string Name, ValueKind Kind, ValueKind? Target)
{
    /// <summary>True when the permanent table has the column in another type.</summary>
    public bool IsConverted => Target is not null && Target.Type != Kind.Type;

    /// <summary>True when rows may be refused because of this column.</summary>
    public bool MayBeRefused => IsConverted && Kind.MayBeRefused;
}
