namespace SilverAudit;

/// <summary>The stable identifiers of everything that can go wrong. Scripts match on these names; they never change.</summary>
public enum AuditErrorId
{
    /// <summary>There is no file at the source path.</summary>
    SourceNotFound,

    /// <summary>The source is a folder, or a file that is not a DuckDB database.</summary>
    SourceNotDatabase,

    /// <summary>The source has a storage version that this module can't read.</summary>
    SourceVersionUnsupported,

    /// <summary>The source is a DuckDB database that is truncated or damaged.</summary>
    SourceCorrupt,

    /// <summary>The write-ahead log beside the source is another database's.</summary>
    SourceLogForeign,

    /// <summary>The source is encrypted.</summary>
    SourceEncrypted,

    /// <summary>Another process holds the source for writing.</summary>
    SourceLocked,

    /// <summary>The file permissions, the file system or a limit of the system keep the source from being read.</summary>
    SourceNotReadable,

    /// <summary>The source has no table of the requested name.</summary>
    SourceTableMissing,

    /// <summary>The requested name is a view; only base tables are read.</summary>
    SourceNotBaseTable,

    /// <summary>The source table has no <c>load_id</c> column.</summary>
    SourceKeyMissing,

    /// <summary>Source and destination are the same file.</summary>
    SourceIsDestination,

    /// <summary>The source is a store, or a backup of one, and has no source table.</summary>
    SourceIsStore,

    /// <summary>The source holds invalid rows and the policy is to fail.</summary>
    SourceRowInvalid,

    /// <summary>The source has columns that the permanent table lacks and the policy is to fail.</summary>
    SourceSchemaChanged,

    /// <summary>The store does not hold every row of the source as it is, so the source was not archived.</summary>
    SourceNotProven,

    /// <summary>The source was archived, but can't be removed from its place.</summary>
    SourceNotRemovable,

    /// <summary>There is no store at the destination path, or its folder does not exist.</summary>
    StoreNotFound,

    /// <summary>The destination is a folder, or a file that is not a DuckDB database.</summary>
    StoreNotDatabase,

    /// <summary>The store has a storage version that this module can't read.</summary>
    StoreVersionUnsupported,

    /// <summary>The write-ahead log beside the store is another database's.</summary>
    StoreLogForeign,

    /// <summary>The store is encrypted.</summary>
    StoreEncrypted,

    /// <summary>The store was removed or replaced while a pipeline was writing it.</summary>
    StoreReplaced,

    /// <summary>The destination has the source table and nothing of a store: it is a source.</summary>
    StoreIsSource,

    /// <summary>The store is damaged.</summary>
    StoreCorrupt,

    /// <summary>Another process, or another pipeline of this process, holds the store.</summary>
    StoreLocked,

    /// <summary>The permanent table lacks documented columns, types or its primary key.</summary>
    StoreSchemaMismatch,

    /// <summary>The file permissions, the file system or a limit of the system keep the store from being opened or written.</summary>
    StoreNotWritable,

    /// <summary>The file system of the store or of the temporary files is full.</summary>
    StorageFull,

    /// <summary>There is a file already at the path that is to be written.</summary>
    TargetExists,

    /// <summary>The folder of the file that is to be written does not exist.</summary>
    TargetFolderMissing,

    /// <summary>The file permissions, the file system or what is at the path keep the file from being written.</summary>
    TargetNotWritable,

    /// <summary>The file that is to be written is the store itself, or its log.</summary>
    TargetIsStore,

    /// <summary>A copy of the store is not in every respect what the store is, or can't be made so.</summary>
    CopyNotVerified,

    /// <summary>The work needs more memory than the memory limit allows.</summary>
    MemoryLimitExceeded,

    /// <summary>A staging table holds loads that the store does not have.</summary>
    StagingTableHasUnmergedRows,

    /// <summary>A check of the store failed after the last source.</summary>
    StoreCheckFailed,

    /// <summary>The run is one that can't be taken back: it failed, did nothing, was undone already or is an undo itself.</summary>
    RunNotUndoable,

    /// <summary>Later runs have touched loads of the run that is to be taken back, or its loads are no longer there.</summary>
    UndoConflict,

    /// <summary>The run was stopped before it ended; nothing of its source was written.</summary>
    Stopped,

    /// <summary>A column named for comparison is in neither table.</summary>
    ColumnNotFound,

    /// <summary>No source was given, and none is configured.</summary>
    SourceMissing,

    /// <summary>There is no configuration file where one is needed.</summary>
    ConfigurationNotFound,

    /// <summary>The configuration can't be read, or holds a value that is not allowed.</summary>
    ConfigurationInvalid,

    /// <summary>The configuration file holds a key that has no meaning, or that looks like the name of a secret.</summary>
    ConfigurationKeyUnknown,

    /// <summary>The configuration file does not define the environment that was asked for.</summary>
    EnvironmentUnknown,

    /// <summary>The store has no loads with the identifiers that were asked for.</summary>
    LoadNotFound,

    /// <summary>The history of the store has no run with the identifier.</summary>
    RunNotFound,

    /// <summary>The path names a drive that the session does not have, or a place that holds no files.</summary>
    PathNotResolved,

    /// <summary>The log file would be the store, its log or another database.</summary>
    LogPathInvalid,

    /// <summary>Another program, or another monitor, serves at the prefix.</summary>
    MonitorPrefixInUse,

    /// <summary>The prefix is no URL at which a monitor can serve.</summary>
    MonitorPrefixInvalid,

    /// <summary>The system does not let this account serve at the prefix.</summary>
    MonitorPrefixForbidden,

    /// <summary>The engine could not be started in a process of its own.</summary>
    IsolationUnavailable,

    /// <summary>It was not said whom to notify, or not enough of it.</summary>
    NotificationTargetMissing,

    /// <summary>A text is no address for a mail.</summary>
    MailAddressInvalid,

    /// <summary>A text is no name of an SMTP server.</summary>
    SmtpServerInvalid,

    /// <summary>A password would go over a connection that is not encrypted.</summary>
    CredentialNotProtected,

    /// <summary>A text is no URI that JSON can be posted to.</summary>
    WebhookUriInvalid,

    /// <summary>A mail was not sent, or not to everybody.</summary>
    MailNotSent,

    /// <summary>Nothing was posted to a webhook, or it did not take it.</summary>
    WebhookNotSent,

    /// <summary>The library of the engine is missing, or is none for this platform.</summary>
    EngineUnavailable,

    /// <summary>The permanent table has a name that the history could not tell from others.</summary>
    DestinationTableInvalid,

    /// <summary>The engine failed in a way that has no identifier of its own.</summary>
    EngineFailure,
}
