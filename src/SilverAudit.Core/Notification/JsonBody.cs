using System.Text.Json;
using System.Text.Json.Serialization;

namespace SilverAudit.Notification;

/// <summary>A report as JSON: a text that chats show, and the same in parts for programs.</summary>
internal static class JsonBody
{
    private static readonly JsonSerializerOptions s_options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Converters = { new JsonStringEnumConverter() },
    };

    public static byte[] Of(NotificationReport report) => JsonSerializer.SerializeToUtf8Bytes(
        new
        {
            Text = TextBody.ForChat(report),
            report.Subject,
            report.Success,
            report.StartedAt,
            report.EndedAt,
            DurationSeconds = report.Duration.TotalSeconds,
            NotificationReport.Computer,
            Summary = new
            {
                TotalSources = report.Sources,
                Successful = report.Sources - report.FailedSources,
                Failed = report.FailedSources,
                report.InsertedRows,
                report.UpdatedRows,
                report.SkippedRows,
                report.ChangedRows,
                report.RejectedRows,
            },
            report.Problems,
            Results = report.Lines.Select(line => Describe(line.Result)),
            OmittedResults = report.OmittedLines,
        },
        s_options);

    private static object Describe(EtlResult result) => new
    {
        result.RunId,
        Source = Secrets.Redact(result.Source),
        SourceTable = Secrets.Redact(result.SourceTable),
        Destination = Secrets.Redact(result.Destination),
        DestinationTable = Secrets.Redact(result.DestinationTable),
        result.Status,
        result.Success,
        result.Message,
        result.SourceRows,
        result.InsertedRows,
        result.UpdatedRows,
        result.SkippedRows,
        result.ChangedRows,
        result.RejectedRows,
        result.DestinationRows,
        result.StartedAt,
        DurationSeconds = result.Duration.TotalSeconds,
        result.ErrorId,
        Error = result.Error is null ? null : Secrets.Redact(result.Error),
    };
}
