namespace SilverAudit.Stores.DuckDb;

/// <summary>Which descriptors of this process are this module's. Who has a file open by any other is a stranger.</summary>
internal static class OwnDescriptors
{
    private static readonly Dictionary<int, FileIdentity> s_own = [];

    /// <summary>Held while a file is opened, so that of two descriptors that appear then one is a stranger's.</summary>
    private static readonly SemaphoreSlim s_opening = new(1, 1);

    /// <summary>True when something else in this process has the file open.</summary>
    public static bool HasStranger(FileIdentity file)
    {
        if (Foreign(file).Count == 0)
            return false;
        // It may be one that this module is just about to open.
        s_opening.Wait();
        try
        {
            return Foreign(file).Count > 0;
        }
        finally
        {
            s_opening.Release();
        }
    }

    /// <summary>Opens a file with the engine, unless something else in this process has it open.</summary>
    /// <param name="path">Full path of the file.</param>
    /// <param name="open">Opens it.</param>
    /// <param name="close">Closes it again, when a stranger came meanwhile.</param>
    /// <param name="inUse">Makes the failure for a file that a stranger has.</param>
    /// <param name="cancellationToken">Stops the wait for others that open files.</param>
    /// <returns>To be disposed once the file was closed.</returns>
    public static IDisposable Open(string path, Action open, Action close, Func<AuditException> inUse, CancellationToken cancellationToken)
    {
        s_opening.Wait(cancellationToken);
        try
        {
            if (FileIdentity.Find(path) is { } file && Foreign(file).Count > 0)
                throw inUse();
            open();
            var opened = FileIdentity.Find(path);
            List<int> descriptors = opened is { } now ? Foreign(now) : [];
            if (descriptors.Count > 1)
            {
                close();
                throw inUse();
            }

            return new Ownership(opened, descriptors);
        }
        finally
        {
            s_opening.Release();
        }
    }

    /// <summary>Opens a file for this module. What comes beside the stream is to be disposed once that was closed.</summary>
    public static (FileStream Stream, IDisposable Ownership) Open(string path, FileShare share)
    {
        s_opening.Wait();
        try
        {
            var stream = new FileStream(path, FileMode.Open, FileAccess.Read, share);
            List<int> descriptors = OperatingSystem.IsWindows() ? [] : [(int)stream.SafeFileHandle.DangerousGetHandle()];
            return (stream, new Ownership(FileIdentity.Find(path), descriptors));
        }
        finally
        {
            s_opening.Release();
        }
    }

    private static List<int> Foreign(FileIdentity file)
    {
        var all = ProcessDescriptors.To(file);
        lock (s_own)
        {
            all.RemoveAll(descriptor => s_own.TryGetValue(descriptor, out var owned) && owned == file);
        }

        return all;
    }

    private sealed class Ownership : IDisposable
    {
        private readonly FileIdentity? _file;
        private readonly List<int> _descriptors;

        public Ownership(FileIdentity? file, List<int> descriptors)
        {
            (_file, _descriptors) = (file, descriptors);
            if (file is not { } owned)
                return;
            lock (s_own)
            {
                descriptors.ForEach(descriptor => s_own[descriptor] = owned);
            }
        }

        public void Dispose()
        {
            if (_file is not { } owned)
                return;
            lock (s_own)
            {
                // The engine may keep a file open for a moment after it was detached. It is no stranger then.
                foreach (var descriptor in _descriptors.Except(ProcessDescriptors.To(owned)))
                {
                    // Its number may be that of another file by now, which somebody else has opened.
                    if (s_own.TryGetValue(descriptor, out var current) && current == owned)
                        s_own.Remove(descriptor);
                }
            }
        }
    }
}
