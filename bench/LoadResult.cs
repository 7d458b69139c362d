using System.Globalization;
using System.Management.Automation;

namespace SilverAudit.Bench;

/// <summary>What one EtlResult said. The type itself lives in the module's own load context, so it is read by property name.</summary>
internal sealed record LoadResult(string Status, bool Success, long SourceRows, long InsertedRows, long SkippedRows)
{
    public static LoadResult From(PSObject result)
    {
        return new LoadResult(
            Convert.ToString(Value("Status"), CultureInfo.InvariantCulture) ?? "",
            Convert.ToBoolean(Value("Success"), CultureInfo.InvariantCulture),
            Convert.ToInt64(Value("SourceRows"), CultureInfo.InvariantCulture),
            Convert.ToInt64(Value("InsertedRows"), CultureInfo.InvariantCulture),
            Convert.ToInt64(Value("SkippedRows"), CultureInfo.InvariantCulture));

        object? Value(string name) =>
            (result.Properties[name] ?? throw new BenchFailedException($"The result has no property {name}.")).Value;
    }
}
