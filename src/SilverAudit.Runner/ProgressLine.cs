using System.Diagnostics;
using System.Management.Automation;

namespace SilverAudit.Runner;

/// <summary>A single line on the terminal that is written over until other output needs its place.</summary>
internal sealed class ProgressLine
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(100);

    private readonly Lock _lock = new();
    private int _length;
    private long _shownAt;

    public void Show(ProgressRecord record)
    {
        if (Console.IsErrorRedirected)
            return;

        if (record.RecordType == ProgressRecordType.Completed)
        {
            Clear();
            return;
        }

        lock (_lock)
        {
            if (_length > 0 && Stopwatch.GetElapsedTime(_shownAt) < s_interval)
                return;

            var percent = record.PercentComplete >= 0 ? $" {record.PercentComplete} %" : string.Empty;
            var text = $"{record.Activity}: {record.StatusDescription}{percent}".ReplaceLineEndings(" ");
            text = text[..Math.Min(text.Length, Terminal.Width - 1)];
            Console.Error.Write('\r' + text.PadRight(_length));
            _length = text.Length;
            _shownAt = Stopwatch.GetTimestamp();
        }
    }

    public void Clear()
    {
        lock (_lock)
        {
            if (_length == 0)
                return;

            Console.Error.Write('\r' + new string(' ', _length) + '\r');
            _length = 0;
        }
    }
}
