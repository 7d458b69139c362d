using SilverAudit.Etl;
using SilverAudit.Stores.DuckDb;

namespace SilverAudit.Stores.Isolation;

/// <summary>
/// A store whose engine runs in a process of its own. A file that makes the engine crash costs what was being done with it, and
/// not the session; what comes next has a new process.
/// </summary>
internal sealed class IsolatedStore(StoreOptions options, EngineCommand command, AuditLog log, TimeSpan? leastPatience = null) : IAuditStore
{
    private const long BytesPerSecond = 10_000_000;

    /// <summary>How long the engine may be silent, and one second more for so many bytes.</summary>
    private static readonly TimeSpan s_leastPatience = TimeSpan.FromSeconds(30);

    private readonly TimeSpan _leastPatience = leastPatience ?? s_leastPatience;
    private EngineProcess? _engine;

    /// <summary>How many requests are being worked on, or put together.</summary>
    private int _asked;
    private TimeSpan _patience;

    public string Location => options.Destination;

    public bool IsAt(string path) => FileLocation.IsSame(path, Location);

    public bool Exists => File.Exists(Location);

    public EtlOutcome Load(string sourcePath, EtlOptions etlOptions, CancellationToken cancellationToken)
    {
        var run = new EtlRun { Source = sourcePath, Destination = Location, DestinationTable = options.DestinationTable, Options = etlOptions };
        var report = new LoadReport(log);
        try
        {
            var outcome = Ask<EtlOutcome>(new EngineRequest.Load(sourcePath, etlOptions), cancellationToken).Single();
            if (outcome.Failure is { } failure && !(etlOptions.PassOverStores && failure.ErrorId is AuditErrorId.SourceIsStore))
                report.Failed(failure);
            return outcome;
        }
        catch (OperationCanceledException)
        {
            report.Failed(run.NewStopped());
            throw;
        }
        catch (EngineEndedException crash)
        {
            var failure = Blame(crash, sourcePath, etlOptions.SourceTable, cancellationToken);
            report.Failed(failure);
            var result = run.Fail(failure);
            if (!etlOptions.PlanOnly)
                RecordFailure(result, etlOptions);
            return new EtlOutcome(result, failure);
        }
        catch (AuditException unavailable)
        {
            report.Failed(unavailable);
            return new EtlOutcome(run.Fail(unavailable), unavailable);
        }
    }

    public void RecordFailure(EtlResult failed, EtlOptions etlOptions)
    {
        try
        {
            Do(new EngineRequest.RecordFailure(failed, etlOptions));
        }
        catch (Exception cause) when (cause is EngineEndedException or AuditException)
        {
            // The failure itself has been reported; that the history could not take it is worth a line, not another failure.
            log.Detail($"The failed run could not be written to the history: {cause.Message}");
        }
    }

    public IEnumerable<AuditLoad> ReadLoads(LoadFilter filter, CancellationToken cancellationToken) =>
        AskStore<AuditLoad>(new EngineRequest.ReadLoads(filter), cancellationToken);

    public IEnumerable<LoadComparison> Compare(string sourcePath, ComparisonOptions comparison, CancellationToken cancellationToken) =>
        AskBoth<LoadComparison>(new EngineRequest.Compare(sourcePath, comparison), sourcePath, comparison.SourceTable, cancellationToken);

    public SourceComparison Summarize(string sourcePath, ComparisonOptions comparison, CancellationToken cancellationToken) =>
        AskBoth<SourceComparison>(new EngineRequest.Summarize(sourcePath, comparison), sourcePath, comparison.SourceTable, cancellationToken).Single();

    public EtlOutcome Archive(EtlResult loaded, string folder, CancellationToken cancellationToken)
    {
        try
        {
            var outcome = AskBoth<EtlOutcome>(new EngineRequest.Archive(loaded, folder), loaded.Source, loaded.SourceTable, cancellationToken).Single();
            if (outcome.Failure is { } failure)
                ArchiveReport.Failed(log, failure);
            return outcome;
        }
        catch (AuditException failure)
        {
            ArchiveReport.Failed(log, failure);
            return new EtlOutcome(loaded, failure);
        }
    }

    public IReadOnlyList<StagingTable> FindStagingTables(CancellationToken cancellationToken) =>
        [.. AskStore<StagingTable>(new EngineRequest.FindStagingTables(), cancellationToken)];

    public StagingTable RemoveStagingTable(StagingTable table, bool force, CancellationToken cancellationToken) =>
        AskStore<StagingTable>(new EngineRequest.RemoveStagingTable(table, force), cancellationToken).Single();

