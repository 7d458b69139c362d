using System.Runtime.InteropServices;
using System.Text;

namespace SilverAudit.Stores.DuckDb;

/// <summary>
/// Which file a path means: the same for all names of a file, links followed, and another one once the file was replaced. The
/// file is not opened, because closing any handle of a file takes this process's locks off it.
/// </summary>
/// <param name="Device">The device or volume.</param>
/// <param name="Number">The file's number there.</param>
/// <param name="IsRegular">False for pipes, sockets, devices and folders.</param>
internal readonly partial record struct FileIdentity(ulong Device, ulong Number, bool IsRegular)
{
    private const int FormatMask = 0xF000;
    private const int RegularFormat = 0x8000;

    /// <summary>The identity of the file at a path; null where there is none, or the system does not tell.</summary>
    public static FileIdentity? Find(string path)
    {
        // The system would take the text up to there for the path.
        if (path.Contains('\0', StringComparison.Ordinal))
            return null;
        try
        {
            var found = OperatingSystem.IsWindows() ? FindOnWindows(path) : OperatingSystem.IsMacOS() ? FindOnMacOS(path) : FindOnLinux(path);
            // Some file systems, most of them remote, don't number their files.
            return found is { Number: 0, IsRegular: true } ? null : found;
        }
        catch (Exception missing) when (missing is EntryPointNotFoundException or DllNotFoundException)
        {
            return null;
        }
    }

    /// <summary>The identity of the file that a descriptor of this process leads to; null where there is none. Not for Windows.</summary>
    public static FileIdentity? Of(int descriptor)
    {
        if (!OperatingSystem.IsMacOS())
            return FindOnLinux($"/proc/self/fd/{descriptor}");
        Span<byte> status = stackalloc byte[256];
        ref var buffer = ref MemoryMarshal.GetReference(status);
        var result = RuntimeInformation.ProcessArchitecture is Architecture.X64
            ? StatusOfOpenOnIntelMac(descriptor, ref buffer)
            : StatusOfOpenOnMac(descriptor, ref buffer);
        return result != 0 ? null : ReadOnMacOS(status);
    }

    // The layout of struct statx is the same on every architecture.
    private static FileIdentity? FindOnLinux(string path)
    {
        const int CurrentFolder = -100;
        const uint TypeAndNumber = 0x101;
        Span<byte> status = stackalloc byte[256];
        if (StatusOnLinux(CurrentFolder, Encode(path), 0, TypeAndNumber, ref MemoryMarshal.GetReference(status)) != 0)
            return null;
        var device = ((ulong)BitConverter.ToUInt32(status[136..]) << 32) | BitConverter.ToUInt32(status[140..]);
        return new FileIdentity(device, BitConverter.ToUInt64(status[32..]), IsRegularFormat(BitConverter.ToUInt16(status[28..])));
    }

    private static FileIdentity? FindOnMacOS(string path)
    {
        Span<byte> status = stackalloc byte[256];
        ref var buffer = ref MemoryMarshal.GetReference(status);
        var result = RuntimeInformation.ProcessArchitecture is Architecture.X64
            ? StatusOnIntelMac(Encode(path), ref buffer)
            : StatusOnMac(Encode(path), ref buffer);
        return result != 0 ? null : ReadOnMacOS(status);
    }

    private static FileIdentity ReadOnMacOS(ReadOnlySpan<byte> status) =>
        new(BitConverter.ToUInt32(status), BitConverter.ToUInt64(status[8..]), IsRegularFormat(BitConverter.ToUInt16(status[4..])));

    private static FileIdentity? FindOnWindows(string path)
    {
        const uint ShareAll = 7;
        const uint OpenExisting = 3;
        const uint BackupSemantics = 0x02000000;
        const uint FolderAttribute = 0x10;
        const uint DiskFile = 1;
        using var handle = OpenOnWindows(path, 0, ShareAll, IntPtr.Zero, OpenExisting, BackupSemantics, IntPtr.Zero);
        if (handle.IsInvalid)
            return null;
        if (TypeOnWindows(handle) != DiskFile)
            return new FileIdentity(0, 0, IsRegular: false);
        Span<byte> status = stackalloc byte[52];
        if (!StatusOnWindows(handle, ref MemoryMarshal.GetReference(status)))
            return null;
        var number = ((ulong)BitConverter.ToUInt32(status[44..]) << 32) | BitConverter.ToUInt32(status[48..]);
        return new FileIdentity(BitConverter.ToUInt32(status[28..]), number, (BitConverter.ToUInt32(status) & FolderAttribute) == 0);
    }

    private static bool IsRegularFormat(int mode) => (mode & FormatMask) == RegularFormat;

    internal static byte[] Encode(string path) => Encoding.UTF8.GetBytes(path + '\0');
}
