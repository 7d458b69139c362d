using System.Globalization;

namespace SilverAudit.Stores.Isolation;

/// <summary>The process that ran the engine has ended in the middle of its work.</summary>
internal sealed class EngineEndedException(string message) : Exception(message)
{
    /// <summary>How long the process was silent, if it was ended for that; null when it has ended by itself, or on demand.</summary>
    public TimeSpan? Silence { get; private init; }

    public static EngineEndedException ForSilence(TimeSpan silence) =>
        new($"it gave no sign of life for {silence.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture)} seconds and was ended") { Silence = silence };
}
