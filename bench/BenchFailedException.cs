namespace SilverAudit.Bench;

/// <summary>A run gave a wrong result, so its time means nothing.</summary>
internal sealed class BenchFailedException(string message) : Exception(message);
