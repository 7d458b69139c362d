using DuckDB.NET.Data;
using SilverAudit.Etl;

namespace SilverAudit.Stores.DuckDb;

/// <summary>The store as a DuckDB file.</summary>
internal sealed partial class DuckDbStore : IAuditStore
{
    private readonly StoreOptions _options;
    private readonly AuditLog _log;
    private string _path;

    /// <summary>Failed runs that the store does not know of yet.</summary>
    private readonly List<(EtlResult Result, EtlOptions Options)> _unrecorded = [];

    /// <summary>The stop of the last load or undo.</summary>
    private CancellationToken _stop;

    private StoreLease? _lease;
    private PlanOverlay? _plan;
    private bool _loads;
    private bool _disposed;

    public DuckDbStore(StoreOptions options, AuditLog log)
    {
        _options = options;
        _log = log;
        _path = FileLocation.Resolve(options.Destination);
    }

    public string Location => _options.Destination;

    public bool IsAt(string path) => FileLocation.IsSame(path, _path);

    public bool Exists => File.Exists(_path);

    private StoreLease Lease
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _lease ??= new StoreLease(_options, _path, _log);
        }
    }

    public EtlOutcome Load(string sourcePath, EtlOptions options, CancellationToken cancellationToken)
    {
        var run = new EtlRun { Source = sourcePath, Destination = Location, DestinationTable = _options.DestinationTable, Options = options };
        var report = new LoadReport(_log);
        report.Started();
        _loads = true;
        _stop = cancellationToken;
        try
        {
            var result = options.PlanOnly ? Plan(run, cancellationToken) : LoadSource(run, cancellationToken);
            report.Completed(result);
            return new EtlOutcome(result, null);
        }
        catch (OperationCanceledException)
        {
            var stopped = run.NewStopped();
            report.Failed(stopped);
            RecordFailure(run.Fail(stopped), options);
            throw;
        }
        catch (Exception cause)
        {
            var failure = EngineFailures.ForLoad(cause, sourcePath, _path);
            if (options.PassOverStores && failure.ErrorId is AuditErrorId.SourceIsStore)
                return new EtlOutcome(run.Fail(failure), failure);
            report.Failed(failure);
            CloseLeaseAfter(failure);
            if (failure.ErrorId is AuditErrorId.StorageFull)
                OrphanedBlocks.Release(_options, _path, _log);
            var result = run.Fail(failure);
            RecordFailure(result, options);
            return new EtlOutcome(result, failure);
        }
    }

    public IEnumerable<AuditLoad> ReadLoads(LoadFilter filter, CancellationToken cancellationToken)
    {
        var operation = Guard(() =>
        {
            using var turn = Lease.BeginReading(cancellationToken);
            var schema = NewSchema();
            var permanent = schema.Find(cancellationToken) ?? throw NoPermanentTable();
            var reading = new ReadOperation(Lease.Session, permanent);
            reading.Collect(filter, cancellationToken);
            return reading;
        });
        return GuardEach(operation.Stream(cancellationToken));
    }

    public IEnumerable<LoadComparison> Compare(string sourcePath, ComparisonOptions options, CancellationToken cancellationToken)
    {
        var compared = WithComparison(
            sourcePath, options,
            operation =>
            {
                operation.Collect(options, cancellationToken);
                return operation;
            },
            cancellationToken);
        return GuardEach(compared.Stream(cancellationToken));
    }

    public SourceComparison Summarize(string sourcePath, ComparisonOptions options, CancellationToken cancellationToken) =>
        WithComparison(
            sourcePath, options,
            operation => operation.Summarize(options.SourceTable, Location, _options.DestinationTable, cancellationToken),
            cancellationToken);

    public void Dispose()
    {
        if (_disposed)
            return;
        _plan?.Drop();
        if (_lease is not null)
            _lease.IsHurried = _stop.IsCancellationRequested;
        _lease?.Dispose();
        _lease = null;
        _disposed = true;
        if (_loads)
            _log.Info("Database connections closed");
    }

    /// <summary>
    /// How far the engine has come, in figures of which one at least changes as long as it comes further. The engine's own progress
    /// stands still while it builds an index or writes its log, but then memory or files grow. For any thread.
    /// </summary>
    public (double? Progress, long Megabytes, long Store, long Log) Advance
    {
        get
        {
            var (store, log) = Sizes();
            return (_lease?.Session.Advance, Environment.WorkingSet >> 20, store, log);
        }
    }

    /// <summary>Closes the file; the next work on it opens it again.</summary>
    public void Release()
    {
        _plan = null;
        _lease?.Dispose();
        _lease = null;
    }

    private EtlResult LoadSource(EtlRun run, CancellationToken cancellationToken) =>
        WithSource(run.Source, run.Options.SourceTable, source => LoadInTransaction(source, run, cancellationToken), cancellationToken);

    private EtlResult LoadInTransaction(SourceAttachment source, EtlRun run, CancellationToken cancellationToken)
    {
        _log.Info($"Successfully connected to source database: {run.Source}");
        var session = Lease.Session;
        using var turn = Lease.BeginWriting(cancellationToken);
        _log.Info($"Successfully connected to destination database: {Location}");

        using var transaction = new StoreTransaction(session, _log);
        var schema = NewSchema();
        var known = Lease.Known;
        var permanent = known.Tables.GetValueOrDefault(_options.DestinationTable) ?? schema.Ensure(cancellationToken);
        _log.Info($"Destination table '{_options.DestinationTable}' created/verified");
        (var result, permanent) = new LoadOperation(session, schema, known, source, run, _log).Execute(permanent, 0, cancellationToken);
        AddUnrecorded(new RunHistory(session, schema), cancellationToken);
        source.RefuseWriter();
        Lease.Complete(transaction);
        known.Tables[_options.DestinationTable] = permanent;
        _unrecorded.Clear();
        var created = Lease.HasCreated;
        Lease.HasCreated = false;
        return result with { DestinationCreated = created };
    }

    private EtlResult Plan(EtlRun run, CancellationToken cancellationToken) =>
        WithSource(run.Source, run.Options.SourceTable, source => Plan(source, run, cancellationToken), cancellationToken);

    private EtlResult Plan(SourceAttachment source, EtlRun run, CancellationToken cancellationToken)
    {
        var session = Lease.Session;
        _plan ??= new PlanOverlay(Lease, Location, _options.DestinationTable);
        var exists = StoreExists();
        foreach (var needed in new[] { Path.GetDirectoryName(_path)!, exists ? _path : null }.OfType<string>())
        {
            // A plan must not promise what the load is refused.
            if (!FilePermissions.IsWritable(needed))
                throw EngineFailures.StoreNotWritable(_path, $"'{needed}' can't be written by this account.");
        }

        if (exists)
        {
            using var turn = Lease.BeginReading(cancellationToken);
            _plan.Seed(source, storeExists: true, cancellationToken);
        }
        else
        {
            _plan.Seed(source, storeExists: false, cancellationToken);
        }

        using var transaction = new StoreTransaction(session, _log);
        var permanent = _plan.Schema.Ensure(cancellationToken);
        var (result, _) = new LoadOperation(session, _plan.Schema, new KnownStore(), source, run, _log)
            .Execute(permanent, _plan.RowsElsewhere, cancellationToken);
        transaction.Complete();
        return result;
    }

    private T WithComparison<T>(
        string sourcePath, ComparisonOptions options, Func<CompareOperation, T> work, CancellationToken cancellationToken) =>
        Guard(() => WithSource(sourcePath, options.SourceTable, source => Compare(source, options, work, cancellationToken), cancellationToken));

    private T Compare<T>(
        SourceAttachment source, ComparisonOptions options, Func<CompareOperation, T> work, CancellationToken cancellationToken)
    {
        var session = Lease.Session;
        if (StoreExists())
        {
            using var turn = Lease.BeginReading(cancellationToken);
            var schema = NewSchema();
            if (schema.Find(cancellationToken) is { } permanent)
                return work(new CompareOperation(session, source, permanent, schema.FindRescued(cancellationToken), options.Columns));
        }

        // No store yet, or nothing in it: an empty one in memory stands in, and everything is in the source only.
        _plan ??= new PlanOverlay(Lease, Location, _options.DestinationTable);
        _plan.Seed(source, storeExists: false, cancellationToken);
        var empty = _plan.Schema.Ensure(cancellationToken);
        return work(new CompareOperation(session, source, empty, _plan.Schema.FindRescued(cancellationToken), options.Columns));
    }

    /// <summary>Works on a source and the store together. A failure that may be due to either is blamed on the one that is broken.</summary>
    private T WithSource<T>(string path, string table, Func<SourceAttachment, T> work, CancellationToken cancellationToken)
    {
        var session = Lease.Session;
        session.Activity = path;
        using var source = SourceAttachment.Open(Lease, _log, path, table, _path, _options.LockTimeout, cancellationToken);
        session.ShowsProgress = source.IsLarge;
        try
        {
            return work(source);
        }
        catch (DuckDBException cause) when (source.IsCopied && cause.Message.Contains(source.AttachedPath, StringComparison.Ordinal))
        {
            throw EngineFailures.ForSource(cause, path);
        }
        catch (Exception cause) when (EngineFailures.LeavesOpenWhichFile(cause))
        {
            if (SourceExamination.FindsDamage(source, _options, _log, cancellationToken))
                throw EngineFailures.SourceDamaged(cause, path);
            throw;
        }
        finally
        {
            session.ShowsProgress = true;
        }
    }

    /// <summary>Writes a failed run to the history, now if the store can be had without waiting, else with the next one that succeeds.</summary>
    public void RecordFailure(EtlResult result, EtlOptions options)
    {
        if (options.PlanOnly)
            return;
        _unrecorded.Add((result, options));
        if (!CanTakeHistory(result) || !File.Exists(_path))
            return;
        try
        {
            var reached = Lease.Writes;
            using var turn = Lease.BeginWriting(CancellationToken.None, wait: false);
            using var transaction = new StoreTransaction(Lease.Session, _log);
            var schema = NewSchema();
            // A source that never got as far as the store must not turn just any database into one.
            if (!reached && schema.Find(CancellationToken.None) is null)
                return;
            schema.Ensure(CancellationToken.None);
            AddUnrecorded(new RunHistory(Lease.Session, schema), CancellationToken.None);
            Lease.Complete(transaction);
            _unrecorded.Clear();
        }
        catch (Exception cause)
        {
            // The failure itself has been reported; that the history could not take it is worth a line, not another failure.
            _log.Detail($"The failed run could not be written to the history yet: {EngineFailures.ForStore(cause, _path).Message}");
        }
    }

    // Where the destination is the source, or no store at all, nothing may be written to it.
    private static bool CanTakeHistory(EtlResult failed) =>
        failed.ErrorId is nameof(AuditErrorId.StoreCheckFailed)
        || (failed.ErrorId is not (nameof(AuditErrorId.SourceIsDestination) or nameof(AuditErrorId.StorageFull))
            && failed.ErrorId?.StartsWith("Store", StringComparison.Ordinal) != true);

    private void AddUnrecorded(RunHistory history, CancellationToken cancellationToken)
    {
        foreach (var (result, options) in _unrecorded)
        {
            history.Add(result, options, processingTimestamp: null, cancellationToken);
        }
    }

    private T Guard<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception cause) when (cause is not OperationCanceledException)
        {
            if (EngineFailures.IsInterrupt(cause))
                throw new OperationCanceledException(cause.Message, cause);
            var failure = EngineFailures.ForStore(cause, _path);
            CloseLeaseAfter(failure);
            if (failure == cause)
                throw;
            throw failure;
        }
    }

    private IEnumerable<T> GuardEach<T>(IEnumerable<T> items)
    {
        using var enumerator = items.GetEnumerator();
        while (Guard(enumerator.MoveNext))
        {
            yield return enumerator.Current;
        }
    }

    /// <summary>
    /// Lets go of the store where a failure asks for it; the next source opens it anew. An engine that has given up on the store is
    /// shared with nobody any more.
    /// </summary>
    private void CloseLeaseAfter(AuditException failure)
    {
        if (!failure.InvalidatesEngine && !failure.WantsNewOpening)
            return;
        _plan = null;
        if (failure.InvalidatesEngine)
            _lease?.Abandon();
        try
        {
            _lease?.Dispose();
        }
        finally
        {
            _lease = null;
            // A link may have been replaced, and lead elsewhere now.
            _path = FileLocation.Resolve(_options.Destination);
        }
    }

    private StoreSchema NewSchema() => new(Lease.Session, Location, _options.DestinationTable);

    /// <summary>False when there is no store yet; a place where there can't be one is an error.</summary>
    private bool StoreExists()
    {
        EngineFailures.RefuseWhatIsNoStore(_path);
        if (!Directory.Exists(Path.GetDirectoryName(_path)))
            throw EngineFailures.StoreNotFound(_path);
        return File.Exists(_path);
    }

    private AuditException NoPermanentTable() => new(AuditErrorId.StoreSchemaMismatch, Location,
        $"'{Location}' has no table '{_options.DestinationTable}'. Check -Destination and -DestinationTable, or load a source first with Invoke-SilverAuditEtl.");
}
