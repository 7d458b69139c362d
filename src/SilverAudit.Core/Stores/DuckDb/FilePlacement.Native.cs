using System.Runtime.InteropServices;

namespace SilverAudit.Stores.DuckDb;

/// <content>What the operating systems offer to give a file its name in one step.</content>
internal static partial class FilePlacement
{
    private const int NotPermitted = 1;
    private const int AccessDenied = 13;
    private const int FileExists = 17;
    private const int InvalidArgument = 22;

    private const int CurrentFolder = -100;
    private const uint NoReplaceOnLinux = 1;
    private const uint ExchangeOnLinux = 2;
    private const uint SwapOnMac = 2;
    private const uint ExclusiveOnMac = 4;

    private static readonly int UnknownCall = OperatingSystem.IsMacOS() ? 78 : 38;
    private static readonly int NotSupported = OperatingSystem.IsMacOS() ? 45 : 95;

    [DllImport("libc", EntryPoint = "renameat2", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int RenameOnLinux(int oldFolder, byte[] oldPath, int newFolder, byte[] newPath, uint flags);

    [DllImport("libc", EntryPoint = "renamex_np", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int RenameOnMac(byte[] oldPath, byte[] newPath, uint flags);

    [DllImport("libc", EntryPoint = "link", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Link(byte[] oldPath, byte[] newPath);
}
