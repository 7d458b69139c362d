using System.Globalization;
using System.Text.RegularExpressions;

namespace SilverAudit.Configuration;

/// <summary>What can be wrong with a configuration. No value is ever repeated: it might be a secret in the wrong place.</summary>
internal static partial class ConfigurationErrors
{
    private const int LongestName = 64;
    private const int NamesShown = 20;

    public static AuditException NotFound(string path, string message) => new(AuditErrorId.ConfigurationNotFound, path, message);

    public static AuditException Invalid(string path, string message) => new(AuditErrorId.ConfigurationInvalid, path, message);

    public static AuditException NotJson(string path, FilePosition position) => Invalid(path,
        $"'{path}' is not JSON: look at {position}, or just before it. Comments and commas behind the last value are allowed; correct the rest.");

    public static AuditException WrongValue(string path, FilePosition position, string name, string problem) => Invalid(path,
        $"'{path}', {position}: '{Show(name)}' {problem}. Correct the value.");

    public static AuditException SecretValue(string path, FilePosition position, string name) => Invalid(path,
        $"'{path}', {position}: '{Show(name)}' {SettingDefinition.SecretProblem}. Others read this file: take it out there, and pass it as a parameter.");

    public static AuditException DuplicateKey(string path, FilePosition position, string section, string key) => Invalid(path,
        $"'{path}', {position}: '{Show(key)}' stands there twice in {Describe(section)}. Remove one of the two.");

    public static AuditException UnknownKey(string path, FilePosition position, string section, string key, IReadOnlyList<string> valid)
    {
        var suggestion = NearestName.Find(key, valid) is { } nearest ? $" Did you mean '{nearest}'?" : "";
        return new AuditException(AuditErrorId.ConfigurationKeyUnknown, path,
            $"'{path}', {position}: '{Show(key)}' is no setting of {Describe(section)}.{suggestion} These are the settings there: {string.Join(", ", valid)}.");
    }

    public static AuditException SecretKey(string path, FilePosition position, string section, string key) =>
        new(AuditErrorId.ConfigurationKeyUnknown, path,
            $"'{path}', {position}: '{Show(key)}' in {Describe(section)} looks like the name of a secret. Others read this file: remove it there, and pass -Credential, which takes user name and password, to Send-SilverAuditNotification.");

    public static AuditException UnknownEnvironment(string path, string name, string origin, IReadOnlyList<string> valid)
    {
        var suggestion = NearestName.Find(name, valid) is { } nearest ? $" Did you mean '{nearest}'?" : "";
        var more = valid.Count > NamesShown ? string.Create(CultureInfo.InvariantCulture, $" and {valid.Count - NamesShown} more") : "";
        var defined = valid.Count > 0 ? $"It defines: {string.Join(", ", valid.Take(NamesShown).Select(Show))}{more}." : "It defines none: add it under 'environments'.";
        return new AuditException(AuditErrorId.EnvironmentUnknown, path,
            $"'{path}' does not define the environment '{Show(name)}' that {origin} asks for.{suggestion} {defined}");
    }

    public static AuditException WrongVariable(string variable, string problem) => Invalid(variable,
        $"The environment variable {variable} {problem}. Correct it, or remove it.");

    /// <summary>A name from the file, fit for a message.</summary>
    public static string Show(string name)
    {
        var readable = Control().Replace(Secrets.Redact(name), "?");
        return readable.Length > LongestName ? readable[..LongestName] + "..." : readable;
    }

    /// <summary>True for the name of what has no business in a file that others read.</summary>
    public static bool IsSecretName(string key) => SecretName().IsMatch(key.Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal));

    private static string Describe(string section) => section.Length == 0 ? "the file" : $"'{Show(section)}'";

    [GeneratedRegex("pass(word|wd|phrase|code)|^pass$|pwd|secret|token|credential|(api|access|account|private|shared)key|^auth", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex SecretName();

    [GeneratedRegex(@"[\p{C}\u2028\u2029]")]
    private static partial Regex Control();
}
