using DuckDB.NET.Data;
using DuckDB.NET.Native;

namespace SilverAudit.Stores.DuckDb;

/// <summary>
/// The one engine instance of this process for a store file. The engine locks files for the process, not for the handle: two
/// instances on the same file would not see each other's lock, and closing one would free the other's. So whoever works on the
/// same store shares the instance, and takes turns through its gate.
/// </summary>
internal sealed class StoreInstance : IDisposable
{
    /// <summary>The name under which the store is attached.</summary>
    public const string Catalog = "store";

    private static readonly Dictionary<string, StoreInstance> s_open = new(FileLocation.Comparer);

    // Nothing may be fetched or loaded because a file asks for it: extensions come with the engine or not at all.
    private const string ConnectionString =
        "DataSource=:memory:;autoinstall_known_extensions=false;autoload_known_extensions=false;allow_community_extensions=false;"
        + "allow_persistent_secrets=false";

    private readonly string _path;
    private readonly DuckDBConnection _root;
    private readonly SpillFolder _spill;
    private IDisposable? _claim;
    private IDisposable? _ownership;
    private int _users;

    private StoreInstance(string path)
    {
        _path = path;
        _spill = SpillFolder.Create(path);
        try
        {
            _root = NewConnection();
            // What a time with a zone becomes must not depend on the machine.
            Execute("SET GLOBAL TimeZone = 'UTC'");
            // Once for all who share the instance: the engine takes no other folder, nor the same again, after it has spilled.
            Execute($"SET temp_directory = {Sql.Text(_spill.Location)}");
        }
        catch
        {
            Close();
            throw;
        }
    }

    /// <summary>Held by whoever works on the store right now.</summary>
    public SemaphoreSlim Gate { get; } = new(1, 1);

    /// <summary>How many pipelines keep the store attached for writing. Changed under the gate only.</summary>
    public int Writers { get; set; }

    /// <summary>What is known of the store while it is attached for writing. Used under the gate only.</summary>
    public KnownStore Known { get; set; } = new();

    /// <summary>The store's file while it is attached; null when it is not, or can't be told. Changed under the gate only.</summary>
    public FileIdentity? File { get; private set; }

    /// <summary>The store's log as it was after the last commit. Changed under the gate only.</summary>
    public FileIdentity? LogFile { get; set; }

    /// <summary>A folder on the disk of the store, for files that have no name yet; null where none could be made.</summary>
    public string? WorkFolder => _spill.IsOwned ? _spill.Location : null;

    /// <summary>Returns the instance for a store and counts the caller as a user.</summary>
    public static StoreInstance Acquire(string path)
    {
        lock (s_open)
        {
            if (!s_open.TryGetValue(path, out var instance))
                s_open[path] = instance = new StoreInstance(path);
            instance._users++;
            return instance;
        }
    }

    /// <summary>True while a pipeline of this process works on the store.</summary>
    public static bool IsOpen(string path)
    {
        lock (s_open)
        {
            return s_open.ContainsKey(path);
        }
    }

    /// <summary>Says which file is about to be attached as the store. False when another instance of this process has it open.</summary>
    public bool TryTake(FileIdentity? file, FileUse use)
    {
        _claim?.Dispose();
        _claim = OpenFiles.TryClaim(file, this, use);
        File = _claim is null ? null : file;
        return _claim is not null;
    }

    /// <summary>Says that the store is attached now.</summary>
    /// <param name="ownership">To be disposed when it no longer is.</param>
    public void Own(IDisposable ownership) => _ownership = ownership;

    /// <summary>Says that the store is no longer attached.</summary>
    public void Release()
    {
        _ownership?.Dispose();
        _ownership = null;
        _claim?.Dispose();
        _claim = null;
        File = null;
    }

    /// <summary>Opens an engine in memory that installs and loads nothing by itself.</summary>
    public static DuckDBConnection NewConnection()
    {
        try
        {
            // DuckDB.NET tells only its first caller that there is no library; any later one gets a null reference.
            _ = NativeMethods.Startup.DuckDBLibraryVersion();
            var connection = new DuckDBConnection(ConnectionString);
            connection.Open();
            return connection;
        }
        catch (Exception cause) when (cause is DllNotFoundException or BadImageFormatException or EntryPointNotFoundException or TypeInitializationException)
        {
            throw EngineFailures.EngineUnavailable(cause);
        }
    }

    /// <summary>Removes what processes that were killed have spilled beside the store.</summary>
    public void RemoveAbandonedSpills(AuditLog log) => _spill.RemoveAbandoned(_path, log);

    public DuckDBConnection Connect()
    {
        var connection = _root.Duplicate();
        connection.Open();
        return connection;
    }

    /// <summary>Keeps later callers from sharing an instance that the engine has given up on.</summary>
    public void Abandon()
    {
        lock (s_open)
        {
            RemoveFromOpen();
        }
    }

    /// <summary>Gives one user's share back; the last one closes the engine.</summary>
    public void Dispose()
    {
        lock (s_open)
        {
            if (--_users > 0)
                return;
            RemoveFromOpen();
            Close();
            OpenFiles.ReleaseAll(this);
            _ownership?.Dispose();
        }

        Gate.Dispose();
    }

    private void Execute(string statement)
    {
        using var command = _root.CreateCommand();
        command.CommandText = statement;
        command.ExecuteNonQuery();
    }

    private void Close()
    {
        _root?.Dispose();
        _spill.Dispose();
    }

    private void RemoveFromOpen()
    {
        if (s_open.TryGetValue(_path, out var current) && current == this)
            s_open.Remove(_path);
    }
}
