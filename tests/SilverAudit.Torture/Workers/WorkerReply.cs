using System.Text.Json.Serialization;

namespace SilverAudit.Torture.Workers;

/// <summary>What a script wrote.</summary>
/// <param name="Output">Each object's properties as text.</param>
/// <param name="Errors">The error records.</param>
/// <param name="Warnings">The warnings.</param>
public sealed record WorkerReply(
    IReadOnlyList<IReadOnlyDictionary<string, string?>> Output, IReadOnlyList<WorkerError> Errors, IReadOnlyList<string> Warnings)
{
    /// <summary>The only object.</summary>
    [JsonIgnore]
    public IReadOnlyDictionary<string, string?> Single => Output.Count == 1 ? Output[0] : throw new BrokenPromiseException($"There are {Output.Count} results.");

    /// <summary>The messages of all errors; empty when there are none.</summary>
    [JsonIgnore]
    public string ErrorText => string.Join("; ", Errors.Select(error => error.Message));
}
