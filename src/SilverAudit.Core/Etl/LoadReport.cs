using System.Text.RegularExpressions;
using SilverAudit.Schema;

namespace SilverAudit.Etl;

/// <summary>What the log says about the run of one source, in the words that operators know.</summary>
internal sealed partial class LoadReport(AuditLog log)
{
    public void Started() => log.Info("Starting Silver Audit ETL pipeline");

    public void Completed(EtlResult result)
    {
        log.Info($"Successfully inserted {result.InsertedRows} new rows into {result.DestinationTable}");
        if (result.UpdatedRows > 0)
            log.Info($"Successfully updated {result.UpdatedRows} reprocessed rows in {result.DestinationTable}");
        log.Info($"Duplicate rows skipped: {result.SkippedRows}");
        log.Info($"Total rows in destination table: {result.DestinationRows}");
        log.Info("ETL Results Summary:");
        log.Info($"  - Source rows extracted: {result.SourceRows}");
        log.Info($"  - NEW rows inserted: {result.InsertedRows}");
        if (result.UpdatedRows > 0)
            log.Info($"  - Reprocessed rows updated: {result.UpdatedRows}");
        log.Info($"  - Duplicate rows skipped: {result.SkippedRows}");
        if (result.RejectedRows > 0)
            log.Info($"  - Invalid rows rejected: {result.RejectedRows}");
        log.Info($"  - Total rows in destination: {result.DestinationRows}");
        log.Info($"  - Destination table columns: {result.DestinationColumns}");
        log.Info($"  - Status: {result.Message}");
        log.Info(result.Status is EtlStatus.Planned
            ? "Plan only: nothing was written"
            : "Silver Audit ETL pipeline completed successfully");
        if (result.ChangedRows > 0)
            log.Warning(DescribeChanged(result));
    }

    public void Failed(AuditException failure) =>
        log.Error($"Silver Audit ETL pipeline failed: {failure.ErrorId}: {failure.Message}");

    private static string DescribeChanged(EtlResult result)
    {
        var where = $"-LiteralPath {Quote(result.Source)} -Destination {Quote(result.Destination)}";
        if (result.SourceTable != AuditSchema.DefaultSourceTable)
            where += $" -SourceTable {Quote(result.SourceTable)}";
        if (result.DestinationTable != AuditSchema.DefaultDestinationTable)
            where += $" -DestinationTable {Quote(result.DestinationTable)}";
        return $"Loads of '{result.Source}' that differ from the store and were left as they are there: {result.ChangedRows}. "
            + $"To see them: Compare-SilverAuditSource {where}. "
            + $"To update them: Invoke-SilverAuditEtl {where} -Reprocess -Reason '<why>'.";
    }

    /// <summary>A literal for the shell, which takes typographic apostrophes for plain ones.</summary>
    private static string Quote(string text) => '\'' + Apostrophe().Replace(text, "$0$0") + '\'';

    [GeneratedRegex("['\u2018\u2019\u201a\u201b]")]
    private static partial Regex Apostrophe();
}
