using System.Text.Json.Serialization;
using SilverAudit.Stores.DuckDb;

namespace SilverAudit.Stores.Isolation;

/// <summary>
/// What a store asks of the process that runs its engine: the members of <see cref="IAuditStore"/>, and little else. Each says
/// itself what is done with the store on the other side.
/// </summary>
[JsonDerivedType(typeof(Open), "open")]
[JsonDerivedType(typeof(Load), "load")]
[JsonDerivedType(typeof(ReadLoads), "readLoads")]
[JsonDerivedType(typeof(Compare), "compare")]
[JsonDerivedType(typeof(Summarize), "summarize")]
[JsonDerivedType(typeof(Archive), "archive")]
[JsonDerivedType(typeof(FindStagingTables), "findStagingTables")]
[JsonDerivedType(typeof(RemoveStagingTable), "removeStagingTable")]
[JsonDerivedType(typeof(ReadRuns), "readRuns")]
[JsonDerivedType(typeof(SummarizeRuns), "summarizeRuns")]
[JsonDerivedType(typeof(Check), "check")]
[JsonDerivedType(typeof(Undo), "undo")]
[JsonDerivedType(typeof(ReadHealth), "readHealth")]
[JsonDerivedType(typeof(Backup), "backup")]
[JsonDerivedType(typeof(Optimize), "optimize")]
[JsonDerivedType(typeof(Export), "export")]
[JsonDerivedType(typeof(RecordFailure), "recordFailure")]
[JsonDerivedType(typeof(Release), "release")]
[JsonDerivedType(typeof(Stop), "stop")]
[JsonDerivedType(typeof(Close), "close")]
internal abstract record EngineRequest
{
    /// <summary>Does what is asked for and returns the objects to answer with.</summary>
    /// <param name="store">The store that was opened.</param>
    /// <param name="stop">Ends the work.</param>
    public virtual IEnumerable<object> Execute(DuckDbStore store, CancellationToken stop) =>
        throw new InvalidOperationException($"The request {this} has no meaning here.");

    /// <summary>Always the first.</summary>
    /// <param name="Options">Which store.</param>
    /// <param name="Wanted">The messages that somebody listens to.</param>
    public sealed record Open(StoreOptions Options, IReadOnlyList<HostMessageLevel> Wanted) : EngineRequest;

    public sealed record Load(string SourcePath, EtlOptions Options) : EngineRequest
    {
        public override IEnumerable<object> Execute(DuckDbStore store, CancellationToken stop) => [store.Load(SourcePath, Options, stop)];
    }

    public sealed record ReadLoads(LoadFilter Filter) : EngineRequest
    {
        public override IEnumerable<object> Execute(DuckDbStore store, CancellationToken stop) => store.ReadLoads(Filter, stop);
    }

    public sealed record Compare(string SourcePath, ComparisonOptions Options) : EngineRequest
    {
        public override IEnumerable<object> Execute(DuckDbStore store, CancellationToken stop) => store.Compare(SourcePath, Options, stop);
    }

    public sealed record Summarize(string SourcePath, ComparisonOptions Options) : EngineRequest
    {
        public override IEnumerable<object> Execute(DuckDbStore store, CancellationToken stop) => [store.Summarize(SourcePath, Options, stop)];
    }

    public sealed record Archive(EtlResult Loaded, string Folder) : EngineRequest
    {
        public override IEnumerable<object> Execute(DuckDbStore store, CancellationToken stop) => [store.Archive(Loaded, Folder, stop)];
    }

    public sealed record FindStagingTables : EngineRequest
    {
        public override IEnumerable<object> Execute(DuckDbStore store, CancellationToken stop) => store.FindStagingTables(stop);
    }

    public sealed record RemoveStagingTable(StagingTable Table, bool Force) : EngineRequest
    {
        public override IEnumerable<object> Execute(DuckDbStore store, CancellationToken stop) => [store.RemoveStagingTable(Table, Force, stop)];
    }

    public sealed record ReadRuns(RunFilter Filter) : EngineRequest
    {
        public override IEnumerable<object> Execute(DuckDbStore store, CancellationToken stop) => store.ReadRuns(Filter, stop);
    }

    public sealed record SummarizeRuns(RunFilter Filter) : EngineRequest
    {
        public override IEnumerable<object> Execute(DuckDbStore store, CancellationToken stop) => [store.SummarizeRuns(Filter, stop)];
    }

    public sealed record Check : EngineRequest
    {
        public override IEnumerable<object> Execute(DuckDbStore store, CancellationToken stop) => store.Check(stop);
    }

    public sealed record Undo(UndoOptions Options) : EngineRequest
    {
        public override IEnumerable<object> Execute(DuckDbStore store, CancellationToken stop) => [store.Undo(Options, stop)];
    }

    public sealed record ReadHealth : EngineRequest
    {
        public override IEnumerable<object> Execute(DuckDbStore store, CancellationToken stop) => [store.ReadHealth(stop)];
    }

    public sealed record Backup(BackupOptions Options) : EngineRequest
    {
        public override IEnumerable<object> Execute(DuckDbStore store, CancellationToken stop) => [store.Backup(Options, stop)];
    }

    public sealed record Optimize(bool Compact) : EngineRequest
    {
        public override IEnumerable<object> Execute(DuckDbStore store, CancellationToken stop) => [store.Optimize(Compact, stop)];
    }

    public sealed record Export(ExportOptions Options) : EngineRequest
    {
        public override IEnumerable<object> Execute(DuckDbStore store, CancellationToken stop) => [store.Export(Options, stop)];
    }

    public sealed record RecordFailure(EtlResult Failed, EtlOptions Options) : EngineRequest
    {
        public override IEnumerable<object> Execute(DuckDbStore store, CancellationToken stop)
        {
            store.RecordFailure(Failed, Options);
            return [];
        }
    }

    /// <summary>Closes the store's file; the next request opens it again.</summary>
    public sealed record Release : EngineRequest
    {
        public override IEnumerable<object> Execute(DuckDbStore store, CancellationToken stop)
        {
            store.Release();
            return [];
        }
    }

    /// <summary>Ends the request that is being worked on. It is answered by that request's last reply, not by one of its own.</summary>
    public sealed record Stop : EngineRequest;

    /// <summary>Always the last: frees the store. The answer means that it is free.</summary>
    public sealed record Close : EngineRequest
    {
        public override IEnumerable<object> Execute(DuckDbStore store, CancellationToken stop)
        {
            store.Dispose();
            return [];
        }
    }
}
