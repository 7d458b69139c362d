using System.Globalization;
using System.Management.Automation;

namespace SilverAudit.PowerShell;

/// <summary>Takes a number, as the shell makes it of 512MB, for bytes.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class MemoryAttribute : ArgumentTransformationAttribute
{
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) =>
        (inputData is PSObject wrapped ? wrapped.BaseObject : inputData) switch
        {
            int number => number.ToString(CultureInfo.InvariantCulture) + "B",
            long number => number.ToString(CultureInfo.InvariantCulture) + "B",
            _ => inputData,
        };
}
