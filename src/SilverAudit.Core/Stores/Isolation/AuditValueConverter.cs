using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace SilverAudit.Stores.Isolation;

/// <summary>A value on its way between processes, with its type, so that it arrives as what it was.</summary>
internal sealed class AuditValueConverter : JsonConverter<AuditValue>
{
    public override AuditValue Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var content = JsonSerializer.Deserialize<Content>(ref reader, options)!;
        return new AuditValue(content.Column, content.Text is { } text ? Parse(content.Type, text) : null, content.IsJson);
    }

    public override void Write(Utf8JsonWriter writer, AuditValue value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(
            writer,
            new Content(value.Column, value.Value is null ? TypeCode.Empty : CodeOf(value.Value), Format(value.Value), value.IsJson),
            options);

    // Guid and byte[] have no code of their own; of those that nothing else uses, these two take one each.
    private static TypeCode CodeOf(object value) => value switch
    {
        Guid => TypeCode.DBNull,
        byte[] => TypeCode.Object,
        _ => Type.GetTypeCode(value.GetType()),
    };

    private static string? Format(object? value) => value switch
    {
        null => null,
        byte[] bytes => Convert.ToBase64String(bytes),
        DateTime time => time.ToString("O", CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture),
    };

    private static object Parse(TypeCode type, string text) => type switch
    {
        TypeCode.DBNull => Guid.Parse(text),
        TypeCode.Object => Convert.FromBase64String(text),
        TypeCode.DateTime => DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind),
        _ => Convert.ChangeType(text, type, CultureInfo.InvariantCulture),
    };

    private sealed record Content(string Column, TypeCode Type, string? Text, bool IsJson);
}
