using System.Management.Automation;

namespace SilverAudit.PowerShell;

/// <summary>Refuses a time span that is none: zero, or backwards.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ValidateDurationAttribute : ValidateArgumentsAttribute
{
    protected override void Validate(object? arguments, EngineIntrinsics engineIntrinsics)
    {
        if (arguments is TimeSpan duration && duration <= TimeSpan.Zero)
            throw new ValidationMetadataException("The time span must be longer than zero, such as 1.06:00:00 for 30 hours.");
    }
}
