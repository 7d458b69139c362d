using System.Globalization;
using Serilog.Events;
using Serilog.Formatting;

namespace SilverAudit.Logging;

/// <summary>Writes <c>2025-01-15 14:30:00 - silver_audit_etl - INFO - message</c>, local time, one line an event.</summary>
internal sealed class LogLineFormatter : ITextFormatter
{
    public const string LoggerName = "silver_audit_etl";

    public void Format(LogEvent logEvent, TextWriter output)
    {
        var level = logEvent.Level switch
        {
            LogEventLevel.Verbose or LogEventLevel.Debug => "DEBUG",
            LogEventLevel.Information => "INFO",
            LogEventLevel.Warning => "WARNING",
            LogEventLevel.Error => "ERROR",
            _ => "CRITICAL",
        };
        var time = logEvent.Timestamp.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
        // A file name may hold line breaks; it must not be able to forge lines of its own.
        output.Write($"{time} - {LoggerName} - {level} - {VisibleText.WithoutControls(logEvent.RenderMessage(CultureInfo.InvariantCulture))}\n");
    }
}
