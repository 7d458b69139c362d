using System.Globalization;
using System.Text;

namespace SilverAudit.Notification;

/// <summary>A report as plain text.</summary>
internal static class TextBody
{
    private const int MostFailuresInChat = 20;

    public static string Of(NotificationReport report)
    {
        var text = Opening(report);
        AppendFailures(text, report, report.Lines.Count);
        AppendProblems(text, report);
        text.Append("\nSources\n");
        foreach (var line in report.Lines)
        {
            AppendSource(text, line);
        }

        if (report.OmittedLines > 0)
            text.Append("  ").Append(ReportText.Omitted(report)).Append('\n');
        return text.ToString();
    }

    /// <summary>The same in short: no list of what went well, and nothing that a chat takes for a mention or a link.</summary>
    public static string ForChat(NotificationReport report)
    {
        var text = new StringBuilder(report.Subject).Append("\n\n").Append(Opening(report));
        AppendFailures(text, report, MostFailuresInChat);
        AppendProblems(text, report);
        return text.ToString().Replace('<', '‹').Replace('>', '›').Replace("](", "] (", StringComparison.Ordinal);
    }

    private static StringBuilder Opening(NotificationReport report)
    {
        var text = new StringBuilder(ReportText.Outcome(report)).Append("\n\n");
        AppendFacts(text, ReportText.Facts(report));
        text.Append("\nBatch summary\n");
        AppendFacts(text, ReportText.Summary(report).Select(fact => ("  " + fact.Name, fact.Value)));
        return text;
    }

    private static void AppendFailures(StringBuilder text, NotificationReport report, int most)
    {
        var failures = report.Lines.Where(line => !line.Result.Success).Take(most).ToList();
        if (failures.Count == 0)
            return;
        text.Append("\nFailed sources\n");
        foreach (var line in failures)
        {
            text.Append("  ").Append(line.Source).Append('\n').Append("    ").Append(line.Message).Append('\n');
        }

        if (failures.Count < report.FailedSources)
            text.Append(CultureInfo.InvariantCulture, $"  ... and {ReportText.Number(report.FailedSources - failures.Count)} more\n");
    }

    private static void AppendProblems(StringBuilder text, NotificationReport report)
    {
        if (report.Problems.Count > 0)
            text.Append("\nAfter loading\n");
        foreach (var problem in report.Problems)
        {
            text.Append("  ").Append(problem).Append('\n');
        }
    }

    private static void AppendSource(StringBuilder text, SourceLine line)
    {
        var result = line.Result;
        text.Append("  ").Append(line.Source).Append('\n');
        if (!result.Success)
        {
            text.Append(CultureInfo.InvariantCulture, $"    {result.Status} after {ReportText.Seconds(result.Duration)} seconds\n");
            return;
        }

        text.Append(CultureInfo.InvariantCulture, $"    {result.Status}: {ReportText.Number(result.SourceRows)} rows, {ReportText.Number(result.InsertedRows)} inserted, ")
            .Append(CultureInfo.InvariantCulture, $"{ReportText.Number(result.UpdatedRows)} updated, {ReportText.Number(result.SkippedRows)} skipped, ")
            .Append(CultureInfo.InvariantCulture, $"{ReportText.Number(result.ChangedRows)} changed, {ReportText.Number(result.RejectedRows)} rejected, ")
            .Append(CultureInfo.InvariantCulture, $"{ReportText.Seconds(result.Duration)} seconds\n")
            .Append("    ").Append(line.Message).Append('\n');
    }

    private static void AppendFacts(StringBuilder text, IEnumerable<(string Name, string Value)> facts)
    {
        foreach (var (name, value) in facts)
        {
            text.Append((name + ":").PadRight(22)).Append(value).Append('\n');
        }
    }
}
