using System.Text.Json;

namespace SilverAudit.Stores.Isolation;

/// <summary>Requests and replies between two processes: one JSON text a line.</summary>
internal sealed class EngineChannel : IDisposable
{
    private static readonly JsonSerializerOptions s_options = new() { Converters = { new AuditExceptionConverter(), new AuditValueConverter() } };

    private readonly StreamReader _reader;
    private readonly StreamWriter _writer;
    private readonly object _writing = new();

    public EngineChannel(Stream stream)
    {
        _reader = new StreamReader(stream);
        _writer = new StreamWriter(stream);
    }

    public static JsonElement ToElement(object value) => JsonSerializer.SerializeToElement(value, value.GetType(), s_options);

    public static T FromElement<T>(JsonElement element) => element.Deserialize<T>(s_options)!;

    /// <summary>Sends a message. May be called from any thread.</summary>
    /// <exception cref="IOException">The other side is gone.</exception>
    public void Send<T>(T message)
    {
        var line = JsonSerializer.Serialize(message, s_options);
        lock (_writing)
        {
            _writer.WriteLine(line);
            _writer.Flush();
        }
    }

    /// <summary>Waits for the next message; null when the other side is gone.</summary>
    public T? Receive<T>()
        where T : class
    {
        try
        {
            return _reader.ReadLine() is { } line ? JsonSerializer.Deserialize<T>(line, s_options) : null;
        }
        catch (Exception failure) when (failure is IOException or JsonException or ObjectDisposedException)
        {
            return null; // Broken off, in the middle of a line perhaps.
        }
    }

    public void Dispose()
    {
        try
        {
            _writer.Dispose();
        }
        catch (IOException)
        {
            // Nobody is left to take what was not sent yet.
        }

        _reader.Dispose();
    }
}
