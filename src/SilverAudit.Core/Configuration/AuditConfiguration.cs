using Microsoft.Extensions.Configuration;
using SilverAudit.Configuration;
using SilverAudit.Loads;

namespace SilverAudit;

/// <summary>
/// The settings in effect: those of a command's parameters, else of environment variables, else of the environment's section of the
/// configuration file, else of the file, else the defaults.
/// </summary>
public sealed record AuditConfiguration
{
    /// <summary>Full path of the configuration file; null when there is none.</summary>
    public string? ConfigurationPath { get; init; }

    /// <summary>The environment that was chosen; null when there is none.</summary>
    public string? Environment { get; init; }

    /// <summary>Where the sources are; empty when none are configured.</summary>
    public IReadOnlyList<SourcePattern> Sources { get; init; } = [];

    /// <summary>The table to read in each source.</summary>
    public required string SourceTable { get; init; }

    /// <summary>Full path of the store.</summary>
    public required string Destination { get; init; }

    /// <summary>The permanent table.</summary>
    public required string DestinationTable { get; init; }

    /// <summary>How long to wait for a file that another process holds.</summary>
    public required TimeSpan LockTimeout { get; init; }

    /// <summary>What happens to source columns that the permanent table lacks.</summary>
    public required SchemaEvolution SchemaEvolution { get; init; }

    /// <summary>What happens to a source that holds invalid rows.</summary>
    public required InvalidRowPolicy InvalidRow { get; init; }

    /// <summary>True when the store is to be checked after the last source.</summary>
    public required bool Strict { get; init; }

    /// <summary>Full path of the folder that sources are moved to; null when they stay.</summary>
    public string? ArchivePath { get; init; }

    /// <summary>Full path of the log file.</summary>
    public required string LogPath { get; init; }

    /// <summary>The least important kind of line that the log file takes.</summary>
    public required AuditLogLevel LogLevel { get; init; }

    /// <summary>The most memory that the engine may take; null for the engine's default.</summary>
    public string? MemoryLimit { get; init; }

    /// <summary>The most threads that the engine may use; null for the engine's default.</summary>
    public int? Threads { get; init; }

    /// <summary>Who is told about a run, and how.</summary>
    public required NotificationSettings Notification { get; init; }

    /// <summary>Every setting with its origin, to be looked at.</summary>
    public required IReadOnlyList<Setting> Settings { get; init; }

    /// <summary>Finds, reads and checks the configuration.</summary>
    /// <param name="request">Which configuration, and what overrides it.</param>
    /// <exception cref="AuditException">One of the Configuration errors, or EnvironmentUnknown.</exception>
    public static AuditConfiguration Load(ConfigurationRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var file = ConfigurationFile.Find(request);
        var environment = ChosenEnvironment.Choose(request, file);
        var layers = SettingLayer.ReadAll(request, file, environment.Name);
        var builder = new ConfigurationBuilder();
        foreach (var layer in layers)
        {
            builder.AddInMemoryCollection(layer.Values);
        }

        var root = builder.Build();
        RefuseSecretName(Value<string>(root, SettingDefinitions.DestinationTable)!);
        return new AuditConfiguration
        {
            ConfigurationPath = file?.Path,
            Environment = environment.Name,
            Sources =
            [
                .. SettingDefinition.Lines(Value<string>(root, SettingDefinitions.Source))
                    .Select(pattern => new SourcePattern(pattern, WildcardPattern.Unescape(pattern))),
            ],
            SourceTable = Value<string>(root, SettingDefinitions.SourceTable)!,
            Destination = Value<string>(root, SettingDefinitions.Destination)!,
            DestinationTable = Value<string>(root, SettingDefinitions.DestinationTable)!,
            LockTimeout = TimeSpan.FromSeconds(Value<int>(root, SettingDefinitions.LockTimeoutSec)),
            SchemaEvolution = Value<SchemaEvolution>(root, SettingDefinitions.SchemaEvolution),
            InvalidRow = Value<InvalidRowPolicy>(root, SettingDefinitions.InvalidRow),
            Strict = Value<bool>(root, SettingDefinitions.Strict),
            ArchivePath = Value<string>(root, SettingDefinitions.ArchivePath),
            LogPath = Value<string>(root, SettingDefinitions.LogPath)!,
            LogLevel = Value<AuditLogLevel>(root, SettingDefinitions.LogLevel),
            MemoryLimit = Value<string>(root, SettingDefinitions.MemoryLimit),
            Threads = Value<int?>(root, SettingDefinitions.Threads),
            Notification = new NotificationSettings
            {
                Enabled = Value<bool>(root, SettingDefinitions.NotificationEnabled),
                OnFailureOnly = Value<bool>(root, SettingDefinitions.NotificationOnFailureOnly),
                To = SettingDefinition.Lines(Value<string>(root, SettingDefinitions.NotificationTo)),
                From = Value<string>(root, SettingDefinitions.NotificationFrom),
                SmtpServer = Value<string>(root, SettingDefinitions.NotificationSmtpServer),
                Port = Value<int?>(root, SettingDefinitions.NotificationPort),
                UseTls = Value<bool>(root, SettingDefinitions.NotificationUseTls),
                WebhookUri = Value<string>(root, SettingDefinitions.NotificationWebhookUri),
            },
            Settings =
            [
                NewPathSetting(request, file),
                new Setting("environment", environment.Name, environment.Source, environment.Origin),
                .. SettingDefinitions.All.Select(definition => NewSetting(root, layers, definition)),
            ],
        };
    }

