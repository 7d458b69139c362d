using System.Globalization;
using System.Management.Automation;

namespace SilverAudit.PowerShell;

/// <summary>Reads results of sources as they come down a pipeline.</summary>
internal static class EtlResultObject
{
    private const string FromElsewhere = "Deserialized.SilverAudit.EtlResult";
    private const string SummaryFromElsewhere = "Deserialized.SilverAudit.EtlSummary";

    /// <summary>The result that an object is, or was before it came out of a job, a remote session or a file; null for anything else.</summary>
    public static EtlResult? Read(PSObject input) => input switch
    {
        { BaseObject: EtlResult result } => result,
        _ when input.TypeNames.Contains(FromElsewhere) => Rebuild(input),
        _ => null,
    };

    /// <summary>What failed besides the sources, where an object is the summary of a batch; null for anything else.</summary>
    public static IReadOnlyList<string>? ReadProblems(PSObject input) => input switch
    {
        { BaseObject: EtlSummary summary } => summary.Problems,
        _ when input.TypeNames.Contains(SummaryFromElsewhere) =>
            [.. LanguagePrimitives.GetEnumerable(input.Properties[nameof(EtlSummary.Problems)]?.Value)?.Cast<object>().Select(problem => problem.ToString()!) ?? []],
        _ => null,
    };

    private static EtlResult Rebuild(PSObject input) => new()
    {
        RunId = Value<Guid>(input, nameof(EtlResult.RunId)),
        Source = Value<string>(input, nameof(EtlResult.Source)),
        SourceTable = Value<string>(input, nameof(EtlResult.SourceTable)),
        Destination = Value<string>(input, nameof(EtlResult.Destination)),
        DestinationTable = Value<string>(input, nameof(EtlResult.DestinationTable)),
        Status = Value<EtlStatus>(input, nameof(EtlResult.Status)),
        Message = Value<string>(input, nameof(EtlResult.Message)),
        SourceRows = Value<long>(input, nameof(EtlResult.SourceRows)),
        InsertedRows = Value<long>(input, nameof(EtlResult.InsertedRows)),
        UpdatedRows = Value<long>(input, nameof(EtlResult.UpdatedRows)),
        SkippedRows = Value<long>(input, nameof(EtlResult.SkippedRows)),
        ChangedRows = Value<long>(input, nameof(EtlResult.ChangedRows)),
        RejectedRows = Value<long>(input, nameof(EtlResult.RejectedRows)),
        DestinationRows = Value<long?>(input, nameof(EtlResult.DestinationRows)),
        StartedAt = Value<DateTime>(input, nameof(EtlResult.StartedAt)),
        Duration = Value<TimeSpan>(input, nameof(EtlResult.Duration)),
        ErrorId = Value<string?>(input, nameof(EtlResult.ErrorId)),
        Error = Value<string?>(input, nameof(EtlResult.Error)),
    };

    private static T Value<T>(PSObject input, string name) =>
        input.Properties[name]?.Value is { } value ? (T)LanguagePrimitives.ConvertTo(value, typeof(T), CultureInfo.InvariantCulture) : default!;
}
