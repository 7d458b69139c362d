namespace SilverAudit;

/// <summary>A failure that says what happened, where, and what to do next. What looks like a secret is taken out of all its texts.</summary>
public sealed class AuditException : Exception
{
    /// <summary>Creates the failure.</summary>
    /// <param name="errorId">The stable identifier.</param>
    /// <param name="path">The file concerned.</param>
    /// <param name="message">What happened and what to do next.</param>
    /// <param name="innerException">The cause, if another exception was.</param>
    public AuditException(AuditErrorId errorId, string path, string message, Exception? innerException = null)
        : base(VisibleText.Of(message), RedactedException.For(innerException))
    {
        ErrorId = errorId;
        Path = Secrets.Redact(path);
    }

    /// <summary>The stable identifier.</summary>
    public AuditErrorId ErrorId { get; }

    /// <summary>The file concerned; where its name looks like it holds a secret, not a path to open it by.</summary>
    public string Path { get; }

    /// <summary>True when the same call may succeed later without any change by the user.</summary>
    public bool IsTransient => ErrorId is AuditErrorId.SourceLocked or AuditErrorId.StoreLocked;

    /// <summary>True when the engine can't go on with the database it has open.</summary>
    internal bool InvalidatesEngine { get; init; }

    /// <summary>True when the store should be closed and opened anew, unless somebody else works on it.</summary>
    internal bool WantsNewOpening { get; init; }
}
