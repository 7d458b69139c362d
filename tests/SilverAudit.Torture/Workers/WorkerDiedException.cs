namespace SilverAudit.Torture.Workers;

/// <summary>A worker ended in the middle of a script.</summary>
public sealed class WorkerDiedException(int exitCode, string lastWords) : Exception($"The process ended with {exitCode}. Its last words: {lastWords}")
{
    public int ExitCode { get; } = exitCode;
}
