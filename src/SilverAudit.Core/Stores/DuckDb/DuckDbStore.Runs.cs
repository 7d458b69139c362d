namespace SilverAudit.Stores.DuckDb;

/// <summary>The history of a store, and its checks.</summary>
internal sealed partial class DuckDbStore
{
    public IEnumerable<AuditRun> ReadRuns(RunFilter filter, CancellationToken cancellationToken) =>
        GuardEach(CollectRuns(filter, cancellationToken).Stream(cancellationToken)).Select(run => run with { Destination = Location });

    public RunSummary SummarizeRuns(RunFilter filter, CancellationToken cancellationToken)
    {
        var runs = CollectRuns(filter, cancellationToken);
        return Guard(() => runs.Summarize(cancellationToken)) with { Destination = Location, DestinationTable = _options.DestinationTable };
    }

    public IReadOnlyList<CheckResult> Check(CancellationToken cancellationToken) => Guard<IReadOnlyList<CheckResult>>(() =>
    {
        using var turn = Lease.BeginReading(cancellationToken);
        var results = new CheckOperation(Lease.Session, NewSchema(), Location, _options.DestinationTable).Execute(cancellationToken);
        return [.. results.Select(result => result with { Destination = Location, DestinationTable = _options.DestinationTable })];
    });

    private RunOperation CollectRuns(RunFilter filter, CancellationToken cancellationToken) => Guard(() =>
    {
        using var turn = Lease.BeginReading(cancellationToken);
        var operation = new RunOperation(Lease.Session, NewSchema());
        operation.Collect(filter, cancellationToken);
        return operation;
    });
}
