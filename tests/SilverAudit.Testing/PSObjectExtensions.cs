using System.Management.Automation;

namespace SilverAudit.Testing;

/// <summary>Reads properties as a script would.</summary>
public static class PSObjectExtensions
{
    public static object? Value(this PSObject target, string property)
    {
        var value = target.Properties[property] ?? throw new ArgumentException($"No property '{property}'.", nameof(property));
        return value.Value is PSObject { BaseObject: not PSCustomObject } wrapped ? wrapped.BaseObject : value.Value;
    }

    public static T Value<T>(this PSObject target, string property) => (T)LanguagePrimitives.ConvertTo(target.Value(property), typeof(T), System.Globalization.CultureInfo.InvariantCulture);

    public static string Text(this PSObject target, string property) => target.Value(property)?.ToString() ?? "";

    /// <summary>SourceRows, InsertedRows, UpdatedRows, SkippedRows, ChangedRows, RejectedRows.</summary>
    public static (long Source, long Inserted, long Updated, long Skipped, long Changed, long Rejected) Counts(this PSObject result) =>
        (result.Value<long>("SourceRows"), result.Value<long>("InsertedRows"), result.Value<long>("UpdatedRows"),
         result.Value<long>("SkippedRows"), result.Value<long>("ChangedRows"), result.Value<long>("RejectedRows"));
}
