namespace SilverAudit;

/// <summary>How to start a process for the engine. The name of a pipe follows as the last argument.</summary>
/// <param name="FileName">Full path of the program.</param>
/// <param name="Arguments">Its arguments.</param>
public sealed record EngineCommand(string FileName, IReadOnlyList<string> Arguments);
