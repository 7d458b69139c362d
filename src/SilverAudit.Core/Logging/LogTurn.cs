using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using SilverAudit.Stores.DuckDb;

namespace SilverAudit.Logging;

/// <summary>
/// Keeps those apart who write one log, in whatever sessions they run. On a Unix the folder of the log is locked for the length of a
/// line, on Windows a mutex of the machine is held. Where neither can be had, or somebody is suspended while he has it, lines are
/// written without: a log must not keep a job from its work.
/// </summary>
internal sealed class LogTurn : IDisposable
{
    private const int Exclusive = 2;
    private const int NonBlocking = 4;
    private const int Unlock = 8;

    // A process that is started meanwhile must not keep the turn of one that was killed.
    private static readonly int s_closeOnExecute = OperatingSystem.IsMacOS() ? 0x1000000 : 0x80000;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(1);

    private readonly SafeFileHandle? _folder;
    private readonly Mutex? _mutex;
    private bool _waitedInVain;

    private LogTurn(SafeFileHandle? folder, Mutex? mutex)
    {
        _folder = folder;
        _mutex = mutex;
    }

    /// <summary>Prepares for turns on a log.</summary>
    /// <param name="path">Full path of the log file, whose folder is there.</param>
    public static LogTurn For(string path)
    {
        try
        {
            if (OperatingSystem.IsWindows())
                return new LogTurn(null, new Mutex(initiallyOwned: false, $"Global\\silver-audit-{path.ToUpperInvariant().Replace('\\', ':')}"));
            var descriptor = Open(FileIdentity.Encode(Path.GetDirectoryName(path)!), s_closeOnExecute);
            return new LogTurn(descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true), null);
        }
        catch (Exception failure) when (failure is UnauthorizedAccessException or IOException or WaitHandleCannotBeOpenedException)
        {
            return new LogTurn(null, null);
        }
    }

    /// <summary>Does something in a turn.</summary>
    public void Take(Action work)
    {
        var isTaken = TryTake();
        try
        {
            work();
        }
        finally
        {
            if (isTaken)
                GiveBack();
        }
    }

    public void Dispose()
    {
        _folder?.Dispose();
        _mutex?.Dispose();
    }

    private bool TryTake()
    {
        if (_mutex is not null)
            return TryWait(_mutex);
        if (_folder is null)
            return false;
        for (var start = Environment.TickCount64; Lock(_folder, Exclusive | NonBlocking) != 0; Thread.Sleep(s_pause))
        {
            if (!_waitedInVain && Environment.TickCount64 - start <= s_patience.TotalMilliseconds)
                continue;
            // Once is enough: the next line only looks.
            _waitedInVain = true;
            return false;
        }

        _waitedInVain = false;
        return true;
    }

    private static bool TryWait(Mutex mutex)
    {
        try
        {
            return mutex.WaitOne(s_patience);
        }
        catch (AbandonedMutexException)
        {
            return true;
        }
    }

    private void GiveBack()
    {
        _mutex?.ReleaseMutex();
        if (_folder is not null)
            _ = Lock(_folder, Unlock);
    }

    [DllImport("libc", EntryPoint = "open")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open(byte[] path, int flags);

    [DllImport("libc", EntryPoint = "flock")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Lock(SafeFileHandle file, int operation);
}
