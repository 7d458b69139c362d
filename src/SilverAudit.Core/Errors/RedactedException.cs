namespace SilverAudit;

/// <summary>Stands in for an exception whose texts hold a secret: its type by name, its message and its cause without the secret.</summary>
internal sealed class RedactedException : Exception
{
    private readonly string _text;

    private RedactedException(Exception original, string text)
        : base(Secrets.Redact(original.Message), For(original.InnerException)) => _text = text;

    /// <summary>Returns the exception itself where none of its texts holds a secret.</summary>
    public static Exception? For(Exception? original)
    {
        if (original?.ToString() is not { } text)
            return null;
        var redacted = Secrets.Redact(text);
        return redacted == text && Secrets.Redact(original.Message) == original.Message ? original : new RedactedException(original, redacted);
    }

    /// <inheritdoc/>
    public override string ToString() => _text;
}
