using System.Collections;
using System.Management.Automation;

namespace SilverAudit.PowerShell;

/// <summary>
/// Takes the path of a source out of the objects that name one, such as results, comparisons and records of a file, and refuses
/// those that name none, before their text is taken for a path.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class SourcePathAttribute : ArgumentTransformationAttribute
{
    private static readonly string[] s_literalNames = ["LiteralPath", "PSPath", "FullName", "SourcePath", "Source"];

    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) =>
        (inputData is PSObject wrapped ? wrapped.BaseObject : inputData) switch
        {
            string or FileSystemInfo => inputData,
            Array many => many.Cast<object?>().Select(PathOf).ToArray(),
            _ => PathOf(inputData),
        };

    private static object? PathOf(object? item)
    {
        if (item is null || !IsRecord(item))
            return item;
        var record = PSObject.AsPSObject(item);
        foreach (var name in s_literalNames)
        {
            if (Text(record, name) is { } path)
                return WildcardPattern.Escape(path);
        }

        return Text(record, "Path") ?? throw new ArgumentTransformationMetadataException(
            $"An object of type {record.TypeNames[0]} is no path, and names none. Give paths, results and comparisons, or what Get-ChildItem gives.");
    }

    private static string? Text(PSObject record, string name) =>
        (record.BaseObject is IDictionary table ? table[name] : record.Properties[name]?.Value) switch
        {
            string text => text,
            PSObject { BaseObject: string text } => text,
            _ => null,
        };

    private static bool IsRecord(object item) =>
        (item is PSObject wrapped ? wrapped.BaseObject : item) is var value
        && (value is PSCustomObject or IDictionary || value.GetType().Assembly == typeof(EtlResult).Assembly);
}
