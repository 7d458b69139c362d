using DuckDB.NET.Data;
using SilverAudit.Schema;

namespace SilverAudit.Stores.DuckDb;

/// <summary>A source file, attached read-only until disposed, and the table in it that is to be read.</summary>
internal sealed class SourceAttachment : IDisposable
{
    /// <summary>Up to this size, each statement on a source is over before progress could be shown.</summary>
    private const long SmallBytes = 8 * 1024 * 1024;

    private const int NamesShown = 10;

    private static int s_count;

    private readonly DuckDbSession _session;
    private readonly AuditLog _log;
    private readonly string _catalog;
    private readonly string _permanentTable;
    private readonly IDisposable _claim;
    private IDisposable? _ownership;
    private SourceCopy? _copy;
    private FileStamp _stamp;

    private SourceAttachment(DuckDbSession session, AuditLog log, string path, string catalog, string permanentTable, IDisposable claim)
    {
        _session = session;
        _permanentTable = permanentTable;
        _claim = claim;
        _log = log;
        _catalog = catalog;
        FilePath = path;
    }

    public string FilePath { get; }

    /// <summary>The file that is read: the source itself, or a copy of it.</summary>
    public string AttachedPath => _copy?.FilePath ?? FilePath;

    /// <summary>True when a copy is read, because the engine can take in the log of the source only where it may write.</summary>
    public bool IsCopied => _copy is not null;

    /// <summary>True when statements on the source may take seconds.</summary>
    public bool IsLarge { get; private set; }

    /// <summary>The schema that the table is in, as the file spells it.</summary>
    public string SchemaName { get; private set; } = CatalogTable.DefaultSchema;

    /// <summary>The name of the table as the file spells it.</summary>
    public string TableName { get; private set; } = "";

    /// <summary>What stands behind FROM: the table, quoted and fully qualified, or a query over it.</summary>
    public string Table { get; private set; } = "";

    public IReadOnlyList<AuditColumn> Columns { get; private set; } = [];

    /// <summary>
    /// True when the table's own primary key rules out that a load appears twice or without an identifier. A log that may be another
    /// file's rules nothing out.
    /// </summary>
    public bool HasUniqueKey { get; private set; }

    /// <summary>Attaches a file and finds the table in it.</summary>
    /// <exception cref="AuditException">One of the Source errors.</exception>
    public static SourceAttachment Open(
        StoreLease lease, AuditLog log, string path, string table, string storePath, TimeSpan lockTimeout, CancellationToken cancellationToken)
    {
        RefuseWhatIsNoSource(path, storePath);
        var catalog = "source_" + Interlocked.Increment(ref s_count);
        var claim = lease.TryClaimSource(path) ?? throw new AuditException(AuditErrorId.SourceLocked, path,
            $"'{path}' is the store of another pipeline that is still running in this process. Run again when that has ended.");
        var source = new SourceAttachment(lease.Session, log, path, catalog, lease.PermanentTable, claim);
        try
        {
            FileLock.Open(() => source.Attach(storePath, cancellationToken), path, lockTimeout, log, cancellationToken);
            source.IsLarge = new FileInfo(path).Length > SmallBytes;
            source.FindTable(table, cancellationToken);
            source.TellDoubtfulLog();
            return source;
        }
        catch (Exception failure)
        {
            source.Dispose();
            if (failure is DuckDBException && EngineFailures.IsReplay(failure) && IsLogUnproven(path))
                throw EngineFailures.SourceLogUnproven(failure, path);
            if (failure is DuckDBException or IOException or UnauthorizedAccessException)
                throw EngineFailures.ForSource(failure, path);
            throw;
        }
    }

    /// <summary>Refuses a source that was written since it was attached, or that something else in this process has open now.</summary>
    /// <exception cref="AuditException"><see cref="AuditErrorId.SourceLocked"/>.</exception>
    public void RefuseWriter()
    {
        if (FileStamp.Of(FilePath) != _stamp)
            throw SourceCopy.NewWritten(FilePath);
        if (!IsCopied && FileIdentity.Find(FilePath) is { } file && OwnDescriptors.HasStranger(file))
            throw EngineFailures.OpenInProcess(AuditErrorId.SourceLocked, FilePath);
    }

