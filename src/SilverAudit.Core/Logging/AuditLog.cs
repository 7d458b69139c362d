using Microsoft.Extensions.Logging;

namespace SilverAudit;

/// <summary>Reports the work: to the host's streams and, when asked for, to a log file.</summary>
public sealed class AuditLog : IDisposable
{
    private readonly ILoggerFactory _factory;
    private readonly ILogger _logger;
    private readonly IAuditHost _host;

    private AuditLog(ILoggerFactory factory, IAuditHost host)
    {
        _factory = factory;
        _logger = factory.CreateLogger(Logging.LogLineFormatter.LoggerName);
        _host = host;
    }

    /// <summary>Opens the log. A file that can't be written is a warning, not a failure: the data matters more.</summary>
    /// <param name="options">Where the log goes.</param>
    /// <param name="host">Takes messages and progress.</param>
    public static AuditLog Open(AuditLogOptions options, IAuditHost host)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(host);
        var file = Logging.LogFile.TryOpen(options, out var refusal);
        // A provider that is added like this is disposed with the factory; one that is given to a builder is not.
        var factory = new LoggerFactory([], new LoggerFilterOptions { MinLevel = LogLevel.Trace });
        factory.AddProvider(new Logging.HostLoggerProvider(host));
        if (file is not null)
            factory.AddProvider(file);
        var log = new AuditLog(factory, host);
        if (refusal is not null)
            log.Warning(refusal);
        return log;
    }

    /// <inheritdoc/>
    public void Dispose() => _factory.Dispose();

    internal void Statement(string sql) => Write(LogLevel.Trace, sql);

    internal void Detail(string message) => Write(LogLevel.Debug, message);

    internal void Info(string message) => Write(LogLevel.Information, message);

    internal void Warning(string message) => Write(LogLevel.Warning, message);

    internal void Error(string message) => Write(LogLevel.Error, message);

    /// <summary>Writes a message that was made elsewhere.</summary>
    internal void Write(HostMessageLevel level, string message) => Write(LevelOf(level), message);

    /// <summary>False when messages of the given importance go nowhere, neither to the host nor to the file.</summary>
    internal bool IsListening(HostMessageLevel level) => _logger.IsEnabled(LevelOf(level));

    internal void ShowProgress(string activity, string status, int percent) => _host.ShowProgress(activity, status, percent);

    private static LogLevel LevelOf(HostMessageLevel level) => level switch
    {
        HostMessageLevel.Debug => LogLevel.Trace,
        HostMessageLevel.Verbose => LogLevel.Debug,
        HostMessageLevel.Information => LogLevel.Information,
        _ => LogLevel.Warning,
    };

    private void Write(LogLevel level, string message)
    {
        // Statements are long, and nearly always nobody listens: they are not searched for nothing.
        if (!_logger.IsEnabled(level))
            return;
        // The message is text, never a template: a file name may hold braces.
        var shown = level is LogLevel.Trace ? Secrets.Redact(message) : VisibleText.Of(message);
        _logger.Log(level, default, shown, null, static (text, _) => text);
    }
}
