using Microsoft.Extensions.Logging;

namespace SilverAudit.Logging;

/// <summary>Hands log messages to the host. Failures are left out: the host gets those as errors of their own.</summary>
internal sealed class HostLoggerProvider(IAuditHost host) : ILoggerProvider, ILogger
{
    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel is >= LogLevel.Trace and <= LogLevel.Warning && host.IsListening(LevelOf(logLevel));

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
            return;
        host.Write(LevelOf(logLevel), formatter(state, exception));
    }

    public void Dispose()
    {
    }

    private static HostMessageLevel LevelOf(LogLevel logLevel) => logLevel switch
    {
        LogLevel.Trace => HostMessageLevel.Debug,
        LogLevel.Debug => HostMessageLevel.Verbose,
        LogLevel.Information => HostMessageLevel.Information,
        _ => HostMessageLevel.Warning,
    };
}
