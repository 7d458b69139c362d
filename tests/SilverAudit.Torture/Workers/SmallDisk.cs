namespace SilverAudit.Torture.Workers;

/// <summary>
/// A disk of some megabytes that one worker sees at a folder, in a mount namespace of its own. The harness looks in from outside.
/// </summary>
public sealed class SmallDisk : IDisposable
{
    private const string Ballast = "ballast";

    private readonly WorkerProcess _worker;
    private readonly string _folder;

    /// <summary>Mounts a disk for a worker that was started behind <see cref="Mount.Prefix"/>.</summary>
    public SmallDisk(WorkerProcess worker, string folder, int megabytes)
    {
        (_worker, _folder) = (worker.WaitUntilReady(), folder);
        Directory.CreateDirectory(folder);
        Within("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "none", folder);
    }

    /// <summary>Bytes that can still be written.</summary>
    public long Free => new DriveInfo(Outside("")).AvailableFreeSpace;

    /// <summary>The path of a file as the worker sees it.</summary>
    public string File(string name) => Path.Combine(_folder, name);

    /// <summary>The path of the same file for everybody else.</summary>
    public string Outside(string name) => $"/proc/{_worker.Id}/root{File(name)}";

    /// <summary>Fills the disk up but for some bytes.</summary>
    public void Fill(long leaving)
    {
        var size = Math.Max(0, Free - leaving);
        // Sparse files take no room; this one does.
        using var file = new FileStream(Outside(Ballast), new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, PreallocationSize = size });
        file.SetLength(size);
    }

    /// <summary>Takes away what <see cref="Fill"/> has put there.</summary>
    public void MakeRoom() => System.IO.File.Delete(Outside(Ballast));

    /// <summary>Lets nothing be written any more, to anybody.</summary>
    public void MakeReadOnly() => Within("mount", "-o", "remount,ro", _folder);

    public void MakeWritable() => Within("mount", "-o", "remount,rw", _folder);

    /// <summary>Sets the permissions of the folder itself.</summary>
    public void SetMode(string mode) => Within("chmod", mode, _folder);

    /// <summary>Copies a database and its write-ahead log to where looking at them changes nothing.</summary>
    /// <returns>False when there is no such database.</returns>
    public bool TryCopyDatabase(string name, string copy)
    {
        if (!System.IO.File.Exists(Outside(name)))
            return false;
        System.IO.File.Copy(Outside(name), copy, overwrite: true);
        System.IO.File.Delete(copy + ".wal");
        if (System.IO.File.Exists(Outside(name + ".wal")))
            System.IO.File.Copy(Outside(name + ".wal"), copy + ".wal");
        return true;
    }

    public void Dispose()
    {
        if (_worker.IsAlive)
            Within("umount", "--lazy", _folder);
    }

    private void Within(params string[] command) =>
        ChildProcess.Succeed(ChildProcess.Start("/", "nsenter", [$"--target={_worker.Id}", "--user", "--mount", .. command]));
}
