namespace SilverAudit.Bench;

internal sealed record ModuleRun(TimeSpan Elapsed, IReadOnlyList<LoadResult> Results)
{
    /// <summary>Throws unless every source succeeded and the counts add up to these.</summary>
    public ModuleRun Expect(int sources, long inserted, long skipped)
    {
        var failed = Results.FirstOrDefault(result => !result.Success);
        if (failed is not null)
            throw new BenchFailedException($"A source ended as {failed}.");

        var actual = (Results.Count, Results.Sum(result => result.InsertedRows), Results.Sum(result => result.SkippedRows));
        return actual == (sources, inserted, skipped)
            ? this
            : throw new BenchFailedException(
                $"Expected {(sources, inserted, skipped)} for sources, inserted and skipped rows, and got {actual}.");
    }
}
