using System.Diagnostics;
using DuckDB.NET.Data;

namespace SilverAudit.Stores.DuckDb;

/// <content>Copies the store, cleans it up, and writes what is in it to other files.</content>
internal sealed partial class DuckDbStore
{
    public StoreBackup Backup(BackupOptions options, CancellationToken cancellationToken) => Guard(() =>
    {
        var (startedAt, watch) = (DateTime.UtcNow, Stopwatch.StartNew());
        RequireStore();
        var folder = Directory.Exists(options.Path) ? new BackupFolder(options.Path, _path, Lease, _log) : null;
        // In a folder each backup has a name of its own, so there is nothing to replace.
        var overwrite = options.Overwrite && folder is null;
        using var target = TargetFile.Prepare(folder?.NewPath(startedAt) ?? options.Path, overwrite, _path, _log);
        target.RefuseLog();
        if (overwrite && Path.Exists(target.Place))
            RefuseWhatIsNoBackup(target);
        StoreInventory contents;
        using (Lease.BeginReading(cancellationToken))
        {
            contents = new StoreCopy(Lease.Session, _log, _path).Write(target.Draft, target.FilePath, cancellationToken);
            RefuseExposure(target);
        }

        var size = new FileInfo(target.Draft).Length;
        if (folder is null)
            target.Complete();
        else
            folder.Complete(target, startedAt);
        return new StoreBackup
        {
            Path = target.FilePath,
            Destination = Location,
            DestinationTable = _options.DestinationTable,
            SizeBytes = size,
            Tables = contents.Tables,
            Rows = contents.Rows,
            Checksum = contents.Checksum,
            StartedAt = startedAt,
            Verified = true,
            RemovedBackups = folder is not null && options.Keep is { } keep ? folder.RemoveOldest(target.FilePath, keep) : [],
            Duration = watch.Elapsed,
        };
    });

    public StoreOptimization Optimize(bool compact, CancellationToken cancellationToken) => Guard(() =>
    {
        var (startedAt, watch) = (DateTime.UtcNow, Stopwatch.StartNew());
        RequireStore();
        var (size, log) = Sizes();
        int tables;
        using (Lease.BeginWriting(cancellationToken))
        {
            var session = Lease.Session;
            session.Activity = Location;
            tables = new OptimizeOperation(session).Execute(cancellationToken);
            Lease.HasCheckpointed();
            if (compact)
                Lease.ReplaceByCopy(copy => new StoreCopy(session, _log, _path).Write(copy, _path, cancellationToken), cancellationToken);
        }

        var (sizeAfter, logAfter) = Sizes();
        return new StoreOptimization
        {
            Destination = Location,
            DestinationTable = _options.DestinationTable,
            SizeBefore = size,
            SizeAfter = sizeAfter,
            WalBefore = log,
            WalAfter = logAfter,
            Tables = tables,
            Compacted = compact,
            StartedAt = startedAt,
            Duration = watch.Elapsed,
        };
    });

    public LoadExport Export(ExportOptions options, CancellationToken cancellationToken) => Guard(() =>
    {
        var watch = Stopwatch.StartNew();
        RequireStore();
        using var target = TargetFile.Prepare(options.Path, options.Overwrite, _path, _log);
        Lease.Session.Activity = target.FilePath;
        ExportOperation operation;
        using (Lease.BeginReading(cancellationToken))
        {
            var permanent = NewSchema().Find(cancellationToken) ?? throw NoPermanentTable();
            operation = new ExportOperation(Lease.Session, permanent);
            operation.Collect(options.Filter, cancellationToken);
        }

        var rows = operation.Write(target, options, _path, cancellationToken);
        RefuseExposure(target);
        var size = new FileInfo(target.Draft).Length;
        target.Complete();
        return new LoadExport
        {
            Path = target.FilePath,
            Format = options.Format,
            Rows = rows,
            SizeBytes = size,
            Destination = Location,
            DestinationTable = _options.DestinationTable,
            Duration = watch.Elapsed,
        };
    });

    /// <summary>Lets nobody read a file who may not read the store that its contents are from.</summary>
    private void RefuseExposure(TargetFile target)
    {
        if (!FilePermissions.TryKeepSecret(_path, target.Draft, _log))
        {
            throw TargetFile.NotWritable(
                target.FilePath, "the store may not be read by everybody, and there the file could be: the disk does not take its file mode", advice: "Name a file on another disk.");
        }
    }

    /// <summary>Only a backup, or a file with nothing in it, gives way to a backup.</summary>
    private void RefuseWhatIsNoBackup(TargetFile target)
    {
        if (new FileInfo(target.Place).Length == 0)
            return;
        using var claim = Lease.TryClaimForRemoval(target.Place) ?? throw NoBackup(target.FilePath, "is in use");
        if (!target.IsDatabase())
            throw NoBackup(target.FilePath, "is no database");
        const string Catalog = "former_backup";
        var session = Lease.Session;
        try
        {
            session.Execute($"ATTACH {Sql.Text(target.Place)} AS {Sql.Name(Catalog)} (TYPE duckdb, READ_ONLY)", CancellationToken.None);
        }
        catch (DuckDBException cause)
        {
            throw NoBackup(target.FilePath, $"can't be looked into: {EngineFailures.FirstLine(cause.Message)}", cause);
        }

        try
        {
            if (DatabaseContent.KindOf(session, Catalog, _options.SourceTable, _options.DestinationTable) is not DatabaseKind.Store)
                throw NoBackup(target.FilePath, "is a database, but no backup of a store");
        }
        finally
        {
            session.Execute($"DETACH {Sql.Name(Catalog)}", CancellationToken.None);
        }
    }

    private static AuditException NoBackup(string path, string reason, Exception? cause = null) => new(AuditErrorId.TargetExists, path,
        $"'{path}' {reason}, and was left as it is: -Force replaces backups only. Name another file, or remove this one first.", cause);

    /// <summary>Refuses a place where there is no store, before anything is made beside it.</summary>
    private void RequireStore()
    {
        if (!StoreExists())
            throw EngineFailures.StoreNotFound(_path);
    }

    /// <summary>The bytes of the store and of its log.</summary>
    private (long Store, long Log) Sizes()
    {
        var (store, log) = (new FileInfo(_path), new FileInfo(FileLocation.LogOf(_path)));
        return (store.Exists ? store.Length : 0, log.Exists ? log.Length : 0);
    }
}
