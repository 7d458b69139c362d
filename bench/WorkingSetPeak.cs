namespace SilverAudit.Bench;

/// <summary>Samples the working set, because the peak that the system keeps covers the whole life of the process.</summary>
internal sealed class WorkingSetPeak : IDisposable
{
    private readonly Timer _timer;
    private long _peak;

    public WorkingSetPeak()
    {
        Before = _peak = Environment.WorkingSet;
        _timer = new Timer(_ => _peak = Math.Max(_peak, Environment.WorkingSet), state: null, dueTime: 0, period: 20);
    }

    public long Before { get; }

    public long Peak => _peak;

    public void Dispose() => _timer.Dispose();
}
