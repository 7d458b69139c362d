using DuckDB.NET.Data;

namespace SilverAudit.Stores.DuckDb;

/// <summary>
/// One pipeline's share of the engine instance of a store: its own connection, and the turns it takes on the store. The first
/// turn that writes attaches the store for the rest of the pipeline; a turn that reads attaches it for that turn only.
/// </summary>
internal sealed partial class StoreLease : IDisposable
{
    private const string CheckpointThreshold = "64MB";

    private readonly StoreInstance _instance;
    private readonly StoreOptions _options;
    private readonly AuditLog _log;
    private readonly string _path;
    private readonly string _logPath;

    /// <summary>The file that was found to be no source.</summary>
    private FileIdentity? _seenStore;

    private bool _toldOlderLog;

    /// <summary>Set once the time to wait for the store has been used up: later sources look once and don't wait again.</summary>
    private bool _waitedInVain;

    public StoreLease(StoreOptions options, string path, AuditLog log)
    {
        _options = options;
        _path = path;
        _logPath = FileLocation.LogOf(path);
        _log = log;
        _instance = StoreInstance.Acquire(path);
        try
        {
            Session = new DuckDbSession(_instance.Connect(), log);
            Configure();
        }
        catch
        {
            Session?.Dispose();
            _instance.Dispose();
            throw;
        }
    }

    public DuckDbSession Session { get; }

    /// <summary>True once a turn that may write has been taken.</summary>
    public bool Writes { get; private set; }

    /// <summary>
    /// True to close the store without moving its write-ahead log into the file, which nothing can interrupt and may take seconds.
    /// The next load does it.
    /// </summary>
    public bool IsHurried { get; set; }

    /// <summary>What is known of the store. Valid during a turn that may write.</summary>
    public KnownStore Known => _instance.Known;

    private TimeSpan LockTimeout => _waitedInVain ? TimeSpan.Zero : _options.LockTimeout;

    /// <summary>Takes a turn that may write. The store is created when there is none.</summary>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <param name="wait">False to look once only.</param>
    public IDisposable BeginWriting(CancellationToken cancellationToken, bool wait = true)
    {
        var timeout = wait ? LockTimeout : TimeSpan.Zero;
        EnterGate(timeout, cancellationToken);
        try
        {
            RefuseReplacement();
            if (!Writes)
            {
                if (_instance.Writers == 0)
                {
                    Attach(FileUse.WrittenStore, timeout, cancellationToken);
                    _instance.RemoveAbandonedSpills(_log);
                    _instance.Known = new KnownStore();
                }

                _instance.Writers++;
                Writes = true;
            }
        }
        catch
        {
            _instance.Gate.Release();
            throw;
        }

        return new Turn(() => _instance.Gate.Release());
    }

    /// <summary>Takes a turn that only reads. The store must exist.</summary>
    public IDisposable BeginReading(CancellationToken cancellationToken)
    {
        EnterGate(LockTimeout, cancellationToken);
        try
        {
            RefuseReplacement();
            if (_instance.Writers > 0)
                return new Turn(() => _instance.Gate.Release());
            if (!File.Exists(_path) && !Directory.Exists(_path))
                throw EngineFailures.StoreNotFound(_path);
            Attach(FileUse.ReadStore, LockTimeout, cancellationToken);
        }
        catch
        {
            _instance.Gate.Release();
            throw;
        }

        return new Turn(() =>
        {
            try
            {
                Detach();
            }
            finally
            {
                _instance.Gate.Release();
            }
        });
    }

    /// <summary>
    /// Commits, and makes sure that what was committed is where it belongs: a file that was removed or replaced meanwhile takes
    /// every write without a word, and one that another library of this process has opened may lose it again.
    /// </summary>
    /// <exception cref="AuditException"><see cref="AuditErrorId.StoreReplaced"/>, <see cref="AuditErrorId.StoreLocked"/>.</exception>
    public void Complete(StoreTransaction transaction)
    {
        RefuseReplacement();
        transaction.Complete();
        RefuseReplacement();
        _instance.LogFile = FileIdentity.Find(_logPath);
    }

    /// <summary>Claims a file as a source until disposed; null while a pipeline of this process has it as its store.</summary>
    public IDisposable? TryClaimSource(string path) => OpenFiles.TryClaim(FileIdentity.Find(path), _instance, FileUse.Source);

