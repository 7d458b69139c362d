using System.Management.Automation.Host;

namespace SilverAudit.Runner;

/// <summary>One answer to a question: <c>&amp;Yes</c> is named Yes and chosen by Y.</summary>
internal sealed record ChoiceOption(string Name, string Key)
{
    public static ChoiceOption From(ChoiceDescription choice)
    {
        var marker = choice.Label.IndexOf('&', StringComparison.Ordinal);
        var name = choice.Label.Replace("&", string.Empty, StringComparison.Ordinal);
        return new ChoiceOption(name, marker >= 0 && marker < name.Length ? name[marker..(marker + 1)].ToUpperInvariant() : name);
    }

    public bool Matches(string answer) =>
        answer.Equals(Key, StringComparison.OrdinalIgnoreCase) || answer.Equals(Name, StringComparison.OrdinalIgnoreCase);
}
