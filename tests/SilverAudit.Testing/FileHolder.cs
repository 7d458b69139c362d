using System.Diagnostics;

namespace SilverAudit.Testing;

/// <summary>Another process that has a database open until it is released.</summary>
public sealed class FileHolder : IDisposable
{
    private readonly Process _process;

    private FileHolder(Process process) => _process = process;

    public int ProcessId => _process.Id;

    /// <summary>Holds a file for writing.</summary>
    /// <exception cref="InvalidOperationException">The file can't be had; the message is the engine's.</exception>
    public static FileHolder HoldForWriting(string path) => Hold(path, "write");

    /// <summary>Holds a file for reading.</summary>
    /// <exception cref="InvalidOperationException">The file can't be had; the message is the engine's.</exception>
    public static FileHolder HoldForReading(string path) => Hold(path, "read");

    /// <summary>Fails unless another process can open the file for writing now.</summary>
    public static void AssertFree(string path) => HoldForWriting(path).Dispose();

    /// <summary>Lets go of the file and returns when it is free.</summary>
    public void Release()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        Release();
        _process.Dispose();
    }

    private static FileHolder Hold(string path, string access)
    {
        var process = ChildProcess.Start(Path.GetDirectoryName(path)!, "dotnet", TestMetadata.Value("FileHolderPath"), path, access);
        if (process.StandardOutput.ReadLine() == "held")
            return new FileHolder(process);

        throw new InvalidOperationException($"'{path}' could not be held: {ChildProcess.Complete(process).Error}");
    }
}
