using System.Globalization;
using System.Text.Json;
using SilverAudit.Loads;

namespace SilverAudit.Configuration;

/// <summary>Reads a configuration file and takes nothing in it for granted.</summary>
internal sealed class ConfigurationReader(string path)
{
    private const string SchemaKey = "$schema";
    private const string EnvironmentsKey = "environments";

    private static readonly JsonReaderOptions s_options =
        new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, MaxDepth = 64 };

    private readonly string _folder = Path.GetDirectoryName(path)!;
    private readonly byte[] _text = ConfigurationText.Read(path);

    private delegate void MemberReader(ref Utf8JsonReader reader, string key);

    /// <exception cref="AuditException">One of the Configuration errors.</exception>
    public ConfigurationFile Read()
    {
        var settings = new Dictionary<string, string?>();
        var environments = new Dictionary<string, IReadOnlyDictionary<string, string?>>(StringComparer.OrdinalIgnoreCase);
        try
        {
            var reader = new Utf8JsonReader(_text, s_options);
            ReadObject(ref reader, "", StringComparer.Ordinal, (ref Utf8JsonReader member, string key) =>
            {
                if (key == SchemaKey)
                    ReadSchema(ref member);
                else if (key == EnvironmentsKey)
                    ReadEnvironments(ref member, environments);
                else
                    ReadSetting(ref member, "", "", key, settings);
            });
            // Nothing may follow the object; the reader says so.
            reader.Read();
        }
        catch (JsonException failure)
        {
            // What the failure says holds a piece of the file.
            throw ConfigurationErrors.NotJson(path, FilePosition.Of(_text, failure.LineNumber ?? 0, failure.BytePositionInLine ?? 0));
        }

        return new ConfigurationFile(path, settings, environments);
    }

    private void ReadSchema(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.String)
            throw WrongType(ref reader, SchemaKey, "a text");
    }

    private void ReadEnvironments(ref Utf8JsonReader reader, Dictionary<string, IReadOnlyDictionary<string, string?>> environments) =>
        ReadObject(ref reader, EnvironmentsKey, StringComparer.OrdinalIgnoreCase, (ref Utf8JsonReader member, string name) =>
        {
            if (string.IsNullOrWhiteSpace(name) || name.Any(char.IsControl))
                throw ConfigurationErrors.WrongValue(path, PositionOf(ref member), EnvironmentsKey, "holds an environment whose name is blank, or has a control character");
            var section = $"{EnvironmentsKey}.{name}";
            var settings = new Dictionary<string, string?>();
            ReadObject(ref member, section, StringComparer.Ordinal, (ref Utf8JsonReader inner, string key) => ReadSetting(ref inner, section, "", key, settings));
            environments.Add(name, settings);
        });

    /// <param name="reader">Stands on the key.</param>
    /// <param name="section">Where in the file the key is, for messages.</param>
    /// <param name="group">What stands before the key in the name of the setting.</param>
    /// <param name="key">The key.</param>
    /// <param name="settings">Takes the value.</param>
    private void ReadSetting(ref Utf8JsonReader reader, string section, string group, string key, Dictionary<string, string?> settings)
    {
        var place = section.Length == 0 ? key : $"{section}.{key}";
        // A colon in a key is no level.
        if (!key.Contains(':', StringComparison.Ordinal) && SettingDefinitions.Find(group + key) is { } definition)
        {
            settings.Add(definition.Key, ReadValue(ref reader, definition, place));
        }
        else if (group + key == SettingDefinitions.Notification)
        {
            ReadObject(ref reader, place, StringComparer.Ordinal,
                (ref Utf8JsonReader member, string inner) => ReadSetting(ref member, place, key + ':', inner, settings));
        }
        else
        {
            throw ConfigurationErrors.IsSecretName(key)
                ? ConfigurationErrors.SecretKey(path, PositionOf(ref reader), section, key)
                : ConfigurationErrors.UnknownKey(path, PositionOf(ref reader), section, key, KeysOf(section, group));
        }
    }

    private static IReadOnlyList<string> KeysOf(string section, string group) =>
        section.Length == 0 ? [.. SettingDefinitions.KeysOf(group), EnvironmentsKey] : [.. SettingDefinitions.KeysOf(group)];

    private void ReadObject(ref Utf8JsonReader reader, string section, StringComparer names, MemberReader readMember)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
            throw WrongType(ref reader, section.Length == 0 ? "The file" : section, "an object in braces");
        var seen = new HashSet<string>(names);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = ReadText(ref reader, section);
            if (!seen.Add(key))
                throw ConfigurationErrors.DuplicateKey(path, PositionOf(ref reader), section, key);
            readMember(ref reader, key);
        }
    }

    private string ReadValue(ref Utf8JsonReader reader, SettingDefinition definition, string place)
    {
        reader.Read();
        return (definition.Kind, reader.TokenType) switch
        {
            (SettingKind.Switch, JsonTokenType.True) => "true",
            (SettingKind.Switch, JsonTokenType.False) => "false",
            (SettingKind.Number, JsonTokenType.Number) => ReadNumber(ref reader, definition, place),
            (not SettingKind.Switch and not SettingKind.Number, JsonTokenType.String) => ReadOne(ref reader, definition, place),
            (SettingKind.Texts or SettingKind.Sources, JsonTokenType.StartArray) => ReadList(ref reader, definition, place),
            _ => throw WrongType(ref reader, place, definition.Expectation),
        };
    }

    // 30.0 is a whole number in JSON, as is 3e1.
    private string ReadNumber(ref Utf8JsonReader reader, SettingDefinition definition, string place) =>
        reader.TryGetDecimal(out var number) && number == decimal.Truncate(number) && number >= definition.Minimum && number <= definition.Maximum
            ? ((int)number).ToString(CultureInfo.InvariantCulture)
            : throw ConfigurationErrors.WrongValue(path, PositionOf(ref reader), place, $"must be {definition.Expectation}");

    private string ReadList(ref Utf8JsonReader reader, SettingDefinition definition, string place)
    {
        var position = PositionOf(ref reader);
        var parts = new List<string>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.String)
                throw WrongType(ref reader, place, definition.Expectation);
            parts.Add(ReadOne(ref reader, definition, place));
        }

        return parts.Count > 0
            ? string.Join(SettingDefinition.ListSeparator, parts)
            : throw ConfigurationErrors.WrongValue(path, position, place, "is an empty list: name at least one, or leave the key out");
    }

    private string ReadOne(ref Utf8JsonReader reader, SettingDefinition definition, string place)
    {
        var text = ReadText(ref reader, place);
        return definition.FindProblem(text) switch
        {
            null when definition.Kind is SettingKind.Path => Path.GetFullPath(text, _folder),
            null when definition.Kind is SettingKind.Sources => Path.GetFullPath(text, WildcardPattern.Escape(_folder)),
            null => text,
            SettingDefinition.SecretProblem => throw ConfigurationErrors.SecretValue(path, PositionOf(ref reader), place),
            var problem => throw ConfigurationErrors.WrongValue(path, PositionOf(ref reader), place, problem),
        };
    }

    private string ReadText(ref Utf8JsonReader reader, string place)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw ConfigurationErrors.WrongValue(
                path, PositionOf(ref reader), place.Length == 0 ? "The file" : place, "holds half a surrogate pair, which is no character");
        }
    }

    private AuditException WrongType(ref Utf8JsonReader reader, string place, string expectation) =>
        ConfigurationErrors.WrongValue(path, PositionOf(ref reader), place, $"must be {expectation}, and is {Describe(reader.TokenType)}");

    private FilePosition PositionOf(ref Utf8JsonReader reader) => FilePosition.Of(_text, reader.TokenStartIndex);

    private static string Describe(JsonTokenType type) => type switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "a list",
        JsonTokenType.String => "a text",
        JsonTokenType.Number => "a number",
        JsonTokenType.Null => "null",
        _ => "true or false",
    };
}
