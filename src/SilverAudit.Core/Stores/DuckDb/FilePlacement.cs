using System.Runtime.InteropServices;

namespace SilverAudit.Stores.DuckDb;

/// <summary>
/// Gives a finished file its name in one step, so that nothing that came there meanwhile is replaced. The framework's own move looks
/// first and renames then, and the file that another process makes in between is gone.
/// </summary>
internal static partial class FilePlacement
{
    /// <summary>Moves a file to a name on the same disk that must be free. False when something has that name already.</summary>
    /// <exception cref="IOException">The file can't be moved.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be moved.</exception>
    public static bool TryMoveNew(string from, string to)
    {
        if (OperatingSystem.IsWindows())
            return TryMoveOnWindows(from, to);
        var (old, place) = (FileIdentity.Encode(from), FileIdentity.Encode(to));
        var error = Rename(old, place, exchange: false);
        if (IsUnknownToTheDisk(error))
        {
            // A second name for the file, which must be new, too. It has both until the first one goes.
            error = Link(old, place) == 0 ? 0 : Marshal.GetLastPInvokeError();
            if (error == 0)
                File.Delete(from);
        }

        return error switch
        {
            0 => true,
            FileExists => false,
            _ => throw NewFailure(error, to),
        };
    }

    /// <summary>Lets two files trade their names in one step. False where the system or the disk can't do that; nothing is changed then.</summary>
    /// <exception cref="IOException">The names can't be changed.</exception>
    /// <exception cref="UnauthorizedAccessException">The names may not be changed.</exception>
    public static bool TryExchange(string one, string other)
    {
        if (OperatingSystem.IsWindows())
            return false;
        var error = Rename(FileIdentity.Encode(one), FileIdentity.Encode(other), exchange: true);
        return error == 0 || (IsUnknownToTheDisk(error) ? false : throw NewFailure(error, other));
    }

    private static bool TryMoveOnWindows(string from, string to)
    {
        try
        {
            // There it is one step of the system.
            File.Move(from, to, overwrite: false);
            return true;
        }
        catch (IOException) when (Path.Exists(to))
        {
            return false;
        }
    }

    private static int Rename(byte[] from, byte[] to, bool exchange)
    {
        try
        {
            var result = OperatingSystem.IsMacOS()
                ? RenameOnMac(from, to, exchange ? SwapOnMac : ExclusiveOnMac)
                : RenameOnLinux(CurrentFolder, from, CurrentFolder, to, exchange ? ExchangeOnLinux : NoReplaceOnLinux);
            return result == 0 ? 0 : Marshal.GetLastPInvokeError();
        }
        catch (EntryPointNotFoundException)
        {
            return InvalidArgument;
        }
    }

    private static bool IsUnknownToTheDisk(int error) => error is InvalidArgument || error == UnknownCall || error == NotSupported;

    private static Exception NewFailure(int error, string path)
    {
        var message = $"{Marshal.GetPInvokeErrorMessage(error)}: '{path}'";
        return error is NotPermitted or AccessDenied ? new UnauthorizedAccessException(message) : new IOException(message);
    }
}
