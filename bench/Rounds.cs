namespace SilverAudit.Bench;

/// <summary>Times taken in turn, so that a slow spell of the machine meets both sides; the median round counts.</summary>
internal sealed class Rounds(string oursName, string bareName)
{
    private readonly List<(double Ours, double Bare)> _rounds = [];

    public void Add(TimeSpan ours, TimeSpan bare, string note = "")
    {
        _rounds.Add((ours.TotalSeconds, bare.TotalSeconds));
        var (oursSeconds, bareSeconds) = _rounds[^1];
        Console.WriteLine(
            $"  round {_rounds.Count}: {oursName} {oursSeconds:F2} s, {bareName} {bareSeconds:F2} s{note}, ratio {ours / bare:F2}");
    }

    public void Add(TimeSpan ours, BareRun bare) =>
        Add(ours, bare.Total, $" (of which MERGE {bare.Statements.TotalSeconds:F2} s)");

    public Measurement ToMeasurement(int number, string experiment, string target)
    {
        var ratio = Median(_rounds.Select(round => round.Ours / round.Bare));
        Console.WriteLine($"  median ratio {ratio:F2}, target {target}");
        return new Measurement(
            number,
            experiment,
            $"{Median(_rounds.Select(round => round.Ours)):F2} s",
            $"{Median(_rounds.Select(round => round.Bare)):F2} s",
            $"{ratio:F2}",
            target);
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        var middle = sorted.Count / 2;
        return sorted.Count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
