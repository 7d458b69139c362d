using System.Runtime.InteropServices;
using System.Text;

namespace SilverAudit.Stores.DuckDb;

/// <summary>Who owns a file and how many names it has, where the system is a Unix. The file is not opened for it.</summary>
/// <param name="User">The owner.</param>
/// <param name="Group">The group.</param>
/// <param name="Names">How many names the file has.</param>
internal readonly partial record struct FilePermissions(uint User, uint Group, uint Names)
{
    /// <summary>Finds out about a file; null where there is none, or the system is no Unix.</summary>
    public static FilePermissions? Find(string path) =>
        OperatingSystem.IsWindows() ? null : OperatingSystem.IsMacOS() ? FindOnMacOS(path) : FindOnLinux(path);

    /// <summary>False when this account may not write a file or a folder, or its file system takes no writes. Nothing is opened for it.</summary>
    public static bool IsWritable(string path)
    {
        const int ForWriting = 2;
        return OperatingSystem.IsWindows()
            ? !File.GetAttributes(path).HasFlag(FileAttributes.ReadOnly) || Directory.Exists(path)
            : MayAccess(FileIdentity.Encode(path), ForWriting) == 0;
    }

    /// <summary>Gives a file the owner and the mode of another one. On Windows these go with the place of a file that is replaced.</summary>
    /// <exception cref="UnauthorizedAccessException">This account may not do so.</exception>
    public static void Copy(string from, string to)
    {
        if (OperatingSystem.IsWindows())
            return;
        if (Find(from) is { } wanted && Find(to) is { } found && (wanted.User, wanted.Group) != (found.User, found.Group)
            && ChangeOwner(Encoding.UTF8.GetBytes(to + '\0'), wanted.User, wanted.Group) != 0)
            throw new UnauthorizedAccessException("The file belongs to another account, or another group, and a copy could not be given to that.");
        CopyMode(from, to);
    }

    /// <summary>
    /// Makes the log of a database before the engine does, so that nobody can read it who may not read the database. On Windows a new
    /// file has the permissions of its folder, as the database has.
    /// </summary>
    /// <returns>False when there is one, or none can be made: the engine will say so.</returns>
    public static bool TryCreateLog(string database)
    {
        if (OperatingSystem.IsWindows())
            return false;
        try
        {
            var mode = File.GetUnixFileMode(database) & ~(UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
            new FileStream(FileLocation.LogOf(database), new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = mode }).Dispose();
            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>
    /// Gives a file the mode of another one, where its disk knows of modes. False when it does not, and lets people read the file
    /// who may not read the other one.
    /// </summary>
    public static bool TryKeepSecret(string from, string to, AuditLog log)
    {
        const UnixFileMode ReadByOthers = UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        if (OperatingSystem.IsWindows())
            return true;
        try
        {
            CopyMode(from, to);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            log.Detail($"'{to}' could not be given the mode of '{from}': {failure.Message}");
        }

        return (File.GetUnixFileMode(to) & ~File.GetUnixFileMode(from) & ReadByOthers) is UnixFileMode.None;
    }

    private static void CopyMode(string from, string to)
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(to, File.GetUnixFileMode(from));
    }

    private static FilePermissions? FindOnLinux(string path)
    {
        const int CurrentFolder = -100;
        const uint NamesAndOwner = 0x1C;
        Span<byte> status = stackalloc byte[256];
        return FileIdentity.StatusOnLinux(CurrentFolder, FileIdentity.Encode(path), 0, NamesAndOwner, ref MemoryMarshal.GetReference(status)) != 0
            ? null
            : new FilePermissions(BitConverter.ToUInt32(status[20..]), BitConverter.ToUInt32(status[24..]), BitConverter.ToUInt32(status[16..]));
    }

    private static FilePermissions? FindOnMacOS(string path)
    {
        Span<byte> status = stackalloc byte[256];
        ref var buffer = ref MemoryMarshal.GetReference(status);
        var result = RuntimeInformation.ProcessArchitecture is Architecture.X64
            ? FileIdentity.StatusOnIntelMac(FileIdentity.Encode(path), ref buffer)
            : FileIdentity.StatusOnMac(FileIdentity.Encode(path), ref buffer);
        return result != 0
            ? null
            : new FilePermissions(BitConverter.ToUInt32(status[16..]), BitConverter.ToUInt32(status[20..]), BitConverter.ToUInt16(status[6..]));
    }

    [DllImport("libc", EntryPoint = "access")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int MayAccess(byte[] path, int mode);

    [DllImport("libc", EntryPoint = "chown")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int ChangeOwner(byte[] path, uint user, uint group);
}
