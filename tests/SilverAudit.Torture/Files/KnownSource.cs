namespace SilverAudit.Torture.Files;

/// <summary>A source of which it is known what a run of it has to leave in the store.</summary>
/// <param name="Path">Full path of the file.</param>
/// <param name="LoadIds">The loads that are in the store once a run of the source has succeeded; none when it can't.</param>
/// <param name="IsRescued">True when each of its loads has values that the permanent table lacks a column for, and that are filed.</param>
public sealed record KnownSource(string Path, IReadOnlySet<string> LoadIds, bool IsRescued);
