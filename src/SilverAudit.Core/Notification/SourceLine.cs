namespace SilverAudit.Notification;

/// <summary>One source in a report, its texts made fit to be printed.</summary>
internal sealed record SourceLine(EtlResult Result)
{
    public string Source { get; } = Printable.OnOneLine(Result.Source);

    /// <summary>What happened: the status in words, or the error with its identifier.</summary>
    public string Message { get; } = Printable.OnOneLine(
        Result.Success ? Result.Message : $"{Result.ErrorId ?? "Error"}: {Result.Error ?? Result.Message}");
}
