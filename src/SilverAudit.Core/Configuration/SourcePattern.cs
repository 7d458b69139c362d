namespace SilverAudit;

/// <summary>Where sources are, as the configuration has it.</summary>
/// <param name="Pattern">A path with wildcards; what is not to be taken for one has a backtick before it.</param>
/// <param name="Path">The same as it reads, to be taken literally.</param>
public sealed record SourcePattern(string Pattern, string Path);