    public void Dispose()
    {
        if (_ownership is null)
        {
            _claim.Dispose();
        }
        else
        {
            try
            {
                Detach();
                _claim.Dispose();
            }
            catch (DuckDBException failure)
            {
                // The instance gives the file back at the latest when it is disposed.
                _log.Detail($"The source '{FilePath}' could not be detached: {failure.Message}");
            }

            _ownership.Dispose();
        }

        _copy?.Dispose();
    }

    private void Attach(string storePath, CancellationToken cancellationToken)
    {
        _stamp = FileStamp.Of(FilePath);
        try
        {
            Attach(FilePath, ", READ_ONLY", cancellationToken);
        }
        catch (DuckDBException failure) when (EngineFailures.NeedsWriting(failure))
        {
            _copy = SourceCopy.Make(FilePath, storePath, cancellationToken);
            _log.Detail($"The log of '{FilePath}' can't be taken in without writing, so a copy of both is read.");
            Attach(_copy.FilePath, "", cancellationToken);
        }
    }

    private void Attach(string path, string access, CancellationToken cancellationToken) => _ownership = OwnDescriptors.Open(
        path,
        () => _session.Execute($"ATTACH {Sql.Text(path)} AS {Sql.Name(_catalog)} (TYPE duckdb{access})", cancellationToken),
        Detach, () => EngineFailures.OpenInProcess(AuditErrorId.SourceLocked, FilePath), cancellationToken);

    private void Detach() => _session.Execute($"DETACH {Sql.Name(_catalog)}", CancellationToken.None);

