namespace SilverAudit.Torture;

/// <summary>Something happened that must never happen.</summary>
public sealed class BrokenPromiseException(string message, Exception? innerException = null) : Exception(message, innerException);
