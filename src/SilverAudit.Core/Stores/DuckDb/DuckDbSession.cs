using DuckDB.NET.Data;

namespace SilverAudit.Stores.DuckDb;

/// <summary>
/// One connection to the engine. A stop interrupts every statement; those that may take long run on a worker thread, so that
/// the calling thread can show how far they have come.
/// </summary>
internal sealed class DuckDbSession(DuckDBConnection connection, AuditLog log) : IDisposable
{
    private static readonly TimeSpan s_pollInterval = TimeSpan.FromMilliseconds(100);

    private readonly object _closing = new();
    private bool _isClosed;

    /// <summary>Shown as the activity of the progress record.</summary>
    public string Activity { get; set; } = "";

    /// <summary>Layouts of source tables that were described, by the statement that creates them.</summary>
    public Dictionary<string, SourceLayout> KnownLayouts { get; } = new(StringComparer.Ordinal);

    /// <summary>False while no step takes long enough to show how far it has come.</summary>
    public bool ShowsProgress { get; set; } = true;

    /// <summary>Executes a statement that takes no time worth mentioning and returns the number of rows it changed.</summary>
    public long Execute(string sql, CancellationToken cancellationToken, params (string Name, object? Value)[] parameters)
    {
        using var command = NewCommand(sql, parameters);
        return RunHere(command, static command => command.ExecuteNonQuery(), cancellationToken);
    }

    /// <summary>Executes a statement that may take long, with progress, and returns the number of rows it changed.</summary>
    public long ExecuteStep(string step, string sql, CancellationToken cancellationToken, params (string Name, object? Value)[] parameters)
    {
        using var command = NewCommand(sql, parameters);
        return RunStep(step, command, static command => command.ExecuteNonQuery(), cancellationToken);
    }

    /// <summary>Executes a query that takes no time worth mentioning and returns its rows.</summary>
    public IReadOnlyList<T> Query<T>(
        string sql, Func<DuckDBDataReader, T> read, CancellationToken cancellationToken, params (string Name, object? Value)[] parameters)
    {
        using var command = NewCommand(sql, parameters);
        return RunHere(command, command => ReadAll(command, read), cancellationToken);
    }

    /// <summary>Executes a query that has one row and takes no time worth mentioning.</summary>
    public T QuerySingle<T>(
        string sql, Func<DuckDBDataReader, T> read, CancellationToken cancellationToken, params (string Name, object? Value)[] parameters) =>
        Query(sql, read, cancellationToken, parameters)[0];

    /// <summary>Executes a query that has one row and may take long, with progress.</summary>
    public T QueryStep<T>(
        string step, string sql, Func<DuckDBDataReader, T> read, CancellationToken cancellationToken, params (string Name, object? Value)[] parameters)
    {
        using var command = NewCommand(sql, parameters);
        return RunStep(step, command, command => ReadAll(command, read), cancellationToken)[0];
    }

    /// <summary>Streams the rows of a query without holding them in memory.</summary>
    public IEnumerable<T> Stream<T>(string sql, Func<DuckDBDataReader, T> read, CancellationToken cancellationToken)
    {
        using var command = NewCommand(sql, []);
        command.UseStreamingMode = true;
        using var reader = RunHere(command, static command => command.ExecuteReader(), cancellationToken);
        while (reader.Read())
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return read(reader);
        }
    }

    /// <summary>Adds rows of a number and bytes to a temporary table. Bound as text, values would end at their first NUL.</summary>
    /// <param name="table">The temporary table.</param>
    /// <param name="rows">Per row the number, then the bytes.</param>
    /// <param name="cancellationToken">Stops before the next row.</param>
    public void Append(string table, IEnumerable<(long Number, IEnumerable<byte[]> Values)> rows, CancellationToken cancellationToken)
    {
        using var appender = connection.CreateAppender("temp", "main", table);
        foreach (var (number, values) in rows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var row = appender.CreateRow();
            row.AppendValue(number);
            foreach (var value in values)
            {
                row.AppendValue(value);
            }

            row.EndRow();
        }

        appender.Close();
    }

    /// <summary>
    /// How far the running statement has come, in a number that changes as long as it comes further; null once the connection is
    /// closed. For any thread.
    /// </summary>
    public double? Advance
    {
        get
        {
            lock (_closing)
            {
                if (_isClosed)
                    return null;
                var progress = connection.GetQueryProgress();
                return progress.Percentage + progress.RowsProcessed;
            }
        }
    }

    /// <summary>Shows how far a step has come that is not the engine's alone.</summary>
    public void ShowProgress(string step, long done, long all)
    {
        if (ShowsProgress)
            log.ShowProgress(Activity, step, (int)(100 * done / all));
    }

    public void Dispose()
    {
        lock (_closing)
        {
            _isClosed = true;
        }

        connection.Dispose();
    }

    private DuckDBCommand NewCommand(string sql, (string Name, object? Value)[] parameters)
    {
        log.Statement(sql);
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
        {
            command.Parameters.Add(new DuckDBParameter(name, value));
        }

        return command;
    }

    private static List<T> ReadAll<T>(DuckDBCommand command, Func<DuckDBDataReader, T> read)
    {
        using var reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
        {
            rows.Add(read(reader));
        }

        return rows;
    }

    private static T RunHere<T>(DuckDBCommand command, Func<DuckDBCommand, T> work, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using (cancellationToken.Register(command.Cancel))
        {
            return Interruptible(() => work(command), cancellationToken);
        }
    }

    private T RunStep<T>(string step, DuckDBCommand command, Func<DuckDBCommand, T> work, CancellationToken cancellationToken)
    {
        if (!ShowsProgress)
            return RunHere(command, work, cancellationToken);

        cancellationToken.ThrowIfCancellationRequested();
        var task = Task.Run(() => work(command), CancellationToken.None);
        using (cancellationToken.Register(command.Cancel))
        {
            // An interrupt that arrives between two steps of the engine is lost, so it is repeated until the statement ends.
            while (!((IAsyncResult)task).AsyncWaitHandle.WaitOne(s_pollInterval))
            {
                if (cancellationToken.IsCancellationRequested)
                    command.Cancel();
                else
                    ShowProgress(step);
            }
        }

        return Interruptible(task.GetAwaiter().GetResult, cancellationToken);
    }

    private static T Interruptible<T>(Func<T> work, CancellationToken cancellationToken)
    {
        try
        {
            return work();
        }
        catch (Exception interruption) when (cancellationToken.IsCancellationRequested && EngineFailures.IsInterrupt(interruption))
        {
            throw new OperationCanceledException(cancellationToken);
        }
    }

    private void ShowProgress(string step)
    {
        var percent = (int)Math.Clamp(connection.GetQueryProgress().Percentage, -1, 100);
        log.ShowProgress(Activity, step, percent);
    }
}
