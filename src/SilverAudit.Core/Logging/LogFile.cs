using Microsoft.Extensions.Logging;
using Serilog;
using Serilog.Events;
using Serilog.Extensions.Logging;
using SilverAudit.Stores.DuckDb;

namespace SilverAudit.Logging;

/// <summary>The log file: shared by processes, replaced by a numbered successor when it has grown large.</summary>
internal static class LogFile
{
    private const long SizeLimitBytes = 10 * 1024 * 1024;
    private const int FilesKept = 10;

    /// <summary>What a log must not be appended to, or null when it may be written.</summary>
    /// <param name="path">Full path of the log file.</param>
    public static string? FindDatabase(string path)
    {
        try
        {
            if (DatabaseSignature.IsAt(path))
                return "is a DuckDB database";
            var extension = FileLocation.LogOf("");
            return path.EndsWith(extension, StringComparison.OrdinalIgnoreCase) && DatabaseSignature.IsAt(path[..^extension.Length])
                ? "is the log of a DuckDB database"
                : null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return $"may be a DuckDB database, or the log of one, which can't be told: {failure.Message}";
        }
    }

    /// <summary>What keeps a log from ever being written, or null.</summary>
    private static string? FindObstacle(string path) =>
        // A pipe would let nobody open it until somebody reads it, and a device keeps nothing.
        FileLocation.IsIrregular(path) ? "can't be written, because it is a folder, a pipe, a socket or a device" : FindDatabase(path);

    /// <summary>Returns the provider that writes the file, or null when there is none to write.</summary>
    /// <param name="options">Where the log goes.</param>
    /// <param name="refusal">What keeps the file from being written; null when nothing does.</param>
    public static ILoggerProvider? TryOpen(AuditLogOptions options, out string? refusal)
    {
        refusal = null;
        if (options.FilePath is not { } path)
            return null;
        if (FindObstacle(path) is { } obstacle)
        {
            refusal = $"The log file '{path}' {obstacle}, so this run has none. Name another with -LogPath, or use -NoLog.";
            return null;
        }

        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite).Dispose();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            refusal = $"The log file '{path}' can't be written, so this run has none: {EngineFailures.FirstLine(failure.Message)} Name another with -LogPath, or use -NoLog.";
            return null;
        }

        var file = new LoggerConfiguration()
            .MinimumLevel.Verbose()
            .WriteTo.File(
                new LogLineFormatter(), path, fileSizeLimitBytes: SizeLimitBytes, rollOnFileSizeLimit: true,
                retainedFileCountLimit: FilesKept, shared: true)
            .CreateLogger();
        var logger = new LoggerConfiguration()
            .MinimumLevel.Is(LevelOf(options.Level))
            .WriteTo.Sink(new TurnTakingSink(file, LogTurn.For(path)))
            .CreateLogger();
        return new SerilogLoggerProvider(logger, dispose: true);
    }

    private static LogEventLevel LevelOf(AuditLogLevel level) => level switch
    {
        AuditLogLevel.Debug => LogEventLevel.Verbose,
        AuditLogLevel.Info => LogEventLevel.Information,
        AuditLogLevel.Warning => LogEventLevel.Warning,
        _ => LogEventLevel.Error,
    };
}
