namespace SilverAudit.Stores.DuckDb;

/// <summary>The history of a store, and its checks.</summary>
internal sealed partial class DuckDbStore
{
    public IEnumerable<AuditRun> ReadRuns(RunFilter filter, CancellationToken cancellationToken) =>
        GuardEach(CollectRuns(filter, cancellationToken).Stream(cancellationToken));

    public RunSummary SummarizeRuns(RunFilter filter, CancellationToken cancellationToken)
    {
        var runs = CollectRuns(filter, cancellationToken);
        return Guard(() => runs.Summarize(cancellationToken));
    }

    public IReadOnlyList<CheckResult> Check(CancellationToken cancellationToken) => Guard(() =>
    {
        using var turn = Lease.BeginReading(cancellationToken);
        return new CheckOperation(Lease.Session, NewSchema(), Location, _options.DestinationTable).Execute(cancellationToken);
    });

    private RunOperation CollectRuns(RunFilter filter, CancellationToken cancellationToken) => Guard(() =>
    {
        using var turn = Lease.BeginReading(cancellationToken);
        var operation = new RunOperation(Lease.Session, NewSchema());
        operation.Collect(filter, cancellationToken);
        return operation;
    });
}
