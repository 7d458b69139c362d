using SilverAudit.Schema;

namespace SilverAudit.Configuration;

/// <summary>All settings there are, in the order in which they are shown.</summary>
internal static class SettingDefinitions
{
    public const string Notification = "notification";

    public static readonly SettingDefinition Source = new("source", SettingKind.Sources) { Variable = "ETL_SOURCE_DB" };

    public static readonly SettingDefinition SourceTable =
        new("sourceTable", SettingKind.Text) { Default = AuditSchema.DefaultSourceTable, Parameter = "SourceTable" };

    public static readonly SettingDefinition Destination =
        new("destination", SettingKind.Path) { Default = "silver_metadata.db", Variable = "ETL_DEST_DB", Parameter = "Destination" };

    public static readonly SettingDefinition DestinationTable =
        new("destinationTable", SettingKind.Text) { Default = AuditSchema.DefaultDestinationTable, Parameter = "DestinationTable" };

    public static readonly SettingDefinition LockTimeoutSec =
        new("lockTimeoutSec", SettingKind.Number) { Default = "30", Maximum = 86400, Parameter = "LockTimeoutSec" };

    public static readonly SettingDefinition SchemaEvolution = new("schemaEvolution", SettingKind.Choice)
    {
        ChoiceType = typeof(SchemaEvolution),
        Default = nameof(SilverAudit.SchemaEvolution.Rescue),
        Parameter = "SchemaEvolution",
    };

    public static readonly SettingDefinition InvalidRow = new("invalidRow", SettingKind.Choice)
    {
        ChoiceType = typeof(InvalidRowPolicy),
        Default = nameof(InvalidRowPolicy.Fail),
        Parameter = "InvalidRow",
    };

    public static readonly SettingDefinition Strict = new("strict", SettingKind.Switch) { Default = "false", Parameter = "Validate" };

    public static readonly SettingDefinition ArchivePath = new("archivePath", SettingKind.Path) { Parameter = "ArchivePath" };

    public static readonly SettingDefinition LogPath =
        new("logPath", SettingKind.Path) { Default = "silver_audit_etl.log", Parameter = "LogPath" };

    public static readonly SettingDefinition LogLevel = new("logLevel", SettingKind.Choice)
    {
        ChoiceType = typeof(AuditLogLevel),
        Default = nameof(AuditLogLevel.Info),
        Variable = "ETL_LOG_LEVEL",
        Parameter = "LogLevel",
    };

    public static readonly SettingDefinition MemoryLimit = new("memoryLimit", SettingKind.MemorySize) { Parameter = "MemoryLimit" };

    public static readonly SettingDefinition Threads =
        new("threads", SettingKind.Number) { Minimum = 1, Maximum = 1024, Parameter = "Threads" };

    public static readonly SettingDefinition NotificationEnabled = new("notification:enabled", SettingKind.Switch) { Default = "true" };

    public static readonly SettingDefinition NotificationOnFailureOnly =
        new("notification:onFailureOnly", SettingKind.Switch) { Default = "false", Parameter = "OnFailureOnly" };

    public static readonly SettingDefinition NotificationTo = new("notification:to", SettingKind.Texts) { Parameter = "To" };

    public static readonly SettingDefinition NotificationFrom = new("notification:from", SettingKind.Text) { Parameter = "From" };

    public static readonly SettingDefinition NotificationSmtpServer =
        new("notification:smtpServer", SettingKind.Text) { Parameter = "SmtpServer" };

    public static readonly SettingDefinition NotificationPort =
        new("notification:port", SettingKind.Number) { Minimum = 1, Maximum = 65535, Parameter = "Port" };

    public static readonly SettingDefinition NotificationUseTls = new("notification:useTls", SettingKind.Switch) { Parameter = "UseTls" };

    public static readonly SettingDefinition NotificationWebhookUri =
        new("notification:webhookUri", SettingKind.WebAddress) { Parameter = "WebhookUri" };

    public static IReadOnlyList<SettingDefinition> All { get; } =
    [
        Source, SourceTable, Destination, DestinationTable, LockTimeoutSec, SchemaEvolution, InvalidRow, Strict, ArchivePath, LogPath,
        LogLevel, MemoryLimit, Threads, NotificationEnabled, NotificationOnFailureOnly, NotificationTo, NotificationFrom,
        NotificationSmtpServer, NotificationPort, NotificationUseTls, NotificationWebhookUri,
    ];

    /// <summary>The setting of exactly this name; null where there is none.</summary>
    public static SettingDefinition? Find(string key) => All.FirstOrDefault(definition => definition.Key == key);

    /// <summary>The keys that an object of the file may have: of a section, or of what stands under one of its keys.</summary>
    /// <param name="group">The key and a colon; empty for a section itself.</param>
    public static IEnumerable<string> KeysOf(string group) =>
        All.Where(definition => definition.Key.StartsWith(group, StringComparison.Ordinal))
            .Select(definition => definition.Key[group.Length..].Split(':')[0])
            .Distinct();
}
