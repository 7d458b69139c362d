using System.Globalization;
using SilverAudit.Loads;

namespace SilverAudit.Configuration;

/// <summary>One setting: its name, what it can be, and who can set it.</summary>
/// <param name="Key">The name, with a colon for a level.</param>
/// <param name="Kind">What its value can be.</param>
internal sealed record SettingDefinition(string Key, SettingKind Kind)
{
    /// <summary>The parts of a list are the lines of its one value, so that a list replaces another and never mixes with it.</summary>
    public const char ListSeparator = '\n';

    public const int MaximumLength = 4096;

    public const string SecretProblem = "looks like it holds a password or a token";

    public string? Default { get; init; }

    /// <summary>The environment variable that sets it.</summary>
    public string? Variable { get; init; }

    /// <summary>The parameter that sets it, in the cmdlets that have it.</summary>
    public string? Parameter { get; init; }

    public int Minimum { get; init; }

    public int Maximum { get; init; } = int.MaxValue;

    /// <summary>The enumeration that a choice is from.</summary>
    public Type? ChoiceType { get; init; }

    public string Name => Key.Replace(':', '.');

    public bool IsList => Kind is SettingKind.Texts or SettingKind.Sources;

    public Type ValueType => Kind switch
    {
        SettingKind.Switch => typeof(bool),
        SettingKind.Number => typeof(int),
        SettingKind.Choice => ChoiceType!,
        _ => typeof(string),
    };

    /// <summary>What a value must be, to be read behind "must be".</summary>
    public string Expectation => Kind switch
    {
        SettingKind.Texts or SettingKind.Sources => "a text or a list of texts",
        SettingKind.Switch => "true or false",
        SettingKind.Number => string.Create(CultureInfo.InvariantCulture, $"a whole number from {Minimum} to {Maximum}"),
        SettingKind.Choice => "one of " + string.Join(", ", Enum.GetNames(ChoiceType!)),
        SettingKind.MemorySize => "a number and a unit, such as 512MB or 2GiB",
        SettingKind.WebAddress => "an address that begins with https:// or http://, without a user name",
        _ => "a text",
    };

    /// <summary>Tells what is wrong with a text as the value, or one of the values; null when nothing is. Never repeats the text.</summary>
    public string? FindProblem(string text) => text switch
    {
        "" => "is empty",
        { Length: > MaximumLength } => string.Create(CultureInfo.InvariantCulture, $"is longer than {MaximumLength} characters"),
        _ when text.Any(char.IsControl) => "holds a control character",
        _ when Secrets.Redact(text) != text => SecretProblem,
        _ => IsPossible(text) ? null : $"must be {Expectation}",
    };

    /// <summary>A value to look at: without what looks like a secret.</summary>
    public object? Show(object? value) => value switch
    {
        string text when Kind is SettingKind.Sources => Lines(text).Select(pattern => Secrets.Redact(WildcardPattern.Unescape(pattern))).ToArray(),
        string text when Kind is SettingKind.Texts => Lines(text).Select(Secrets.Redact).ToArray(),
        // Who knows the address of a webhook may post to it.
        string text when Kind is SettingKind.WebAddress => Uri.TryCreate(text, UriKind.Absolute, out var address) ? $"{address.Scheme}://{address.Authority}/***" : "***",
        string text => Secrets.Redact(text),
        _ => value,
    };

    public static string[] Lines(string? value) => value is null ? [] : value.Split(ListSeparator);

    private bool IsPossible(string text) => Kind switch
    {
        SettingKind.Choice => Enum.GetNames(ChoiceType!).Contains(text, StringComparer.OrdinalIgnoreCase),
        SettingKind.MemorySize => MemorySize.IsValid(text),
        SettingKind.WebAddress => Uri.TryCreate(text, UriKind.Absolute, out var address)
            && address is { Scheme: "https" or "http", UserInfo: "", Host: not "" },
        _ => true,
    };
}
