using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace SilverAudit.PowerShell;

/// <summary>Offers the statuses that a run in the history can have.</summary>
public sealed class RunStatusCompleter : IArgumentCompleter
{
    // A plan is not recorded.
    internal static IReadOnlyList<string> Statuses { get; } =
        [.. Enum.GetValues<EtlStatus>().Where(status => status is not EtlStatus.Planned).Select(status => status.ToString()), AuditRun.Undo];

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        var pattern = WildcardPattern.Get(wordToComplete + "*", WildcardOptions.IgnoreCase);
        return Statuses.Where(pattern.IsMatch).Select(status => new CompletionResult(status));
    }
}
