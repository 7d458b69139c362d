namespace SilverAudit;

/// <summary>Where sources are, as the configuration has it.</summary>
/// <param name="Pattern">A path with wildcards; what is not to be taken for one has a backtick before it.</param>
/// <param name="Path">The same as it reads, to be taken literally.</param>
public sealed record SourcePattern(string Pattern, string Path)
{
    /// <summary>The failure of a pattern that means no file.</summary>
    /// <param name="pattern">Full path with wildcards.</param>
    public static AuditException NewUnmatched(string pattern) => new(AuditErrorId.SourceNotFound, pattern,
        $"No file matches the pattern '{pattern}'. Check the path and that the pipeline has written its files.");
}
