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

    /// <summary>The permanent table.</summary>
    public string PermanentTable => _options.DestinationTable;

    /// <summary>True once a turn that may write has been taken.</summary>
    public bool Writes { get; private set; }

    /// <summary>True when the store was created for this pipeline, until a result has said so.</summary>
    public bool HasCreated { get; set; }

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

            if (FilePermissions.TryCreateLog(_path))
                _instance.LogFile = FileIdentity.Find(_logPath);
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
        RefuseForeignLog();
        transaction.Complete();
        RefuseReplacement();
        _instance.LogFile = FileIdentity.Find(_logPath);
    }

    /// <summary>Says that the engine has moved the log into the file.</summary>
    public void HasCheckpointed() => _instance.LogFile = FileIdentity.Find(_logPath);

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

    /// <summary>
    /// Refuses a store whose log is another one than it was: whoever has opened the store beside this process's lock has taken the log
    /// into the file, and what is committed now would go to a file without a name.
    /// </summary>
    private void RefuseForeignLog()
    {
        if (_instance.LogFile is { } log && FileIdentity.Find(_logPath) != log)
            throw EngineFailures.OpenInProcess(AuditErrorId.StoreLocked, _path);
    }

    private void RefuseReplacement()
    {
        if (_instance.File is not { } attached)
            return;
        if (FileIdentity.Find(_options.Destination) != attached)
            throw EngineFailures.StoreReplaced(_path);
        if (OwnDescriptors.HasStranger(attached))
            throw EngineFailures.OpenInProcess(AuditErrorId.StoreLocked, _path);
    }

    private sealed class Turn(Action end) : IDisposable
    {
        private Action? _end = end;

        public void Dispose() => Interlocked.Exchange(ref _end, null)?.Invoke();
    }
}
