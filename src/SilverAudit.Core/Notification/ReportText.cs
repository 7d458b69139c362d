using System.Globalization;

namespace SilverAudit.Notification;

/// <summary>The phrases and figures that the text and the HTML of a report have in common.</summary>
internal static class ReportText
{
    public static string Outcome(NotificationReport report) => report switch
    {
        { Success: false } => $"{report.Title} batch FAILED",
        { IsPlan: true } => $"{report.Title} batch planned; nothing was written",
        _ => $"{report.Title} batch completed successfully",
    };

    public static IEnumerable<(string Name, string Value)> Facts(NotificationReport report)
    {
        yield return ("Start time", Time(report.StartedAt));
        yield return ("End time", Time(report.EndedAt));
        yield return ("Duration", Seconds(report.Duration) + " seconds");
        yield return ("Computer", NotificationReport.Computer);
        yield return (report.Stores.Count == 1 ? "Store" : "Stores", string.Join(", ", report.Stores));
    }

    public static IEnumerable<(string Name, string Value)> Summary(NotificationReport report)
    {
        yield return ("Total sources", Number(report.Sources));
        yield return ("Successful", Number(report.Sources - report.FailedSources));
        yield return ("Failed", Number(report.FailedSources));
        yield return ("Rows inserted", Number(report.InsertedRows));
        yield return ("Rows updated", Number(report.UpdatedRows));
        yield return ("Rows skipped", Number(report.SkippedRows));
        yield return ("  of them changed", Number(report.ChangedRows));
        yield return ("Rows rejected", Number(report.RejectedRows));
    }

    public static string Omitted(NotificationReport report) =>
        $"... and {Number(report.OmittedLines)} more sources, which are not listed here.";

    public static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    public static string Seconds(TimeSpan duration) => duration.TotalSeconds.ToString("0.00", CultureInfo.InvariantCulture);

    // Local time, as in the log file and in the mail program of whoever reads it.
    private static string Time(DateTime utc) =>
        new DateTimeOffset(utc.ToLocalTime()).ToString("yyyy-MM-dd HH:mm:ss zzz", CultureInfo.InvariantCulture);
}
