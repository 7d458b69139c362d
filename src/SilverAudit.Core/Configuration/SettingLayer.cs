using System.Collections;
using System.Globalization;

namespace SilverAudit.Configuration;

/// <summary>The settings that come from one kind of place.</summary>
/// <param name="Source">The kind of place.</param>
/// <param name="Values">The values by key.</param>
/// <param name="OriginOf">Names the place of a setting that the layer has.</param>
internal sealed record SettingLayer(
    SettingSource Source, IReadOnlyDictionary<string, string?> Values, Func<SettingDefinition, string?> OriginOf)
{
    /// <summary>All layers, the weakest first.</summary>
    /// <exception cref="AuditException">A variable has a value that is not allowed.</exception>
    public static IReadOnlyList<SettingLayer> ReadAll(ConfigurationRequest request, ConfigurationFile? file, string? environment) =>
    [
        new(SettingSource.Default, Read(definition => Resolve(request, definition, definition.Default)), _ => null),
        new(SettingSource.File, file?.Settings ?? Read(_ => null), _ => file?.Path),
        new(SettingSource.Environment, environment is null ? Read(_ => null) : file!.Environments[environment], _ => $"{file?.Path} (environments.{environment})"),
        new(SettingSource.Variable, Read(definition => ReadVariable(request, definition)), definition => definition.Variable),
        new(SettingSource.Parameter, Read(definition => ReadParameter(request, definition)), definition => '-' + definition.Parameter),
    ];

    private static Dictionary<string, string?> Read(Func<SettingDefinition, string?> read) => SettingDefinitions.All
        .Select(definition => (definition.Key, Value: read(definition)))
        .Where(setting => setting.Value is not null)
        .ToDictionary(setting => setting.Key, setting => setting.Value);

    // What a caller has named may look like a secret: it is used, and redacted wherever it is said.
    private static string? ReadVariable(ConfigurationRequest request, SettingDefinition definition)
    {
        if (definition.Variable is not { } name || request.ReadVariable(name)?.Trim() is not { Length: > 0 } text)
            return null;
        if (definition.FindProblem(text) is { } problem and not SettingDefinition.SecretProblem)
            throw ConfigurationErrors.WrongVariable(name, problem);
        return Resolve(request, definition, text);
    }

    private static string? ReadParameter(ConfigurationRequest request, SettingDefinition definition)
    {
        if (definition.Parameter is not { } name || !request.Parameters.TryGetValue(name, out var value))
            return null;
        return Resolve(request, definition, value switch
        {
            string text => text,
            IEnumerable many => string.Join(SettingDefinition.ListSeparator, many.Cast<object>()),
            _ => Convert.ToString(value, CultureInfo.InvariantCulture),
        });
    }

    // A source stays as it is, for the session to find with its wildcards and its drives.
    private static string? Resolve(ConfigurationRequest request, SettingDefinition definition, string? text) =>
        text is not null && definition.Kind is SettingKind.Path ? request.ResolvePath(text) : text;
}
