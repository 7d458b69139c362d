using System.Collections.Concurrent;

namespace SilverAudit.Torture;

/// <summary>What happened in an experiment, and how often.</summary>
public sealed class Tally
{
    private readonly ConcurrentDictionary<string, int> _counts = new();
    private readonly ConcurrentDictionary<string, TimeSpan> _longest = new();

    /// <summary>Counts something that happened.</summary>
    public void Count(string what, int times = 1) => _counts.AddOrUpdate(what, times, (_, before) => before + times);

    /// <summary>Keeps the longest time that something took.</summary>
    public void Time(string what, TimeSpan elapsed) =>
        _longest.AddOrUpdate(what, elapsed, (_, before) => elapsed > before ? elapsed : before);

    public override string ToString() => string.Join(", ", Counts().Concat(Times()));

    private IEnumerable<string> Times() =>
        _longest.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => FormattableString.Invariant($"{entry.Key} took up to {entry.Value.TotalSeconds:0.00} s"));

    private IEnumerable<string> Counts() =>
        _counts.OrderByDescending(entry => entry.Value).ThenBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => $"{entry.Value} {entry.Key}");
}
