namespace SilverAudit.Bench;

/// <summary>A row of the closing table.</summary>
internal sealed record Measurement(int Number, string Experiment, string Ours, string Bare, string Ratio, string Target)
{
    public const string MarkdownHead = """
        | experiment | ours | bare | ratio | target |
        |---|---|---|---|---|
        """;

    public string ToMarkdown() => $"| {Experiment} | {Ours} | {Bare} | {Ratio} | {Target} |";
}
