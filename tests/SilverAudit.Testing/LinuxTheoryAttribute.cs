namespace SilverAudit.Testing;

/// <summary>A theory about something that only Linux offers a test.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LinuxTheoryAttribute : TheoryAttribute
{
    public LinuxTheoryAttribute(string reason)
    {
        if (!OperatingSystem.IsLinux())
            Skip = reason;
    }
}
