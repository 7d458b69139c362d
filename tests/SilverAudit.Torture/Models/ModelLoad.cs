using System.Collections.Immutable;

namespace SilverAudit.Torture.Models;

/// <summary>One version of a load.</summary>
/// <param name="Values">The values of the permanent columns that are not NULL.</param>
/// <param name="Rescued">The values that have no column.</param>
/// <param name="IsReprocessed">True when it has replaced another one.</param>
public sealed record ModelLoad(ImmutableSortedDictionary<string, string> Values, ImmutableSortedDictionary<string, string> Rescued, bool IsReprocessed)
{
    /// <summary>The same for the same version.</summary>
    public override string ToString() => $"{Describe(Values)} {Describe(Rescued)} {IsReprocessed}";

    public static string Describe(IEnumerable<KeyValuePair<string, string>> values) => string.Join(",", values.Select(value => $"{value.Key}={value.Value}"));
}
