using DuckDB.NET.Data;
using DuckDB.NET.Native;
using SilverAudit.Schema;

namespace SilverAudit.Stores.DuckDb;

/// <summary>Selects and reads columns so that every value the engine can hold arrives.</summary>
internal static class ValueReader
{
    /// <summary>The value in a type that <see cref="Read"/> takes; what is too rare to have a type of its own comes as text.</summary>
    public static string Select(string expression, AuditColumn column) => column.Type switch
    {
        AuditSchema.Text or AuditSchema.Json or AuditSchema.Timestamp or AuditSchema.Integer or "DOUBLE" or "FLOAT" or "BOOLEAN"
            or "BIGINT" or "SMALLINT" or "TINYINT" or "UUID" or "BLOB" => expression,
        _ => $"CAST({expression} AS VARCHAR)",
    };

    public static AuditValue Read(DuckDBDataReader row, int ordinal, AuditColumn column) =>
        new(column.Name, row.IsDBNull(ordinal) ? null : ReadValue(row, ordinal, column), column.IsJson);

    private static object ReadValue(DuckDBDataReader row, int ordinal, AuditColumn column) => column.Type switch
    {
        AuditSchema.Timestamp => ReadTimestamp(row.GetFieldValue<DuckDBTimestamp>(ordinal), column),
        "BLOB" => ReadBytes(row.GetStream(ordinal)),
        _ => row.GetValue(ordinal),
    };

    // The engine's timestamps reach further than those of .NET.
    private static object ReadTimestamp(DuckDBTimestamp value, AuditColumn column)
    {
        if (value.IsInfinity)
            return value.IsPositiveInfinity ? "infinity" : "-infinity";
        try
        {
            var kind = column.IsNamed(AuditSchema.ProcessingTimestamp) ? DateTimeKind.Utc : DateTimeKind.Unspecified;
            return DateTime.SpecifyKind(value.ToDateTime(), kind);
        }
        catch (ArgumentOutOfRangeException)
        {
            return $"{value.Date} {value.Time}";
        }
    }

    private static byte[] ReadBytes(Stream stream)
    {
        using (stream)
        using (var buffer = new MemoryStream())
        {
            stream.CopyTo(buffer);
            return buffer.ToArray();
        }
    }
}