    /// <summary>Claims a file that is to go, until disposed; null while a pipeline of this process works on it.</summary>
    public IDisposable? TryClaimForRemoval(string path)
    {
        var file = FileIdentity.Find(path);
        return StoreInstance.IsOpen(FileLocation.Resolve(path)) || (file is { } found && OwnDescriptors.HasStranger(found))
            ? null
            : OpenFiles.TryClaim(file, _instance, FileUse.WrittenStore);
    }

    /// <summary>Keeps others from sharing an engine that has given up on its store.</summary>
    public void Abandon() => _instance.Abandon();

    public void Dispose()
    {
        try
        {
            if (Writes)
                StopWriting();
        }
        finally
        {
            Session.Dispose();
            _instance.Dispose();
        }
    }

    private void StopWriting()
    {
        _instance.Gate.Wait();
        try
        {
            // Detaching checkpoints the store, which is why it waits for the last source.
            if (--_instance.Writers == 0)
                Close();
        }
        finally
        {
            _instance.Gate.Release();
        }
    }

    private void Close()
    {
        if (IsHurried)
            Session.Execute("PRAGMA disable_checkpoint_on_shutdown", CancellationToken.None);
        Detach();
        if (IsHurried)
            Session.Execute("PRAGMA enable_checkpoint_on_shutdown", CancellationToken.None);
    }

    private void Configure()
    {
        Session.Execute("SET enable_progress_bar = true", CancellationToken.None);
        Session.Execute("SET enable_progress_bar_print = false", CancellationToken.None);
        Session.Execute("SET TimeZone = 'UTC'", CancellationToken.None);
        // The engine would checkpoint within a pipeline for every 16 MB logged; closing the store does it once.
        Session.Execute($"SET checkpoint_threshold = '{CheckpointThreshold}'", CancellationToken.None);
        if (_options.MemoryLimit is { } limit)
            Session.Execute($"SET memory_limit = {Sql.Text(limit)}", CancellationToken.None);
        if (_options.Threads is { } threads)
            Session.Execute($"SET threads = {threads}", CancellationToken.None);
    }

    private void EnterGate(TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (_instance.Gate.Wait(timeout, cancellationToken))
            return;
        _waitedInVain |= timeout > TimeSpan.Zero;
        throw NewInUse();
    }

    private AuditException NewInUse() => new(AuditErrorId.StoreLocked, _path,
        $"The store '{_path}' is in use by another pipeline of this process. Run again when that has ended, or wait longer with -LockTimeoutSec.");

    private void RefuseReplacement()
    {
        if (_instance.File is not { } attached)
            return;
        if (FileIdentity.Find(_options.Destination) != attached)
            throw EngineFailures.StoreReplaced(_path);
        if (OwnDescriptors.HasStranger(attached))
            throw EngineFailures.OpenInProcess(AuditErrorId.StoreLocked, _path);
    }

    private void Attach(FileUse use, TimeSpan timeout, CancellationToken cancellationToken)
    {
        EngineFailures.RefuseWhatIsNoStore(_path);
        try
        {
            FileLock.Open(() => AttachOnce(use, cancellationToken), _path, timeout, _log, cancellationToken);
        }
        catch (Exception failure) when (failure is DuckDBException || EngineFailures.IsLocked(failure, _path))
        {
            _waitedInVain |= timeout > TimeSpan.Zero && EngineFailures.IsLocked(failure, _path);
            throw EngineFailures.ForStore(failure, _path);
        }
    }

