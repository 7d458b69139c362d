using System.Text.Json;
using System.Text.Json.Serialization;

namespace SilverAudit.Stores.Isolation;

/// <summary>
/// What the process says that runs the engine. To a request there is any number of messages, heartbeats and items, then one of the
/// last three.
/// </summary>
[JsonDerivedType(typeof(Message), "message")]
[JsonDerivedType(typeof(Progress), "progress")]
[JsonDerivedType(typeof(Heartbeat), "heartbeat")]
[JsonDerivedType(typeof(Item), "item")]
[JsonDerivedType(typeof(Completed), "completed")]
[JsonDerivedType(typeof(Stopped), "stopped")]
[JsonDerivedType(typeof(Failed), "failed")]
internal abstract record EngineReply
{
    public sealed record Message(HostMessageLevel Level, string Text) : EngineReply;

    public sealed record Progress(string Activity, string Status, int Percent) : EngineReply;

    /// <summary>Says that the engine has come further, for those who wait.</summary>
    public sealed record Heartbeat : EngineReply;

    /// <summary>One object of what was asked for.</summary>
    public sealed record Item(JsonElement Value) : EngineReply;

    public sealed record Completed : EngineReply;

    public sealed record Stopped : EngineReply;

    public sealed record Failed(AuditException Failure) : EngineReply;
}
