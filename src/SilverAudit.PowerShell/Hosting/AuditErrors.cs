using System.Management.Automation;

namespace SilverAudit.PowerShell;

/// <summary>The one place where failures become error records: a stable id, a fitting category, the file as target.</summary>
internal static class AuditErrors
{
    public static ErrorRecord NewRecord(AuditException failure) =>
        new(failure, failure.ErrorId.ToString(), CategoryOf(failure.ErrorId), failure.Path);

    private static ErrorCategory CategoryOf(AuditErrorId errorId) => errorId switch
    {
        AuditErrorId.SourceNotFound or AuditErrorId.StoreNotFound or AuditErrorId.SourceTableMissing or AuditErrorId.SourceKeyMissing
            or AuditErrorId.ColumnNotFound or AuditErrorId.ConfigurationNotFound or AuditErrorId.EnvironmentUnknown
            or AuditErrorId.RunNotFound or AuditErrorId.LoadNotFound or AuditErrorId.TargetFolderMissing
            or AuditErrorId.PathNotResolved => ErrorCategory.ObjectNotFound,
        AuditErrorId.SourceNotDatabase or AuditErrorId.StoreNotDatabase or AuditErrorId.SourceNotBaseTable => ErrorCategory.InvalidType,
        AuditErrorId.SourceVersionUnsupported or AuditErrorId.StoreVersionUnsupported or AuditErrorId.SourceEncrypted
            or AuditErrorId.StoreEncrypted => ErrorCategory.NotImplemented,
        AuditErrorId.SourceLocked or AuditErrorId.StoreLocked or AuditErrorId.StagingTableHasUnmergedRows
            or AuditErrorId.MonitorPrefixInUse => ErrorCategory.ResourceBusy,
        AuditErrorId.SourceNotReadable or AuditErrorId.SourceNotRemovable or AuditErrorId.StoreNotWritable or AuditErrorId.TargetNotWritable
            or AuditErrorId.MonitorPrefixForbidden => ErrorCategory.PermissionDenied,
        AuditErrorId.SourceCorrupt or AuditErrorId.StoreCorrupt or AuditErrorId.SourceLogForeign or AuditErrorId.StoreLogForeign
            or AuditErrorId.SourceRowInvalid or AuditErrorId.SourceSchemaChanged or AuditErrorId.StoreSchemaMismatch
            or AuditErrorId.ConfigurationInvalid or AuditErrorId.ConfigurationKeyUnknown
            or AuditErrorId.CopyNotVerified => ErrorCategory.InvalidData,
        AuditErrorId.SourceNotProven or AuditErrorId.StoreCheckFailed => ErrorCategory.InvalidResult,
        AuditErrorId.TargetExists => ErrorCategory.ResourceExists,
        AuditErrorId.SourceIsDestination or AuditErrorId.SourceIsStore or AuditErrorId.StoreIsSource or AuditErrorId.SourceMissing
            or AuditErrorId.DestinationTableInvalid or AuditErrorId.NotificationTargetMissing
            or AuditErrorId.MailAddressInvalid or AuditErrorId.SmtpServerInvalid or AuditErrorId.CredentialNotProtected
            or AuditErrorId.WebhookUriInvalid or AuditErrorId.MonitorPrefixInvalid
            or AuditErrorId.TargetIsStore or AuditErrorId.LogPathInvalid => ErrorCategory.InvalidArgument,
        AuditErrorId.MailNotSent or AuditErrorId.WebhookNotSent => ErrorCategory.ConnectionError,
        AuditErrorId.StorageFull => ErrorCategory.WriteError,
        AuditErrorId.MemoryLimitExceeded or AuditErrorId.EngineUnavailable or AuditErrorId.IsolationUnavailable or AuditErrorId.StoreReplaced => ErrorCategory.ResourceUnavailable,
        AuditErrorId.RunNotUndoable or AuditErrorId.UndoConflict => ErrorCategory.InvalidOperation,
        AuditErrorId.Stopped => ErrorCategory.OperationStopped,
        _ => ErrorCategory.NotSpecified,
    };
}