    public IEnumerable<AuditRun> ReadRuns(RunFilter filter, CancellationToken cancellationToken) =>
        AskStore<AuditRun>(new EngineRequest.ReadRuns(filter), cancellationToken);

    public RunSummary SummarizeRuns(RunFilter filter, CancellationToken cancellationToken) =>
        AskStore<RunSummary>(new EngineRequest.SummarizeRuns(filter), cancellationToken).Single();

    public IReadOnlyList<CheckResult> Check(CancellationToken cancellationToken) =>
        [.. AskStore<CheckResult>(new EngineRequest.Check(), cancellationToken)];

    public UndoResult Undo(UndoOptions undo, CancellationToken cancellationToken) =>
        AskStore<UndoResult>(new EngineRequest.Undo(undo), cancellationToken).Single();

    public StoreHealth ReadHealth(CancellationToken cancellationToken)
    {
        try
        {
            return AskStore<StoreHealth>(new EngineRequest.ReadHealth(), cancellationToken).Single();
        }
        catch (AuditException failure)
        {
            return StoreFiles.Measure(options, FileLocation.Resolve(Location)).NewUnreadable(failure);
        }
    }

    public StoreBackup Backup(BackupOptions backup, CancellationToken cancellationToken) =>
        AskStore<StoreBackup>(new EngineRequest.Backup(backup), cancellationToken).Single();

    public StoreOptimization Optimize(bool compact, CancellationToken cancellationToken) =>
        AskStore<StoreOptimization>(new EngineRequest.Optimize(compact), cancellationToken).Single();

    public LoadExport Export(ExportOptions export, CancellationToken cancellationToken) =>
        AskStore<LoadExport>(new EngineRequest.Export(export), cancellationToken).Single();

    public void Dispose()
    {
        if (_engine is null)
            return;
        try
        {
            Do(new EngineRequest.Close());
        }
        catch (EngineEndedException crash)
        {
            // What was committed is safe in the write-ahead log; the next opening takes it over.
            log.Warning($"The store '{Location}' could not be closed cleanly: the engine {(crash.Silence is null ? "crashed" : "was stuck")} ({crash.Message}).");
        }

        GiveUp();
    }

    private IEnumerable<T> AskStore<T>(EngineRequest request, CancellationToken cancellationToken) =>
        Explain(Ask<T>(request, cancellationToken), NewStoreFailure);

    private IEnumerable<T> AskBoth<T>(EngineRequest request, string sourcePath, string sourceTable, CancellationToken cancellationToken) =>
        Explain(Ask<T>(request, cancellationToken), crash => Blame(crash, sourcePath, sourceTable, cancellationToken));

    private void Do(EngineRequest request) => _ = Ask<object>(request, CancellationToken.None).Count();

    /// <summary>Sends a request and returns what comes back, one by one.</summary>
    /// <exception cref="EngineEndedException">The engine crashed.</exception>
    private IEnumerable<T> Ask<T>(EngineRequest request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (request is not (EngineRequest.Release or EngineRequest.Close))
            IsolatedEngines.ReleaseOthers(this);
        var engine = _engine ?? Start(cancellationToken);
        Interlocked.Increment(ref _asked);
        var registration = cancellationToken.Register(engine.Stop);
        EngineReply? reply = null;
        _patience = PatienceFor(request);
        try
        {
            engine.Send(request);
            while ((reply = Receive(engine, cancellationToken)) is EngineReply.Item item)
            {
                yield return EngineChannel.FromElement<T>(item.Value);
            }

            if (reply is EngineReply.Failed failed)
                throw failed.Failure;
            if (reply is EngineReply.Stopped)
                throw new OperationCanceledException(cancellationToken);
        }
        finally
        {
            registration.Dispose();
            if (_engine == engine)
                Settle(engine, isAnswered: reply is not (null or EngineReply.Item));
            Interlocked.Decrement(ref _asked);
        }
    }

    private EngineProcess Start(CancellationToken cancellationToken)
    {
        _engine = EngineProcess.Start(command, NewOpenRequest(), cancellationToken);
        IsolatedEngines.Add(this);
        return _engine;
    }

    /// <summary>Has the engine let go of the store's file, if it is not at work.</summary>
    public void TryRelease()
    {
        if (Interlocked.CompareExchange(ref _asked, 1, 0) != 0)
            return;
        try
        {
            if (_engine is not null)
                Do(new EngineRequest.Release());
        }
        catch (Exception failure) when (failure is EngineEndedException or AuditException)
        {
            log.Detail($"The engine could not let go of the store: {failure.Message}");
        }
        finally
        {
            Interlocked.Decrement(ref _asked);
        }
    }

