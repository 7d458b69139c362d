namespace SilverAudit.Stores.Isolation;

/// <summary>The process that ran the engine has ended in the middle of its work.</summary>
internal sealed class EngineEndedException(string message) : Exception(message);
