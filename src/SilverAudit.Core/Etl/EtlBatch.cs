using SilverAudit.Etl;

namespace SilverAudit;

/// <summary>Adds up the results of one pipeline. Results are not kept, so a batch may be of any size.</summary>
/// <param name="log">Where the sums are reported.</param>
public sealed class EtlBatch(AuditLog log)
{
    private readonly List<EtlFailure> _failures = [];
    private readonly List<EtlFailure> _notArchived = [];
    private readonly DateTime _startedAt = DateTime.UtcNow;
    private IReadOnlyList<string> _failedChecks = [];
    private DateTime? _firstStart;
    private DateTime _lastEnd;
    private int _total;
    private int _archived;
    private long _source;
    private long _inserted;
    private long _updated;
    private long _skipped;
    private long _changed;
    private long _rejected;

    /// <summary>True while no source has been worked on.</summary>
    public bool IsEmpty => _total == 0;

    /// <summary>Counts a source in.</summary>
    /// <param name="outcome">Its result, and why it failed or, when it was loaded, was not archived.</param>
    public void Add(EtlOutcome outcome)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        var (result, failure) = outcome;
        _total++;
        _firstStart ??= result.StartedAt;
        _lastEnd = result.StartedAt + result.Duration;
        _source += result.SourceRows;
        _inserted += result.InsertedRows;
        _updated += result.UpdatedRows;
        _skipped += result.SkippedRows;
        _changed += result.ChangedRows;
        _rejected += result.RejectedRows;
        if (result.ArchivedTo is not null)
            _archived++;
        if (failure is not null)
            (result.Success ? _notArchived : _failures).Add(new EtlFailure(result.Source, failure.ErrorId.ToString(), failure.Message));
    }

    /// <summary>Counts in a path or pattern that means no file, as a source that failed. No history takes it up: nothing was begun.</summary>
    /// <param name="path">The path, maybe with wildcards.</param>
    /// <param name="failure">Why it means none.</param>
    /// <param name="destination">Full path of the store.</param>
    /// <param name="destinationTable">The permanent table.</param>
    /// <param name="options">How its files would have been loaded.</param>
    public EtlOutcome AddUnfound(string path, AuditException failure, string destination, string destinationTable, EtlOptions options)
    {
        var run = new EtlRun { Source = path, Destination = destination, DestinationTable = destinationTable, Options = options };
        var report = new LoadReport(log);
        report.Started();
        report.Failed(failure);
        var outcome = new EtlOutcome(run.Fail(failure), failure);
        Add(outcome);
        return outcome;
    }

    /// <summary>
    /// Checks the store after the last source, reports what was found, and keeps it for the summary. What fails is a failed run in the
    /// history, too, whose source is the store.
    /// </summary>
    /// <param name="store">The store.</param>
    /// <param name="destinationTable">The permanent table.</param>
    /// <param name="options">How the sources were loaded.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="AuditException"><see cref="AuditErrorId.StoreCheckFailed"/>, or what keeps the store from being read.</exception>
    public void Validate(IAuditStore store, string destinationTable, EtlOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        var run = new EtlRun { Source = store.Location, Destination = store.Location, DestinationTable = destinationTable, Options = options };
        try
        {
            Validate(store, cancellationToken);
        }
        catch (AuditException failure)
        {
            log.Error($"Silver Audit ETL validation failed: {failure.ErrorId}: {failure.Message}");
            store.RecordFailure(run.Fail(failure), options);
            throw;
        }
    }

    private void Validate(IAuditStore store, CancellationToken cancellationToken)
    {
        var checks = Check(store, cancellationToken);
        log.Info("ETL VALIDATION RESULTS");
        foreach (var check in checks)
        {
            log.Info($"{(check.Passed ? "PASSED" : "FAILED")}: {check.Check}: {check.Message}");
        }

        var failed = checks.Where(check => !check.Passed).ToList();
        log.Info($"Overall Status: {(failed.Count == 0 ? "PASSED" : "FAILED")}");
        _failedChecks = [.. failed.Select(check => check.Check)];
        if (failed.Count > 0)
        {
            throw new AuditException(AuditErrorId.StoreCheckFailed, store.Location,
                $"What was loaded stays loaded, but {failed.Count} of {checks.Count} checks of the store '{store.Location}' failed: "
                + $"{string.Join("; ", failed.Select(check => $"{check.Check}: {check.Message}"))} See them with Test-SilverAuditStore.");
        }
    }

    // A check that could not be made must not look like one that passed.
    private IReadOnlyList<CheckResult> Check(IAuditStore store, CancellationToken cancellationToken)
    {
        try
        {
            return store.Check(cancellationToken);
        }
        catch (AuditException failure)
        {
            _failedChecks = [failure.ErrorId.ToString()];
            throw;
        }
    }

    /// <summary>The sums of all sources, which are reported as well.</summary>
    /// <param name="destination">Full path of the store.</param>
    /// <param name="destinationTable">The permanent table.</param>
    public EtlSummary Summarize(string destination, string destinationTable)
    {
        var summary = NewSummary(destination, destinationTable);
        log.Info("BATCH PROCESSING SUMMARY");
        log.Info($"Total databases: {summary.TotalSources}");
        log.Info($"Successful: {summary.SuccessfulSources}");
        log.Info($"Failed: {summary.FailedSources}");
        if (summary.FailedSources > 0)
            log.Info("Failed databases:");
        foreach (var failure in summary.Failures)
        {
            log.Info($"  - {failure.Source}: {failure.ErrorId}: {failure.Error}");
        }

        foreach (var problem in summary.Problems)
        {
            log.Info(problem);
        }

        return summary;
    }

    private EtlSummary NewSummary(string destination, string destinationTable)
    {
        var start = _firstStart ?? _startedAt;
        return new EtlSummary
        {
            TotalSources = _total,
            Failures = [.. _failures],
            FailedChecks = _failedChecks,
            NotArchived = [.. _notArchived],
            SourceRows = _source,
            InsertedRows = _inserted,
            UpdatedRows = _updated,
            SkippedRows = _skipped,
            ChangedRows = _changed,
            RejectedRows = _rejected,
            ArchivedSources = _archived,
            Destination = destination,
            DestinationTable = destinationTable,
            StartedAt = start,
            Duration = IsEmpty ? TimeSpan.Zero : _lastEnd - start,
        };
    }
}
