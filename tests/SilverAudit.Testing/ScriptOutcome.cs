using System.Management.Automation;

namespace SilverAudit.Testing;

/// <summary>Everything that a script wrote.</summary>
public sealed record ScriptOutcome(
    IReadOnlyList<PSObject> Output,
    IReadOnlyList<ErrorRecord> Errors,
    IReadOnlyList<string> Warnings,
    IReadOnlyList<string> Verbose,
    IReadOnlyList<string> Debug,
    IReadOnlyList<string> Information,
    IReadOnlyList<string> Progress,
    ErrorRecord? Terminating)
{
    /// <summary>The id of the only error, without the name of the cmdlet behind it.</summary>
    public string ErrorId => Assert.Single(Errors).FullyQualifiedErrorId.Split(',')[0];
}
