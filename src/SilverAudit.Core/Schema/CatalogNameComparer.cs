using System.Diagnostics.CodeAnalysis;

namespace SilverAudit.Schema;

/// <summary>Compares names of tables and columns as the engine's catalog does: without regard to the case of ASCII letters, and of no others.</summary>
internal sealed class CatalogNameComparer : IEqualityComparer<string>
{
    public static CatalogNameComparer Instance { get; } = new();

    public bool Equals(string? name, string? other) => name is null || other is null ? name == other : IsSame(name, other);

    public int GetHashCode([DisallowNull] string name) => string.GetHashCode(string.Create(name.Length, name, static (folded, text) =>
    {
        for (var index = 0; index < folded.Length; index++)
        {
            folded[index] = Fold(text[index]);
        }
    }), StringComparison.Ordinal);

    /// <summary>True when both spell the same name.</summary>
    public static bool IsSame(ReadOnlySpan<char> name, ReadOnlySpan<char> other)
    {
        if (name.Length != other.Length)
            return false;
        for (var index = 0; index < name.Length; index++)
        {
            if (Fold(name[index]) != Fold(other[index]))
                return false;
        }

        return true;
    }

    /// <summary>An expression for a name without the case in which it is spelled.</summary>
    public static string Folded(string expression) => $"translate({expression}, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz')";

    private static char Fold(char character) => char.IsAsciiLetterUpper(character) ? (char)(character | 0x20) : character;
}
