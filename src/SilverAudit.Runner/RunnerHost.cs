using System.Globalization;
using System.Management.Automation.Host;
using System.Reflection;

namespace SilverAudit.Runner;

/// <summary>What the engine asks of the program that it runs in.</summary>
internal sealed class RunnerHost(bool interactive) : PSHost
{
    public override string Name => "SilverAudit.Runner";

    public override Version Version { get; } = Assembly.GetExecutingAssembly().GetName().Version!;

    public override Guid InstanceId { get; } = Guid.NewGuid();

    public override CultureInfo CurrentCulture { get; } = CultureInfo.CurrentCulture;

    public override CultureInfo CurrentUICulture { get; } = CultureInfo.CurrentUICulture;

    public override RunnerUserInterface UI { get; } = new(interactive);

    /// <summary>The n of an <c>exit n</c> in the command itself.</summary>
    public int? RequestedExitCode { get; private set; }

    public override void SetShouldExit(int exitCode) => RequestedExitCode = exitCode;

    public override void EnterNestedPrompt() =>
        throw new NotSupportedException("There is no prompt to suspend to: answer yes or no.");

    public override void ExitNestedPrompt() => throw new NotSupportedException();

    public override void NotifyBeginApplication()
    {
    }

    public override void NotifyEndApplication()
    {
    }
}