    /// <summary>True when nothing proves that the log beside a source is its own.</summary>
    private static bool IsLogUnproven(string path)
    {
        try
        {
            return SourceLogReader.Read(path) is SourceLog.Unnamed or SourceLog.Older;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static void RefuseWhatIsNoSource(string path, string storePath)
    {
        if (Directory.Exists(path))
        {
            throw new AuditException(AuditErrorId.SourceNotDatabase, path,
                $"'{path}' is a folder. Name the database files in it, such as '{Path.Combine(path, "*.db")}'.");
        }

        if (!File.Exists(path))
        {
            throw new AuditException(AuditErrorId.SourceNotFound, path,
                $"Source database file not found: {path}. Check the path and that the pipeline has written the file.");
        }

        if (FileLocation.IsIrregular(path) || FileLocation.IsIrregular(FileLocation.LogOf(path)))
        {
            throw new AuditException(AuditErrorId.SourceNotDatabase, path,
                $"'{path}' or the .wal beside it is a folder, a pipe, a socket or a device. Move that away, or name a staging database that the pipeline has written.");
        }

        if (FileLocation.IsSame(path, storePath))
        {
            throw new AuditException(AuditErrorId.SourceIsDestination, path,
                $"'{path}' is the store itself. Name a staging database as the source, or another -Destination.");
        }
    }

    private void TellDoubtfulLog()
    {
        try
        {
            if (SourceLogReader.Doubt(FilePath) is { } doubt)
            {
                // Another file's rows come in past the key.
                HasUniqueKey = false;
                _log.Warning($"'{FilePath}' may be read with a log that is not its own, or without it: {doubt} Check the rows; the source is not archived. "
                    + "Let the pipeline that wrote it open and close its database, which takes the log into the file.");
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            _log.Warning($"Whose log lies beside '{FilePath}' could not be told: {failure.Message}");
        }
    }

    private void FindTable(string table, CancellationToken cancellationToken)
    {
        // Only base tables are found, and only what is found is looked into, because describing a view would bind what it reads.
        var found = CatalogTable.FindQualified(_session, _catalog, table, cancellationToken) ?? throw ExplainMissingTable(table, cancellationToken);
        (SchemaName, TableName) = (found.Schema, found.Name);
        Table = Sql.Table(_catalog, found.Schema, found.Name);
        // The sources of a pipeline are made by the same statement nearly always, so they are described once.
        if (!_session.KnownLayouts.TryGetValue(found.Definition, out var layout))
        {
            RefuseComputedColumns(found, cancellationToken);
            _session.KnownLayouts[found.Definition] = layout = Describe(cancellationToken);
        }

        (Columns, HasUniqueKey) = layout;
        if (found.HasCollation)
            Table = WithoutCollations();
        if (!Columns.Any(column => column.IsNamed(AuditSchema.Key)))
        {
            throw new AuditException(AuditErrorId.SourceKeyMissing, FilePath,
                $"Table '{table}' in '{FilePath}' has no column '{AuditSchema.Key}'; it has: {Shorten(Columns.Select(column => column.Name))}. Name the audit table with -SourceTable.");
        }
    }

    private void RefuseComputedColumns(CatalogTable table, CancellationToken cancellationToken)
    {
        var calls = ComputedColumns.FindRefusedCalls(_session, table.Definition, cancellationToken);
        if (calls.Count > 0)
        {
            throw new AuditException(AuditErrorId.SourceNotBaseTable, FilePath,
                $"Table '{table.Name}' in '{FilePath}' computes columns with {string.Join(", ", calls)}, which does more than look at the row, or may take without end. "
                + "Only stored values, and values that follow from them, are read: let the pipeline store the values.");
        }
    }

    private SourceLayout Describe(CancellationToken cancellationToken)
    {
        var columns = _session.Query(
            $"DESCRIBE {Table}",
            row => (Column: new AuditColumn(row.GetString(0), row.GetString(1)), IsPrimary: !row.IsDBNull(3) && row.GetString(3) == "PRI"),
            cancellationToken);
        var primaryKey = columns.Where(column => column.IsPrimary).Select(column => column.Column).ToList();
        return new SourceLayout(
            [.. columns.Select(column => column.Column)],
            primaryKey is [{ Type: AuditSchema.Text } only] && only.IsNamed(AuditSchema.Key));
    }

    /// <summary>A collation would make texts that differ compare as equal, and no cast takes it off; going through bytes does.</summary>
    private string WithoutCollations()
    {
        var texts = Columns.Where(column => column.Type == AuditSchema.Text).Select(column => $"decode(encode({Sql.Name(column.Name)})) AS {Sql.Name(column.Name)}");
        return $"(SELECT * REPLACE ({string.Join(", ", texts)}) FROM {Table})";
    }

    private AuditException ExplainMissingTable(string table, CancellationToken cancellationToken)
    {
        var names = _session.Query(
            """
            SELECT CASE WHEN schema_name = 'main' THEN '' ELSE schema_name || '.' END || table_name AS name, FALSE AS is_view
            FROM system.main.duckdb_tables() WHERE database_name = $catalog
            UNION ALL
            SELECT view_name, TRUE FROM system.main.duckdb_views() WHERE database_name = $catalog AND schema_name = 'main' AND NOT internal
            ORDER BY ALL
            """,
            row => (Name: row.GetString(0), IsView: row.GetBoolean(1)), cancellationToken, ("catalog", _catalog));

        if (names.Any(entry => entry.IsView && CatalogNameComparer.IsSame(entry.Name, table)))
        {
            return new AuditException(AuditErrorId.SourceNotBaseTable, FilePath,
                $"'{table}' in '{FilePath}' is a view. Only base tables are read, because a view could read any file of this machine.");
        }

        if (DatabaseContent.KindOf(_session, _catalog, table, _permanentTable) is DatabaseKind.Store)
        {
            return new AuditException(AuditErrorId.SourceIsStore, FilePath,
                $"'{FilePath}' is a store, or a backup of one, and has no table '{table}'. Name the staging databases that the pipeline has written.");
        }

        var tables = names.Where(entry => !entry.IsView).Select(entry => entry.Name).ToList();
        var present = tables.Count == 0 ? "it has no tables" : "it has: " + Shorten(tables);
        return new AuditException(AuditErrorId.SourceTableMissing, FilePath,
            $"There is no table '{table}' in '{FilePath}'; {present}. Run the pipeline that writes it first, or name the table with -SourceTable.");
    }

    private static string Shorten(IEnumerable<string> names)
    {
        var all = names.ToList();
        return string.Join(", ", all.Take(NamesShown)) + (all.Count > NamesShown ? $" and {all.Count - NamesShown} more" : "");
    }
}
