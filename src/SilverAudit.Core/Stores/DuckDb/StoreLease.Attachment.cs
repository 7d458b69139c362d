using DuckDB.NET.Data;

namespace SilverAudit.Stores.DuckDb;

/// <content>Attaches the file of the store, as far as it is one and nobody else has it, and detaches it.</content>
internal sealed partial class StoreLease
{
    /// <summary>The file that was found to be no source.</summary>
    private FileIdentity? _seenStore;

    /// <summary>Longer than it takes to close a store, from the last commit on.</summary>
    private static readonly TimeSpan s_closing = TimeSpan.FromMinutes(10);

    private bool _toldOlderLog;

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
                if (StoreCreation.TryCreate(Session, folder, _path, cancellationToken))
                    TellCreation();
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

    /// <summary>Whoever mistypes the path of a store gets a new one; it has to be seen.</summary>
    private void TellCreation()
    {
        HasCreated = true;
        _log.Warning($"There was no store at '{_path}', so it was created.");
    }

    /// <summary>
    /// A store that was copied back, beside which the log of its predecessor stayed, is one that the engine takes for sound. It is
    /// told before the engine has taken the log in.
    /// </summary>
    private void TellOlderLog()
    {
        try
        {
            // A store is written after its log when it is closed, and killed then it has both.
            if (_toldOlderLog || SourceLogReader.Read(_path) is not SourceLog.Older
                || File.GetLastWriteTimeUtc(_path) - File.GetLastWriteTimeUtc(_logPath) < s_closing)
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

    private void DetachFromStranger()
    {
        _log.Warning($"The store '{_path}' or its log was opened or replaced by something else meanwhile, so it was closed without moving its log into it.");
        DetachAsIs();
    }

    private void ExecuteDetach() => Session.Execute($"DETACH {Sql.Name(StoreInstance.Catalog)}", CancellationToken.None);

    /// <summary>A log that was made for the engine, and that it did not need.</summary>
    private void RemoveEmptyLog()
    {
        if (_instance.LogFile is { } log && FileIdentity.Find(_logPath) == log && new FileInfo(_logPath).Length == 0)
            File.Delete(_logPath);
    }

    /// <summary>True when the log is none of those that this engine has written, so that it is not this engine's to take away.</summary>
    private bool IsLogOfAnother() =>
        Writes && (_instance.LogFile is { } known ? FileIdentity.Find(_logPath) != known : File.Exists(_logPath));

    private void Detach(bool asItIs = false)
    {
        try
        {
            // The engine takes the log away by its name when it closes a store. That log may be the replacement's.
            if (asItIs)
                DetachAsIs();
            else if (_instance.File is { } attached && (OwnDescriptors.HasStranger(attached) || IsLogOfAnother()))
                DetachFromStranger();
            else
                ExecuteDetach();
            RemoveEmptyLog();
            _instance.Release();
        }
        catch (DuckDBException failure)
        {
            if (EngineFailures.IsDetached(failure))
                _instance.Release();
            _log.Warning($"The store '{_path}' could not be closed cleanly: {EngineFailures.FirstLine(failure.Message)} "
                + $"What was loaded is safe in its log '{_logPath}', which the next opening takes into it. Keep the two together, and see that the disk has room.");
        }
    }
}