    /// <summary>Leaves the engine ready for the next request, also when whoever asked did not want all of the answer.</summary>
    private void Settle(EngineProcess engine, bool isAnswered)
    {
        try
        {
            if (!isAnswered)
                engine.Stop();
            while (!isAnswered)
                isAnswered = Receive(engine, CancellationToken.None) is not EngineReply.Item;
            engine.HasStopped();
        }
        catch (EngineEndedException crash)
        {
            log.Detail($"The engine crashed ({crash.Message}) while it was being stopped.");
        }
    }

    /// <summary>The next reply that belongs to the answer. Messages and progress are passed on.</summary>
    private EngineReply Receive(EngineProcess engine, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                var reply = engine.Receive(_patience);
                switch (reply)
                {
                    case EngineReply.Message message:
                        log.Write(message.Level, message.Text);
                        break;
                    case EngineReply.Heartbeat:
                        break;
                    case EngineReply.Progress progress:
                        log.ShowProgress(progress.Activity, progress.Status, progress.Percent);
                        break;
                    default:
                        return reply;
                }
            }
        }
        catch (EngineEndedException)
        {
            GiveUp();
            cancellationToken.ThrowIfCancellationRequested();
            throw;
        }
    }

    private TimeSpan PatienceFor(EngineRequest request)
    {
        var source = request switch
        {
            EngineRequest.Load load => load.SourcePath,
            EngineRequest.Compare compare => compare.SourcePath,
            EngineRequest.Summarize summarize => summarize.SourcePath,
            EngineRequest.Archive archive => archive.Loaded.Source,
            _ => null,
        };
        var bytes = new[] { Location, FileLocation.LogOf(Location), source, source is null ? null : FileLocation.LogOf(source) }
            .OfType<string>().Select(path => new FileInfo(path)).Where(file => file.Exists).Sum(file => file.Length);
        return _leastPatience + TimeSpan.FromSeconds(bytes / BytesPerSecond);
    }

    private EngineRequest.Open NewOpenRequest() => new(options with { Isolation = null }, [.. Enum.GetValues<HostMessageLevel>().Where(log.IsListening)]);

    private void GiveUp()
    {
        IsolatedEngines.Remove(this);
        _engine?.Dispose();
        _engine = null;
    }

    private static IEnumerable<T> Explain<T>(IEnumerable<T> items, Func<EngineEndedException, AuditException> explanation)
    {
        using var enumerator = items.GetEnumerator();
        while (MoveNext())
        {
            yield return enumerator.Current;
        }

        bool MoveNext()
        {
            try
            {
                return enumerator.MoveNext();
            }
            catch (EngineEndedException crash)
            {
                throw explanation(crash);
            }
        }
    }

    /// <summary>Finds out which of the two files made the engine crash: the source is read once more, by itself.</summary>
    private AuditException Blame(EngineEndedException crash, string sourcePath, string sourceTable, CancellationToken cancellationToken)
    {
        var nowhere = Path.Combine(Path.GetTempPath(), $"silver-audit-{Guid.NewGuid():N}.db");
        using var alone = new IsolatedStore(options with { Destination = nowhere }, command, log, leastPatience);
        try
        {
            _ = alone.Ask<LoadComparison>(
                new EngineRequest.Compare(sourcePath, new ComparisonOptions { SourceTable = sourceTable }), cancellationToken).Count();
            return NewStoreFailure(crash);
        }
        catch (EngineEndedException)
        {
            return new AuditException(AuditErrorId.SourceCorrupt, sourcePath,
                $"'{sourcePath}' makes the engine crash ({crash.Message}): it is damaged, or made to do harm. Nothing of it was loaded. "
                + "Let the pipeline write the file again, or restore it from a copy.", crash);
        }
        catch (AuditException failure)
        {
            return failure;
        }
    }

    /// <summary>An engine that was only silent may have been at work, so that says nothing of the store.</summary>
    private AuditException NewStoreFailure(EngineEndedException crash) => crash.Silence is null
        ? new(AuditErrorId.StoreCorrupt, Location,
            $"The store '{Location}' makes the engine crash ({crash.Message}): it is damaged. Keep the file and its .wal as they are, and restore the store from a backup.",
            crash)
        : new(AuditErrorId.EngineFailure, Location,
            $"The engine was working on '{Location}' in a process of its own: {crash.Message}. What was not finished was rolled back. Run it again without -Isolated.",
            crash);
}
