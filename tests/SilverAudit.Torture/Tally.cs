using System.Collections.Concurrent;

namespace SilverAudit.Torture;

/// <summary>What happened in an experiment, and how often.</summary>
public sealed class Tally
{
    private readonly ConcurrentDictionary<string, int> _counts = new();
    private readonly ConcurrentDictionary<string, TimeSpan> _longest = new();

    public void Count(string what, int times = 1) => _counts.AddOrUpdate(what, times, (_, before) => before + times);

    /// <summary>Keeps the longest time that something took.</summary>
    public void Time(string what, TimeSpan duration) => _longest.AddOrUpdate(what, duration, (_, before) => before > duration ? before : duration);

    public override string ToString() => string.Join(", ",
        _counts.OrderByDescending(entry => entry.Value).ThenBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => $"{entry.Value} {entry.Key}")
            .Concat(_longest.OrderBy(entry => entry.Key, StringComparer.Ordinal)
                .Select(entry => FormattableString.Invariant($"{entry.Key} at most {entry.Value.TotalSeconds:0.0} s"))));
}
