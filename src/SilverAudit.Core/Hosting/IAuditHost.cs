namespace SilverAudit;

/// <summary>
/// What Core needs of whoever runs it. All members are called on the thread that called Core, never on another.
/// </summary>
public interface IAuditHost
{
    /// <summary>False when messages of the given importance go nowhere, so that they need not be made.</summary>
    /// <param name="level">The importance.</param>
    bool IsListening(HostMessageLevel level);

    /// <summary>Passes on a message of the given importance.</summary>
    /// <param name="level">The importance, which decides the stream.</param>
    /// <param name="message">One line of text.</param>
    void Write(HostMessageLevel level, string message);

    /// <summary>Shows how far long work has come.</summary>
    /// <param name="activity">What is being done, such as a file name.</param>
    /// <param name="status">The step it has reached.</param>
    /// <param name="percent">From 0 to 100, or -1 when it is not known.</param>
    void ShowProgress(string activity, string status, int percent);
}
