namespace SilverAudit;

/// <summary>What the log says about archiving.</summary>
internal static class ArchiveReport
{
    public static void Completed(AuditLog log, string target) => log.Info($"Archived source database: {target}");

    public static void Failed(AuditLog log, AuditException failure) =>
        log.Error($"Source database was not archived: {failure.ErrorId}: {failure.Message}");
}
