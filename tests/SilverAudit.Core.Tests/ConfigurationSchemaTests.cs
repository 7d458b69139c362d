using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;
using SilverAudit.Configuration;

namespace SilverAudit.Core.Tests;

/// <summary>The schema that the module ships tells editors the same that the code does.</summary>
public sealed class ConfigurationSchemaTests : IDisposable
{
    private static readonly JsonNode s_document = JsonNode.Parse(Read("silver-audit.schema.json"))!;
    private static readonly JsonSchema s_schema = JsonSchema.FromText(Read("silver-audit.schema.json"));
    private static readonly JsonDocumentOptions s_lenient = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };

    private readonly ConfigurationSandbox _sandbox = new();

    /// <summary>Values to try for every setting.</summary>
    public static TheoryData<string> Values =>
    [
        "null", "true", "false", "0", "1", "-1", "1.5", "2.0", "30", "1024", "1025", "65535", "65536", "86400", "86401", "{}", "[]",
        "\"\"", "\"x\"", "\"a b\"", "\"a\\tb\"", "\"a\\u0085b\"", "\"a\\u0000\"", "[\"a\"]", "[\"a\", \"b\"]", "[\"a\", 1]", "[\"\"]", "[[\"a\"]]",
        "\"Info\"", "\"WARNING\"", "\"warn\"", "\"debug\"", "\"0\"", "\"Info, Error\"", "\"Rescue\"", "\"addnewcolumns\"", "\"None\"", "\"REJECT\"", "\"fail\"",
        "\"512MB\"", "\"1.5 GiB\"", "\"512\"", "\"512 M\"", "\"10b\"", "\"512MB\\n\"", "\"*.db\"",
        "\"https://example.com\"", "\"HTTP://example.com:8080/a?b=c\"", "\"https://user@example.com/\"", "\"https://\"", "\"ftp://example.com\"", "\"https:example\"",
    ];

    public void Dispose() => _sandbox.Dispose();

    [Fact]
    public void Both_have_the_same_settings_everywhere()
    {
        Assert.Equal([.. SettingDefinitions.KeysOf(""), "$schema", "environments"], Names(s_document), Unordered);
        Assert.Equal(SettingDefinitions.KeysOf(""), Names(s_document["definitions"]!["environment"]!), Unordered);
        Assert.Equal(SettingDefinitions.KeysOf("notification:"), Names(s_document["definitions"]!["notification"]!), Unordered);
    }

    [Fact]
    public void Both_have_the_same_defaults_limits_and_choices()
    {
        foreach (var definition in SettingDefinitions.All)
        {
            var schema = SchemaOf(definition);
            Assert.False(string.IsNullOrEmpty(schema["description"]?.GetValue<string>()), definition.Name);
            Assert.Equal(definition.Default, schema["default"]?.ToString());
            if (definition.Kind is SettingKind.Number)
                Assert.Equal((definition.Minimum, definition.Maximum), (schema["minimum"]!.GetValue<int>(), schema["maximum"]!.GetValue<int>()));
            if (definition.ChoiceType is { } choices)
                Assert.Equal(Enum.GetNames(choices), schema["anyOf"]![0]!["enum"]!.AsArray().Select(name => name!.GetValue<string>()));
        }
    }

    [Theory]
    [MemberData(nameof(Values))]
    public void Both_take_and_refuse_the_same_values(string value)
    {
        foreach (var definition in SettingDefinitions.All)
        {
            var setting = definition.Key.Split(':') is [var group, var key] ? $$"""{ "{{group}}": { "{{key}}": {{value}} } }""" : $$"""{ "{{definition.Key}}": {{value}} }""";
            AssertSame(setting);
            AssertSame($$"""{ "environments": { "test": {{setting}} } }""");
        }
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("1")]
    [InlineData("{ \"$schema\": \"x\" }")]
    [InlineData("{ \"$schema\": 1 }")]
    [InlineData("{ \"x\": 1 }")]
    [InlineData("{ \"Strict\": true }")]
    [InlineData("{ \"password\": \"x\" }")]
    [InlineData("{ \"notification\": { \"password\": \"x\" } }")]
    [InlineData("{ \"notification\": 1 }")]
    [InlineData("{ \"environments\": {} }")]
    [InlineData("{ \"environments\": 1 }")]
    [InlineData("{ \"environments\": { \"a\": 1 } }")]
    [InlineData("{ \"environments\": { \"\": {} } }")]
    [InlineData("{ \"environments\": { \" \": {} } }")]
    [InlineData("{ \"environments\": { \" a\\n\": {} } }")]
    [InlineData("{ \"environments\": { \"any name\": {} } }")]
    [InlineData("{ \"environments\": { \"a\": { \"environments\": {} } } }")]
    [InlineData("{ \"environments\": { \"a\": { \"$schema\": \"x\" } } }")]
    public void Both_take_and_refuse_the_same_files(string text) => AssertSame(text);

    [Fact]
    public void The_example_has_the_environments_of_the_former_tool_and_fits_the_schema()
    {
        var text = Read("silver-audit.json");
        Assert.True(Fits(text));
        _sandbox.Write(text);

        var settings = new[] { null, "development", "staging", "production" }.Select(name => _sandbox.Load(name)).ToList();

        Assert.Equal("development", settings[0].Environment);
        foreach (var (configuration, prefix, strict) in settings.Skip(1).Zip(["dev", "stg", "prod"], [false, true, true]))
        {
            Assert.Equal(_sandbox.PathOf($"{prefix}_scopus_test.db"), Assert.Single(configuration.Sources).Path);
            Assert.Equal(_sandbox.PathOf($"{prefix}_silver_metadata.db"), configuration.Destination);
            Assert.Equal((strict, strict), (configuration.Strict, configuration.Notification.Enabled));
            Assert.NotEmpty(configuration.Notification.To);
        }
    }

    private void AssertSame(string text)
    {
        _sandbox.Write(text);
        AuditException? failure = null;
        try
        {
            _sandbox.Load();
        }
        catch (AuditException refusal)
        {
            failure = refusal;
        }

        Assert.True(Fits(text) == failure is null, $"{text}: the schema {(Fits(text) ? "takes" : "refuses")} it, the code says: {failure?.Message}");
    }

    private static bool Fits(string text) => s_schema.Evaluate(JsonNode.Parse(text, documentOptions: s_lenient)).IsValid;

    private static JsonNode SchemaOf(SettingDefinition definition)
    {
        var definitions = s_document["definitions"]!;
        return definition.Key.Split(':') is [var group, var key] ? definitions[group]!["properties"]![key]! : definitions[definition.Key]!;
    }

    private static IEnumerable<string> Names(JsonNode schema)
    {
        Assert.False(schema["additionalProperties"]!.GetValue<bool>());
        return schema["properties"]!.AsObject().Select(property => property.Key);
    }

    private static bool Unordered(IEnumerable<string> one, IEnumerable<string> other) => one.Order(StringComparer.Ordinal).SequenceEqual(other.Order(StringComparer.Ordinal));

    private static string Read(string name) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, name));
}
