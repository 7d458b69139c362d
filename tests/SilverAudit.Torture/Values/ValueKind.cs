using FsCheck;

namespace SilverAudit.Torture.Values;

/// <summary>A type of column, and values for it.</summary>
/// <param name="Type">The engine's type.</param>
/// <param name="Generator">Makes values, no NULLs.</param>
public sealed record ValueKind(string Type, Gen<Value> Generator)
{
    /// <summary>Turns JSON that was made of a value into the value again.</summary>
    public Func<string, string> Restore { get; init; } = json => $"CAST({json}->>'$' AS {Type})";

    /// <summary>True when some values have no equal in the permanent type, so that their rows may be refused.</summary>
    public bool MayBeRefused { get; init; }

    /// <summary>True when the values are texts of JSON.</summary>
    public bool IsJsonText { get; init; }

    /// <summary>True when the type tells values apart that no text tells apart.</summary>
    public bool IsTagged { get; init; }

    public override string ToString() => Type;
}
