using System.Text.Json;
using System.Text.Json.Serialization;

namespace SilverAudit.Stores.Isolation;

/// <summary>A failure on its way between processes. Of its cause only the message comes along.</summary>
internal sealed class AuditExceptionConverter : JsonConverter<AuditException>
{
    public override AuditException Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var content = JsonSerializer.Deserialize<Content>(ref reader, options)!;
        return new AuditException(
            content.ErrorId, content.Path, content.Message, content.Cause is { } cause ? new InvalidOperationException(cause) : null);
    }

    public override void Write(Utf8JsonWriter writer, AuditException value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(writer, new Content(value.ErrorId, value.Path, value.Message, value.InnerException?.Message), options);

    private sealed record Content(AuditErrorId ErrorId, string Path, string Message, string? Cause);
}
