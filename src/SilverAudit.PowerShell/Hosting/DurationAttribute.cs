using System.Globalization;
using System.Management.Automation;

namespace SilverAudit.PowerShell;

/// <summary>
/// Refuses a time span that is none: zero, backwards, or a number, which would be taken for ticks, and as text for days.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class DurationAttribute : ArgumentTransformationAttribute
{
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        var value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        if (value is not (null or TimeSpan) && decimal.TryParse(Convert.ToString(value, CultureInfo.InvariantCulture), NumberStyles.Float, CultureInfo.InvariantCulture, out _))
            throw new ArgumentTransformationMetadataException($"{value} has no unit. Give a time span, such as 1.06:00:00 for 30 hours, or (New-TimeSpan -Hours 30).");
        if (LanguagePrimitives.TryConvertTo<TimeSpan>(value, CultureInfo.InvariantCulture, out var duration) && duration <= TimeSpan.Zero)
            throw new ArgumentTransformationMetadataException("The time span must be longer than zero, such as 1.06:00:00 for 30 hours.");
        return inputData;
    }
}
