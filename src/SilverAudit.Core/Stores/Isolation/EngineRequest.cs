using System.Text.Json.Serialization;

namespace SilverAudit.Stores.Isolation;

/// <summary>What a store asks of the process that runs its engine: the members of <see cref="IAuditStore"/>, and little else.</summary>
[JsonDerivedType(typeof(Open), "open")]
[JsonDerivedType(typeof(Load), "load")]
[JsonDerivedType(typeof(ReadLoads), "readLoads")]
[JsonDerivedType(typeof(Compare), "compare")]
[JsonDerivedType(typeof(Summarize), "summarize")]
[JsonDerivedType(typeof(FindStagingTables), "findStagingTables")]
[JsonDerivedType(typeof(RemoveStagingTable), "removeStagingTable")]
[JsonDerivedType(typeof(RecordFailure), "recordFailure")]
[JsonDerivedType(typeof(Stop), "stop")]
[JsonDerivedType(typeof(Close), "close")]
internal abstract record EngineRequest
{
    /// <summary>Always the first.</summary>
    /// <param name="Options">Which store.</param>
    /// <param name="Wanted">The messages that somebody listens to.</param>
    public sealed record Open(StoreOptions Options, IReadOnlyList<HostMessageLevel> Wanted) : EngineRequest;

    public sealed record Load(string SourcePath, EtlOptions Options) : EngineRequest;

    public sealed record ReadLoads(LoadFilter Filter) : EngineRequest;

    public sealed record Compare(string SourcePath, ComparisonOptions Options) : EngineRequest;

    public sealed record Summarize(string SourcePath, ComparisonOptions Options) : EngineRequest;

    public sealed record FindStagingTables : EngineRequest;

    public sealed record RemoveStagingTable(StagingTable Table, bool Force) : EngineRequest;

    public sealed record RecordFailure(EtlResult Failed, EtlOptions Options) : EngineRequest;

    /// <summary>Ends the request that is being worked on. It is answered by that request's last reply, not by one of its own.</summary>
    public sealed record Stop : EngineRequest;

    /// <summary>Always the last: frees the store.</summary>
    public sealed record Close : EngineRequest;
}
