namespace SilverAudit.Runner;

/// <summary>The exit codes of pwsh that are not the script's own.</summary>
internal static class ExitCode
{
    public const int Success = 0;
    public const int Failure = 1;
    public const int BadCommandLine = 64;
    public const int Interrupted = 130;
}
