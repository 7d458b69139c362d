using System.Diagnostics;

namespace SilverAudit.Etl;

/// <summary>One source on its way into the store: who it is, when it started, and how its result is put together.</summary>
internal sealed class EtlRun
{
    private readonly long _startedTicks = Stopwatch.GetTimestamp();

    public Guid Id { get; } = Guid.NewGuid();
    public required string Source { get; init; }
    public required string Destination { get; init; }
    public required string DestinationTable { get; init; }
    public required EtlOptions Options { get; init; }

    public DateTime StartedAt { get; } = DateTime.UtcNow;

    public EtlResult Complete(EtlCounts counts, IReadOnlyList<string> newColumns, IReadOnlyList<string> missingColumns)
    {
        var (status, message) = Describe(counts);
        return NewResult(Options.PlanOnly ? EtlStatus.Planned : status, message) with
        {
            SourceRows = counts.Source,
            InsertedRows = counts.Inserted,
            UpdatedRows = counts.Updated,
            SkippedRows = counts.Skipped,
            ChangedRows = counts.Changed,
            RejectedRows = counts.Rejected,
            DestinationRows = counts.DestinationRows,
            DestinationColumns = counts.DestinationColumns,
            NewColumns = newColumns,
            MissingColumns = missingColumns,
        };
    }

    public EtlResult Fail(AuditException failure) => NewResult(EtlStatus.Failed, "Failed: " + failure.ErrorId) with
    {
        ErrorId = failure.ErrorId.ToString(),
        Error = failure.Message,
    };

    public AuditException NewStopped() => new(AuditErrorId.Stopped, Source,
        $"The run of '{Source}' was stopped; nothing of it was written. Run it again to load it.");

    private EtlResult NewResult(EtlStatus status, string message) => new()
    {
        RunId = Id,
        Source = Source,
        SourceTable = Options.SourceTable,
        Destination = Destination,
        DestinationTable = DestinationTable,
        Status = status,
        Message = message,
        StartedAt = StartedAt,
        Duration = Stopwatch.GetElapsedTime(_startedTicks),
    };

    private static (EtlStatus Status, string Message) Describe(EtlCounts counts) => counts switch
    {
        { Source: 0 } => (EtlStatus.Empty, "Source table is empty"),
        { Inserted: 0, Updated: 0, Matched: 0 } => (EtlStatus.PartialUpdate, "No rows loaded - all source rows were rejected"),
        { Inserted: 0, Updated: 0, Rejected: 0 } => (EtlStatus.AlreadyPresent, "All data was already present (idempotent run)"),
        { Matched: 0, Rejected: 0 } => (EtlStatus.AllNew, "All source data was new"),
        { Matched: 0 } => (EtlStatus.PartialUpdate, "Partial update - some source rows were rejected"),
        { Inserted: 0, Updated: > 0 } => (EtlStatus.PartialUpdate, "Partial update - changed loads were reprocessed"),
        _ => (EtlStatus.PartialUpdate, "Partial update - some data was already present"),
    };
}
