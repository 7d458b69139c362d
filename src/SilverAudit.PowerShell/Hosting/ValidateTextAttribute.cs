using System.Collections;
using System.Management.Automation;

namespace SilverAudit.PowerShell;

/// <summary>
/// Refuses text that no file can hold or be called, before it is silently taken for other text: half a surrogate pair has no
/// UTF-8, and a NUL ends the text of a name, a path or a reason.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ValidateTextAttribute : ValidateArgumentsAttribute
{
    /// <summary>True for texts to look for, in which a NUL is a character like any other.</summary>
    public bool AllowNul { get; init; }

    /// <summary>True for texts that become a line of something: a line break would end it, and what follows would be a line of its own.</summary>
    public bool SingleLine { get; init; }

    protected override void Validate(object? arguments, EngineIntrinsics engineIntrinsics)
    {
        foreach (var text in arguments switch { string one => [one], IEnumerable many => many.OfType<string>(), _ => [] })
        {
            if (HasLoneSurrogate(text))
                throw new ValidationMetadataException("The text holds half a surrogate pair, which is no character: nothing that is stored can hold it. Correct the text.");
            if (!AllowNul && text.Contains('\0', StringComparison.Ordinal))
                throw new ValidationMetadataException("The text holds a NUL character, which no name, path or reason can hold. Correct the text.");
            if (SingleLine && text.Any(char.IsControl))
                throw new ValidationMetadataException("The text holds a line break or another control character. Give it on one line.");
        }
    }

    private static bool HasLoneSurrogate(string text)
    {
        for (var index = 0; index < text.Length; index++)
        {
            if (char.IsSurrogatePair(text, index))
                index++;
            else if (char.IsSurrogate(text[index]))
                return true;
        }

        return false;
    }
}
