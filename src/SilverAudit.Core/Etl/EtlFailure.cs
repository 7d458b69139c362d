namespace SilverAudit;

/// <summary>A source that failed, and why.</summary>
/// <param name="Source">Full path of the source file.</param>
/// <param name="ErrorId">The stable identifier of the failure.</param>
/// <param name="Error">What went wrong and what to do next.</param>
public sealed record EtlFailure(string Source, string ErrorId, string Error)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Path.GetFileName(Source)}: {ErrorId}";
}
