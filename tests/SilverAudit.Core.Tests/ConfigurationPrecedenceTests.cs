using System.Collections;
using System.Globalization;
using SilverAudit.Configuration;

namespace SilverAudit.Core.Tests;

/// <summary>A parameter goes before a variable, a variable before the environment's section, the section before the file, the file before the default.</summary>
public sealed class ConfigurationPrecedenceTests : IDisposable
{
    private static readonly string[] s_addresses = ["c@example.com", "d@example.com"];

    private readonly ConfigurationSandbox _sandbox = new();

    /// <summary>Setting, default, value in the file, in the section, in the variable, as the parameter; null where there is none.</summary>
    public static TheoryData<string, string?, string, string, string?, object?> Settings => new()
    {
        { "source", "", "\"/file/*.db\"", "[\"/section/a.db\", \"/section/b.db\"]", "/variable.db", null },
        { "sourceTable", "silver_temp_audit", "\"file\"", "\"section\"", null, "parameter" },
        { "destination", "/current/silver_metadata.db", "\"/file.db\"", "\"/section.db\"", "/variable.db", "/parameter.db" },
        { "destinationTable", "silver_staging_audit", "\"file\"", "\"section\"", null, "parameter" },
        { "lockTimeoutSec", "30", "1", "2", null, 3 },
        { "schemaEvolution", "Rescue", "\"AddNewColumns\"", "\"none\"", null, SchemaEvolution.FailOnNewColumns },
        { "invalidRow", "Fail", "\"Reject\"", "\"Fail\"", null, InvalidRowPolicy.Reject },
        { "strict", "False", "true", "false", null, true },
        { "archivePath", "", "\"/file\"", "\"/section\"", null, "/parameter" },
        { "logPath", "/current/silver_audit_etl.log", "\"/file.log\"", "\"/section.log\"", null, "/parameter.log" },
        { "logLevel", "Info", "\"ERROR\"", "\"Warning\"", "DEBUG", AuditLogLevel.Info },
        { "memoryLimit", "", "\"1GB\"", "\"2GiB\"", null, "512MB" },
        { "threads", "", "1", "2", null, 3 },
        { "notification.enabled", "True", "false", "true", null, null },
        { "notification.onFailureOnly", "False", "true", "false", null, true },
        { "notification.to", "", "\"file@example.com\"", "[\"a@example.com\", \"b@example.com\"]", null, s_addresses },
        { "notification.from", "", "\"file@example.com\"", "\"section@example.com\"", null, "parameter@example.com" },
        { "notification.smtpServer", "", "\"file.example.com\"", "\"section.example.com\"", null, "parameter.example.com" },
        { "notification.port", "", "25", "465", null, 587 },
        { "notification.useTls", "", "true", "false", null, true },
        { "notification.webhookUri", "", "\"https://file.example.com\"", "\"https://section.example.com\"", null, new Uri("https://parameter.example.com") },
    };

    public void Dispose() => _sandbox.Dispose();

    [Theory]
    [MemberData(nameof(Settings))]
    public void The_strongest_place_that_has_a_setting_wins(
        string name, string? byDefault, string inFile, string inSection, string? inVariable, object? asParameter)
    {
        var definition = SettingDefinitions.All.Single(definition => definition.Name == name);
        Expect(name, byDefault!, SettingSource.Default, null);

        _sandbox.Write(Object(name, inFile));
        Expect(name, inFile, SettingSource.File, _sandbox.DefaultPath);

        _sandbox.Write($$"""{ "environments": { "Test": {{Object(name, inSection)}} }, {{Object(name, inFile)[1..]}}""");
        Expect(name, inFile, SettingSource.File, _sandbox.DefaultPath);
        Expect(name, inSection, SettingSource.Environment, $"{_sandbox.DefaultPath} (environments.Test)", "test");

        Assert.Equal(inVariable is null, definition.Variable is null);
        if (inVariable is not null)
        {
            _sandbox.Variables[definition.Variable!] = inVariable;
            Expect(name, inVariable, SettingSource.Variable, definition.Variable, "test");
        }

        Assert.Equal(asParameter is null, definition.Parameter is null);
        if (asParameter is not null)
        {
            _sandbox.Parameters[definition.Parameter!] = asParameter;
            Expect(name, Describe(asParameter), SettingSource.Parameter, "-" + definition.Parameter, "test");
        }
    }

    [Fact]
    public void Every_setting_is_tested() =>
        Assert.Equal(SettingDefinitions.All.Select(definition => definition.Name), Settings.Select(row => (string)row[0]));

    [Fact]
    public void The_settings_are_there_with_their_types()
    {
        _sandbox.Write(
            """
            {
              "source": ["/a/*.db", "/b.db"], "sourceTable": "s", "destination": "/d.db", "destinationTable": "t", "lockTimeoutSec": 5,
              "schemaEvolution": "none", "invalidRow": "reject", "strict": true, "archivePath": "/archive", "logPath": "/x.log", "logLevel": "debug",
              "memoryLimit": "1.5GB", "threads": 2e0,
              "notification": { "enabled": true, "onFailureOnly": true, "to": ["a@example.com", "b@example.com"], "from": "c@example.com", "smtpServer": "mail", "port": 25, "useTls": false, "webhookUri": "https://example.com/hook" }
            }
            """);

        var configuration = _sandbox.Load();

        Assert.Equal([Root("/a/*.db"), Root("/b.db")], configuration.Sources.Select(source => source.Pattern));
        Assert.Equal(("s", Root("/d.db"), "t"), (configuration.SourceTable, configuration.Destination, configuration.DestinationTable));
        Assert.Equal(TimeSpan.FromSeconds(5), configuration.LockTimeout);
        Assert.Equal((SchemaEvolution.None, InvalidRowPolicy.Reject), (configuration.SchemaEvolution, configuration.InvalidRow));
        Assert.Equal((true, Root("/archive")), (configuration.Strict, configuration.ArchivePath));
        Assert.Equal((Root("/x.log"), AuditLogLevel.Debug), (configuration.LogPath, configuration.LogLevel));
        Assert.Equal(("1.5GB", 2), (configuration.MemoryLimit, configuration.Threads));
        var notification = configuration.Notification;
        Assert.Equal((true, true, false), (notification.Enabled, notification.OnFailureOnly, notification.UseTls));
        Assert.Equal(["a@example.com", "b@example.com"], notification.To);
        Assert.Equal(("c@example.com", "mail", 25), (notification.From, notification.SmtpServer, notification.Port));
        Assert.Equal("https://example.com/hook", notification.WebhookUri);
    }