    /// <summary>Says where the settings come from, unless they are the defaults and what the command was given.</summary>
    /// <param name="log">Where to say it.</param>
    public void Report(AuditLog log)
    {
        ArgumentNullException.ThrowIfNull(log);
        var variables = Settings.Where(setting => setting.Source is SettingSource.Variable).Select(setting => setting.Origin).ToList();
        if (ConfigurationPath is not null)
            log.Info($"Configuration: {ConfigurationPath}" + (Environment is null ? "" : $", environment: {Environment}"));
        if (variables.Count > 0)
            log.Info($"Environment variables in effect: {string.Join(", ", variables)}");
    }

    /// <summary>The failure of a command that needs a source and was given none.</summary>
    public AuditException NewSourceMissing()
    {
        var path = ConfigurationPath ?? ConfigurationFile.DefaultName;
        var lacking = ConfigurationPath is null ? $"there is no {path} in the current location"
            : Environment is null ? $"'{path}' has no setting 'source'"
            : $"'{path}' has no setting 'source' for the environment '{Environment}'";
        return new AuditException(AuditErrorId.SourceMissing, path,
            $"No source was given, and none is configured: {lacking}. Name the sources, such as -Path *.db, or set 'source' in the file, or the environment variable {SettingDefinitions.Source.Variable}.");
    }

    // The history names tables without what looks like a secret, and so would take two of them for one.
    private static void RefuseSecretName(string table)
    {
        if (Secrets.Redact(table) is { } shown && shown != table)
        {
            throw new AuditException(AuditErrorId.DestinationTableInvalid, shown,
                $"The name of the permanent table, '{shown}', looks as if it held a secret, which is left out of the history, so that runs into it could not be told from others. Choose another name.");
        }
    }

    private static T? Value<T>(IConfigurationRoot root, SettingDefinition definition) => root.GetValue<T>(definition.Key);

    private static Setting NewPathSetting(ConfigurationRequest request, ConfigurationFile? file)
    {
        const string Name = "configurationPath";
        var path = file is null ? null : Secrets.Redact(file.Path);
        return request.ConfigurationPath is null
            ? new Setting(Name, path, SettingSource.Default, null)
            : new Setting(Name, path, SettingSource.Parameter, "-ConfigurationPath");
    }

    private static Setting NewSetting(IConfigurationRoot root, IReadOnlyList<SettingLayer> layers, SettingDefinition definition)
    {
        // The providers are in the order of the layers, and the last one that has a key wins.
        var layer = root.Providers.Zip(layers).LastOrDefault(pair => pair.First.TryGet(definition.Key, out _)).Second ?? layers[0];
        var value = definition.Show(root.GetValue(definition.ValueType, definition.Key));
        return new Setting(definition.Name, value, layer.Source, layer.OriginOf(definition) is { } origin ? Secrets.Redact(origin) : null);
    }
}
