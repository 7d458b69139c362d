namespace SilverAudit.Stores.DuckDb;

/// <content>Puts a copy in the place of the store, at one moment, and so that nothing that others write gets lost.</content>
internal sealed partial class StoreLease
{
    private const string CopyName = "compacted.db";

    /// <summary>
    /// Lets a copy take the place of the store. Must be called within a turn that may write, with the store's log moved into the
    /// file. Afterwards the store is no longer attached; the next turn opens the new one.
    /// </summary>
    /// <param name="write">Writes the copy, whole and verified, to the path that it is given.</param>
    /// <param name="cancellationToken">Stops the work, up to the moment of the replacement.</param>
    /// <exception cref="AuditException">
    /// <see cref="AuditErrorId.StoreLocked"/> while somebody else has the store; <see cref="AuditErrorId.StoreNotWritable"/>.
    /// </exception>
    public void ReplaceByCopy(Action<string> write, CancellationToken cancellationToken)
    {
        if (_instance.Writers > 1)
            throw NewInUse();
        if (FilePermissions.Find(_path) is { Names: > 1 })
            throw NotReplaceable("it has more names than this (hard links), which would go on meaning the old file");
        if (_instance.WorkFolder is not { } folder)
            throw NotReplaceable("no folder could be made beside it");

        var copy = Path.Combine(folder, CopyName);
        try
        {
            if (OperatingSystem.IsWindows())
                ReplaceWhileHeld(copy, write, cancellationToken);
            else
                ReplaceWhileAttached(copy, write, cancellationToken);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw NotReplaceable(cause.Message, cause);
        }
        finally
        {
            File.Delete(copy);
        }
    }

    /// <summary>
    /// The engine's lock on the old file keeps all others out until that file has lost its place. Who has opened it before and
    /// waits for the lock finds the new one then.
    /// </summary>
    private void ReplaceWhileAttached(string copy, Action<string> write, CancellationToken cancellationToken)
    {
        write(copy);
        FilePermissions.Copy(_path, copy);
        cancellationToken.ThrowIfCancellationRequested();
        RefuseReplacement();
        RemoveEmptyLog();
        // The log goes by the name of the store, so the new file would take it for its own.
        if (File.Exists(_logPath))
            throw NotReplaceable("a part of it is in its log still");
        if (FilePlacement.TryExchange(copy, _path))
            RefuseStranger(copy);
        else
            File.Move(copy, _path, overwrite: true);
        LetGo();
    }

    /// <summary>What came out of the store's place has to be the store: another file, put there at the last moment, gets it back.</summary>
    private void RefuseStranger(string replaced)
    {
        if (FileIdentity.Find(replaced) is not { } found || _instance.File is not { } own || found == own)
            return;
        FilePlacement.TryExchange(replaced, _path);
        RefuseReplacement();
    }

    /// <summary>
    /// A file that is open can't be replaced here, unless whoever has it open allows that. So the store is held, against all who
    /// want to write it, from before it is copied until it has been replaced.
    /// </summary>
    private void ReplaceWhileHeld(string copy, Action<string> write, CancellationToken cancellationToken)
    {
        LetGo();
        FileStream? hold = null;
        try
        {
            FileLock.Open(
                () => hold = new FileStream(_path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete), _path, LockTimeout, _log, cancellationToken);
            Attach(FileUse.ReadStore, LockTimeout, cancellationToken);
            try
            {
                write(copy);
            }
            finally
            {
                Detach();
            }

            cancellationToken.ThrowIfCancellationRequested();
            if (File.Exists(_logPath))
                throw NotReplaceable("somebody has written it meanwhile");
            File.Replace(copy, _path, destinationBackupFileName: null);
        }
        finally
        {
            hold?.Dispose();
        }
    }

    /// <summary>Closes the file without a look at the log beside it, which may be the new store's already.</summary>
    private void LetGo()
    {
        Detach(asItIs: true);
        _instance.Writers--;
        Writes = false;
    }

    private AuditException NotReplaceable(string reason, Exception? cause = null) => new(AuditErrorId.StoreNotWritable, _path,
        $"The store '{_path}' can't be replaced by a compact copy: {EngineFailures.FirstLine(reason)} The store is as it was.", cause);
}