    [Fact]
    public void Without_a_file_all_is_as_it_is_without_a_configuration()
    {
        var configuration = _sandbox.Load();

        Assert.Empty(configuration.Sources);
        Assert.Null(configuration.ConfigurationPath);
        Assert.Null(configuration.Environment);
        Assert.Equal((_sandbox.PathOf("silver_metadata.db"), _sandbox.PathOf("silver_audit_etl.log")), (configuration.Destination, configuration.LogPath));
        Assert.Equal((new EtlOptions().SourceTable, new EtlOptions().SchemaEvolution, new EtlOptions().InvalidRow), (configuration.SourceTable, configuration.SchemaEvolution, configuration.InvalidRow));
        var store = new StoreOptions { Destination = "x" };
        Assert.Equal((store.DestinationTable, store.LockTimeout, store.MemoryLimit, store.Threads), (configuration.DestinationTable, configuration.LockTimeout, configuration.MemoryLimit, configuration.Threads));
        Assert.Equal((false, null, new AuditLogOptions().Level), (configuration.Strict, configuration.ArchivePath, configuration.LogLevel));
        Assert.Equal((true, false, null, false), (configuration.Notification.Enabled, configuration.Notification.OnFailureOnly, configuration.Notification.Port, configuration.Notification.UseTls));
    }

    [Fact]
    public void A_list_replaces_a_list_and_an_object_completes_an_object()
    {
        _sandbox.Write(
            """
            {
              "source": ["/1.db", "/2.db", "/3.db"], "notification": { "to": ["a@example.com", "b@example.com"], "from": "c@example.com" },
              "environments": { "one": { "source": "/4.db", "notification": { "to": "d@example.com", "port": 25 } } }
            }
            """);

        var configuration = _sandbox.Load("one");

        Assert.Equal([Root("/4.db")], configuration.Sources.Select(source => source.Path));
        Assert.Equal(["d@example.com"], configuration.Notification.To);
        Assert.Equal(("c@example.com", 25), (configuration.Notification.From, configuration.Notification.Port));
    }

    [Fact]
    public void An_environment_is_chosen_by_parameter_then_by_variable_then_it_is_development_if_there_is_one()
    {
        const string Environments = """{ "environments": { "development": {}, "staging": {}, "production": {} } }""";
        _sandbox.Write(Environments);
        Assert.Equal(("development", SettingSource.Default, null), Environment());

        _sandbox.Variables["ETL_ENV"] = " STAGING ";
        Assert.Equal(("staging", SettingSource.Variable, "ETL_ENV"), Environment());
        Assert.Equal(("production", SettingSource.Parameter, "-Environment"), Environment("Production"));

        _sandbox.Variables["ETL_ENV"] = "";
        _sandbox.Write("""{ "environments": { "production": {} } }""");
        Assert.Equal((null, SettingSource.Default, null), Environment());

        (string?, SettingSource, string?) Environment(string? parameter = null)
        {
            var setting = _sandbox.Load(parameter).Settings.Single(setting => setting.Name == "environment");
            Assert.Equal(setting.Value, _sandbox.Load(parameter).Environment);
            return ((string?)setting.Value, setting.Source, setting.Origin);
        }
    }

    [Fact]
    public void A_variable_that_is_blank_is_none()
    {
        _sandbox.Variables["ETL_DEST_DB"] = " ";
        _sandbox.Variables["ETL_SOURCE_DB"] = "";

        Assert.DoesNotContain(_sandbox.Load().Settings, setting => setting.Source is SettingSource.Variable);
    }

    private void Expect(string name, string value, SettingSource source, string? origin, string? environment = null)
    {
        var setting = _sandbox.Load(environment).Settings.Single(setting => setting.Name == name);
        Assert.Equal((source, origin), (setting.Source, setting.Origin));
        Assert.Equal(Expected(name, value), Describe(setting.Value), ignoreCase: true);
    }

    private string Expected(string name, string value)
    {
        var plain = value.Replace("/current/", _sandbox.Location + '/', StringComparison.Ordinal).Trim('[', ']').Replace("\"", "", StringComparison.Ordinal);
        if (name.EndsWith("webhookUri", StringComparison.Ordinal) && plain.Length > 0)
            return plain.TrimEnd('/') + "/***";
        return plain.Contains('/', StringComparison.Ordinal) ? string.Join(", ", plain.Split(", ").Select(Root)) : plain;
    }

    private static string Object(string name, string value) => name.Split('.') is [var group, var key]
        ? $$"""{ "{{group}}": { "{{key}}": {{value}} } }"""
        : $$"""{ "{{name}}": {{value}} }""";

    private static string Describe(object? value) => value switch
    {
        null => "",
        string text => text,
        IEnumerable many => string.Join(", ", many.Cast<object>()),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static string Root(string path) => Path.GetFullPath(path);
}
