using Serilog.Core;
using Serilog.Events;

namespace SilverAudit.Logging;

/// <summary>Hands each event to another sink in a turn of its own, so that lines of several processes stay whole.</summary>
internal sealed class TurnTakingSink(Logger inner, LogTurn turn) : ILogEventSink, IDisposable
{
    public void Emit(LogEvent logEvent) => turn.Take(() => inner.Write(logEvent));

    public void Dispose()
    {
        inner.Dispose();
        turn.Dispose();
    }
}
