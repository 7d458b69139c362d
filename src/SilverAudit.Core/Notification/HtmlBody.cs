using System.Globalization;
using System.Net;
using System.Text;

namespace SilverAudit.Notification;

/// <summary>A report as HTML, with its styles in place, for mail programs keep no style sheet.</summary>
internal static class HtmlBody
{
    private const string Cell = "border:1px solid #ccc;padding:4px 8px";
    private const string Good = "#1b5e20";
    private const string Bad = "#b71c1c";

    private static readonly string[] s_columns = ["Source", "Status", "Rows", "Inserted", "Updated", "Skipped", "Changed", "Rejected", "Seconds", "Message"];

    public static string Of(NotificationReport report)
    {
        var html = new StringBuilder();
        html.Append("<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>").Append(Encode(report.Subject)).Append("</title></head>\n")
            .Append("<body style=\"font-family:sans-serif;font-size:14px\">\n")
            .Append(CultureInfo.InvariantCulture, $"<h2 style=\"color:{(report.Success ? Good : Bad)}\">").Append(Encode(ReportText.Outcome(report))).Append("</h2>\n");
        AppendFacts(html, ReportText.Facts(report));
        html.Append("<h3>Batch summary</h3>\n");
        AppendFacts(html, ReportText.Summary(report));
        AppendProblems(html, report);
        html.Append("<h3>Sources</h3>\n<table style=\"border-collapse:collapse\">\n<tr>");
        foreach (var column in s_columns)
        {
            html.Append(CultureInfo.InvariantCulture, $"<th style=\"{Cell};background:#eee;text-align:left\">{column}</th>");
        }

        html.Append("</tr>\n");
        foreach (var line in report.Lines)
        {
            AppendSource(html, line);
        }

        html.Append("</table>\n");
        if (report.OmittedLines > 0)
            html.Append("<p>").Append(Encode(ReportText.Omitted(report))).Append("</p>\n");
        return html.Append("</body>\n</html>\n").ToString();
    }

    private static void AppendProblems(StringBuilder html, NotificationReport report)
    {
        if (report.Problems.Count == 0)
            return;
        html.Append("<h3>After loading</h3>\n<ul>\n");
        foreach (var problem in report.Problems)
        {
            html.Append(CultureInfo.InvariantCulture, $"<li style=\"color:{Bad}\">").Append(Encode(problem)).Append("</li>\n");
        }

        html.Append("</ul>\n");
    }

    private static void AppendFacts(StringBuilder html, IEnumerable<(string Name, string Value)> facts)
    {
        html.Append("<table style=\"border-collapse:collapse\">\n");
        foreach (var (name, value) in facts)
        {
            html.Append(CultureInfo.InvariantCulture, $"<tr><td style=\"{Cell}\">").Append(Encode(name.Trim()))
                .Append(CultureInfo.InvariantCulture, $"</td><td style=\"{Cell}\">").Append(Encode(value)).Append("</td></tr>\n");
        }

        html.Append("</table>\n");
    }

    private static void AppendSource(StringBuilder html, SourceLine line)
    {
        var result = line.Result;
        html.Append("<tr>");
        AppendCell(html, line.Source);
        html.Append(CultureInfo.InvariantCulture, $"<td style=\"{Cell};color:{(result.Success ? Good : Bad)}\">").Append(Encode(result.Status.ToString())).Append("</td>");
        foreach (var count in (long[])[result.SourceRows, result.InsertedRows, result.UpdatedRows, result.SkippedRows, result.ChangedRows, result.RejectedRows])
        {
            AppendCell(html, ReportText.Number(count), "right");
        }

        AppendCell(html, ReportText.Seconds(result.Duration), "right");
        AppendCell(html, line.Message);
        html.Append("</tr>\n");
    }

    private static void AppendCell(StringBuilder html, string text, string alignment = "left") =>
        html.Append(CultureInfo.InvariantCulture, $"<td style=\"{Cell};text-align:{alignment}\">").Append(Encode(text)).Append("</td>");

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}
