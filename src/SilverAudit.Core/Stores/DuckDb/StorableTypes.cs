using System.Text.RegularExpressions;
using SilverAudit.Schema;

namespace SilverAudit.Stores.DuckDb;

/// <summary>
/// The types that a column added to the permanent table may have. The text of any other type holds names and values out of
/// the source, which never become part of a statement.
/// </summary>
internal static partial class StorableTypes
{
    public static string For(string sourceType) => sourceType switch
    {
        _ when Plain().IsMatch(sourceType) => sourceType,
        _ when sourceType.StartsWith("ENUM(", StringComparison.Ordinal) => AuditSchema.Text,
        _ => AuditSchema.Json,
    };

    [GeneratedRegex(
        @"^(VARCHAR|JSON|BOOLEAN|TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT|UTINYINT|USMALLINT|UINTEGER|UBIGINT|UHUGEINT|FLOAT|DOUBLE|DATE|TIME|TIMESTAMP|TIMESTAMP_S|TIMESTAMP_MS|TIMESTAMP_NS|TIMESTAMP WITH TIME ZONE|TIME WITH TIME ZONE|INTERVAL|UUID|BLOB|BIT|DECIMAL\(\d+,\s*\d+\))$",
        RegexOptions.CultureInvariant)]
    private static partial Regex Plain();
}
