namespace SilverAudit.Core.Tests;

/// <summary>A host that nobody listens to.</summary>
internal sealed class SilentHost : IAuditHost
{
    public bool IsListening(HostMessageLevel level) => false;

    public void Write(HostMessageLevel level, string message)
    {
    }

    public void ShowProgress(string activity, string status, int percent)
    {
    }
}
