using System.Globalization;
using SilverAudit.Notification;

namespace SilverAudit;

/// <summary>What a batch of sources came to, as it is told to those who are notified.</summary>
public sealed class NotificationReport
{
    /// <summary>What stands in front of the word for success or failure.</summary>
    public const string DefaultTitle = "ETL";

    private const int MostLines = 1000;

    /// <summary>Makes a report.</summary>
    /// <param name="results">The results of the sources, at least one.</param>
    /// <param name="problems">What failed besides the sources, a sentence each.</param>
    /// <param name="title">What stands in front of the word for success or failure.</param>
    public NotificationReport(IReadOnlyList<EtlResult> results, IReadOnlyList<string> problems, string title = DefaultTitle)
    {
        ArgumentNullException.ThrowIfNull(results);
        ArgumentNullException.ThrowIfNull(problems);
        ArgumentOutOfRangeException.ThrowIfZero(results.Count);
        Sources = results.Count;
        FailedSources = results.Count(result => !result.Success);
        Problems = [.. problems.Take(MostLines).Select(problem => Printable.OnOneLine(Secrets.Redact(problem)))];
        StartedAt = results.Min(result => result.StartedAt);
        EndedAt = results.Max(result => result.StartedAt + result.Duration);
        IsPlan = Success && results.All(IsPlanned);
        Counted = IsPlan ? results : [.. results.Where(result => !IsPlanned(result))];
        Title = Printable.OnOneLine(title);
        Stores = [.. results.Select(result => Printable.OnOneLine(result.Destination)).Distinct(StringComparer.Ordinal)];
        Lines = [.. results.OrderBy(result => result.Success).Take(MostLines).Select(result => new SourceLine(result))];
        Subject = $"{Title} {Verdict} - {StartedAt.ToLocalTime().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)} - {Headline()}";
    }

    /// <summary>The subject: success or failure, the date on which the first source began, and the result in a few words.</summary>
    public string Subject { get; }

    /// <summary>True when no source failed, and nothing else either.</summary>
    public bool Success => FailedSources == 0 && Problems.Count == 0;

    /// <summary>How many sources there were.</summary>
    public int Sources { get; }

    /// <summary>How many of them failed.</summary>
    public int FailedSources { get; }

    /// <summary>When the first source began, in UTC.</summary>
    public DateTime StartedAt { get; }

    /// <summary>When the last source ended, in UTC.</summary>
    public DateTime EndedAt { get; }

    /// <summary>What failed besides the sources.</summary>
    internal IReadOnlyList<string> Problems { get; }

    internal string Title { get; }

    internal bool IsPlan { get; }

    internal string Verdict => !Success ? "FAILURE" : IsPlan ? "Plan" : "Success";

    internal TimeSpan Duration => EndedAt - StartedAt;

    internal long InsertedRows => Counted.Sum(result => result.InsertedRows);

    internal long UpdatedRows => Counted.Sum(result => result.UpdatedRows);

    internal long SkippedRows => Counted.Sum(result => result.SkippedRows);

    internal long ChangedRows => Counted.Sum(result => result.ChangedRows);

    internal long RejectedRows => Counted.Sum(result => result.RejectedRows);

    /// <summary>The stores that were written, mostly one.</summary>
    internal IReadOnlyList<string> Stores { get; }

    /// <summary>The sources, those that failed first, else in the order in which they came.</summary>
    internal IReadOnlyList<SourceLine> Lines { get; }

    /// <summary>How many sources are left out, since no mail server takes a mail of any size.</summary>
    internal int OmittedLines => Sources - Lines.Count;

    internal static string Computer => Environment.MachineName;

    /// <summary>The results whose rows are in the store, or would be by a plan.</summary>
    private IReadOnlyList<EtlResult> Counted { get; }

    private static bool IsPlanned(EtlResult result) => result.Status == EtlStatus.Planned;

    private string Headline()
    {
        if (FailedSources == 0 && Problems.Count > 0)
            return Problems.Count == 1 ? Problems[0] : string.Create(CultureInfo.InvariantCulture, $"{Problems.Count} problems after loading");
        if (!Success)
            return string.Create(CultureInfo.InvariantCulture, $"{FailedSources} of {Count(Sources, "source")} failed");
        var parts = new List<string> { Count(Sources, "source"), Count(InsertedRows, "row") + (IsPlan ? " to insert" : " inserted") };
        if (UpdatedRows > 0)
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"{UpdatedRows} {(IsPlan ? "to update" : "updated")}"));
        if (RejectedRows > 0)
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"{RejectedRows} {(IsPlan ? "to reject" : "rejected")}"));
        return string.Join(", ", parts);
    }

    private static string Count(long count, string noun) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {noun}{(count == 1 ? "" : "s")}");
}
