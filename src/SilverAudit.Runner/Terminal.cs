using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace SilverAudit.Runner;

/// <summary>What the streams of this process are connected to.</summary>
internal static class Terminal
{
    private const int RedirectedWidth = 120;
    private const int StandardOutput = -11;
    private const int StandardError = -12;
    private const uint VirtualTerminalProcessing = 0x0004;

    public static bool OutputTakesEscapes { get; } = !Console.IsOutputRedirected && TakesEscapes(StandardOutput);

    public static bool ErrorTakesEscapes { get; } = !Console.IsErrorRedirected && TakesEscapes(StandardError);

    /// <summary>The columns of the terminal, or as many as the table views need.</summary>
    public static int Width
    {
        get
        {
            if (Console.IsOutputRedirected)
                return RedirectedWidth;

            try
            {
                // A pseudo terminal that nobody sized says 0.
                return Console.WindowWidth is var width and > 0 ? width : RedirectedWidth;
            }
            catch (IOException)
            {
                return RedirectedWidth;
            }
        }
    }

    private static bool TakesEscapes(int stream)
    {
        if (!string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")))
            return false;

        return OperatingSystem.IsWindows() ? EnableEscapes(stream) : Environment.GetEnvironmentVariable("TERM") != "dumb";
    }

    /// <summary>A classic Windows console prints escapes as they are until it is asked to obey them.</summary>
    [SupportedOSPlatform("windows")]
    private static bool EnableEscapes(int stream)
    {
        var handle = GetStdHandle(stream);
        return GetConsoleMode(handle, out var mode) && SetConsoleMode(handle, mode | VirtualTerminalProcessing);
    }

    [DllImport("kernel32.dll", ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern IntPtr GetStdHandle(int stream);

    [DllImport("kernel32.dll", ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern bool GetConsoleMode(IntPtr handle, out uint mode);

    [DllImport("kernel32.dll", ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern bool SetConsoleMode(IntPtr handle, uint mode);
}
