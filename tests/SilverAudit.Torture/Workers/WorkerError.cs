namespace SilverAudit.Torture.Workers;

/// <summary>An error record.</summary>
/// <param name="Id">Its id, without the name of the cmdlet.</param>
/// <param name="Message">Its message.</param>
/// <param name="IsTerminating">True when it ended the script.</param>
public sealed record WorkerError(string Id, string Message, bool IsTerminating);