    private void AttachOnce(FileUse use, CancellationToken cancellationToken)
    {
        for (var again = false; ; again = true)
        {
            // In this order: a store that is being created has its file before its log.
            var hasLog = File.Exists(_logPath);
            var found = FileIdentity.Find(_path);
            if (found is null && hasLog && use is FileUse.WrittenStore)
                throw EngineFailures.StoreGoneFromLog(_path, _logPath);
            if (!File.Exists(_path) && use is FileUse.WrittenStore && _instance.WorkFolder is { } folder)
            {
                StoreCreation.Create(Session, folder, _path, cancellationToken);
                found = FileIdentity.Find(_path);
            }

            if (!_instance.TryTake(found, use))
                throw NewInUse();
            if (hasLog)
                TellOlderLog();
            try
            {
                _instance.Own(OwnDescriptors.Open(
                    _path, () => ExecuteAttach(use, cancellationToken), DetachAsIs,
                    () => EngineFailures.OpenInProcess(AuditErrorId.StoreLocked, _path), cancellationToken));
            }
            catch
            {
                _instance.Release();
                throw;
            }

            var attached = FileIdentity.Find(_path);
            if (attached == found)
                break;
            // Created just now, or changed its number when it was opened for writing, as on a layered file system; or replaced.
            if (found is null || again)
            {
                _instance.TryTake(attached, use);
                break;
            }

            Detach();
        }

        _instance.LogFile = FileIdentity.Find(_logPath);
        RefuseSource();
    }

    /// <summary>
    /// A store that was copied back, beside which the log of its predecessor stayed, is one that the engine takes for sound. It is
    /// told before the engine has taken the log in.
    /// </summary>
    private void TellOlderLog()
    {
        try
        {
            if (_toldOlderLog || SourceLogReader.Read(_path) is not SourceLog.Older)
                return;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Opening the store says more of it.
            _log.Detail($"The log '{_logPath}' can't be read: {failure.Message}");
            return;
        }

        _toldOlderLog = true;
        _log.Warning($"The log '{_logPath}' was written before the store '{_path}' itself, so it is most likely the log of another one, "
            + "and is taken in all the same. If the store was copied back from a backup, copy it anew, and move the log away first.");
    }

    private void ExecuteAttach(FileUse use, CancellationToken cancellationToken)
    {
        var attach = $"ATTACH {Sql.Text(_path)} AS {Sql.Name(StoreInstance.Catalog)}";
        try
        {
            Session.Execute($"{attach} (TYPE duckdb{(use is FileUse.ReadStore ? ", READ_ONLY" : "")})", cancellationToken);
        }
        catch (DuckDBException failure) when (use is FileUse.ReadStore && EngineFailures.NeedsWriting(failure))
        {
            // The log of a killed writer that creates an index, for example. Opened for writing, the store is sound.
            Session.Execute($"{attach} (TYPE duckdb)", cancellationToken);
        }
    }

    /// <summary>A typo, or a pipeline, may name a source where a store is meant: nothing is written to that.</summary>
    private void RefuseSource()
    {
        if (_instance.File is { } attached && attached == _seenStore)
            return;
        var kind = DatabaseContent.KindOf(Session, StoreInstance.Catalog, _options.SourceTable, _options.DestinationTable);
        if (kind is not DatabaseKind.Source)
        {
            _seenStore = _instance.File;
            return;
        }

        Detach(asItIs: true);
        throw EngineFailures.StoreIsSource(_path, _options.SourceTable);
    }

    /// <summary>Detaches the file without moving its log into it.</summary>
    private void DetachAsIs()
    {
        Session.Execute("PRAGMA disable_checkpoint_on_shutdown", CancellationToken.None);
        ExecuteDetach();
        Session.Execute("PRAGMA enable_checkpoint_on_shutdown", CancellationToken.None);
    }

    private void ExecuteDetach() => Session.Execute($"DETACH {Sql.Name(StoreInstance.Catalog)}", CancellationToken.None);

    private bool IsLogOfAnother(FileIdentity attached) =>
        FileIdentity.Find(_path) != attached && FileIdentity.Find(_logPath) is { } log && log != _instance.LogFile;

    private void Detach(bool asItIs = false)
    {
        try
        {
            // The engine takes the log away by its name when it closes a store. That log may be the replacement's.
            if (asItIs || (_instance.File is { } attached && (OwnDescriptors.HasStranger(attached) || IsLogOfAnother(attached))))
                DetachAsIs();
            else
                ExecuteDetach();
            _instance.Release();
        }
        catch (DuckDBException failure)
        {
            // What was committed is safe in the write-ahead log; the next opening takes it over.
            _log.Warning($"The store '{_path}' could not be closed cleanly: {EngineFailures.ForStore(failure, _path).Message}");
        }
    }

    private sealed class Turn(Action end) : IDisposable
    {
        private Action? _end = end;

        public void Dispose() => Interlocked.Exchange(ref _end, null)?.Invoke();
    }
}
