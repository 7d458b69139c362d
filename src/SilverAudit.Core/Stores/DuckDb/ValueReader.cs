using System.Globalization;
using DuckDB.NET.Data;
using SilverAudit.Schema;

namespace SilverAudit.Stores.DuckDb;

/// <summary>Selects and reads columns so that every value the engine can hold arrives.</summary>
internal static class ValueReader
{
    private static readonly string[] s_timestampFormats = ["yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd HH:mm:ss.FFFFFF"];

    /// <summary>The value in a type that <see cref="Read"/> takes; what is too rare to have a type of its own comes as text.</summary>
    public static string Select(string expression, AuditColumn column) => column.Type switch
    {
        AuditSchema.Text or AuditSchema.Json or AuditSchema.Integer or "DOUBLE" or "FLOAT" or "BOOLEAN"
            or "BIGINT" or "SMALLINT" or "TINYINT" or "UUID" or "BLOB" => expression,
        _ => ExactValues.Text(column.Type, expression),
    };

    public static AuditValue Read(DuckDBDataReader row, int ordinal, AuditColumn column) =>
        new(column.Name, row.IsDBNull(ordinal) ? null : ReadValue(row, ordinal, column), column.IsJson);

    /// <summary>All bytes of a value.</summary>
    public static byte[] ReadBytes(Stream stream)
    {
        using (stream)
        using (var buffer = new MemoryStream())
        {
            stream.CopyTo(buffer);
            return buffer.ToArray();
        }
    }

    private static object ReadValue(DuckDBDataReader row, int ordinal, AuditColumn column) => column.Type switch
    {
        AuditSchema.Timestamp => ReadTimestamp(row.GetString(ordinal), column),
        "BLOB" => ReadBytes(row.GetStream(ordinal)),
        _ => row.GetValue(ordinal),
    };

    // The engine's timestamps reach further than those of .NET, to both infinities; those stay the text that they are.
    private static object ReadTimestamp(string text, AuditColumn column)
    {
        var kind = column.IsNamed(AuditSchema.ProcessingTimestamp) ? DateTimeKind.Utc : DateTimeKind.Unspecified;
        return DateTime.TryParseExact(text, s_timestampFormats, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            ? DateTime.SpecifyKind(time, kind)
            : text;
    }
}
