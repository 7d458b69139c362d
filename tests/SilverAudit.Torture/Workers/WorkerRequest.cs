namespace SilverAudit.Torture.Workers;

/// <summary>A script for a worker to run.</summary>
/// <param name="Script">The script.</param>
/// <param name="Arguments">For <c>$args</c>.</param>
/// <param name="Location">The folder to run it in.</param>
/// <param name="Watched">True to be told of each message of the information and debug streams at once.</param>
public sealed record WorkerRequest(string Script, IReadOnlyList<string> Arguments, string Location, bool Watched);
