namespace SilverAudit;

/// <summary>
/// The permanent metadata store, whatever engine keeps it. An instance serves one pipeline: it is opened when first needed
/// and free again when disposed. All members throw <see cref="AuditException"/>, and
/// <see cref="OperationCanceledException"/> when stopped.
/// </summary>
public interface IAuditStore : IDisposable
{
    /// <summary>Where the store is; the full path of a file.</summary>
    string Location { get; }

    /// <summary>True when the path means the store itself.</summary>
    /// <param name="path">Full path of a file.</param>
    bool IsAt(string path);

    /// <summary>False when there is no store yet, and a load would create it.</summary>
    bool Exists { get; }

    /// <summary>Moves the rows of one source into the permanent table, in one transaction.</summary>
    /// <param name="sourcePath">Full path of the source file.</param>
    /// <param name="options">How to load.</param>
    /// <param name="cancellationToken">Stops the work and rolls it back.</param>
    /// <returns>What happened; a failure is a result too. Never throws for what is wrong with one source.</returns>
    EtlOutcome Load(string sourcePath, EtlOptions options, CancellationToken cancellationToken);

    /// <summary>Writes a run that failed to the history, as far as that can be done now. Never throws.</summary>
    /// <param name="failed">What happened.</param>
    /// <param name="options">How it was to be done.</param>
    void RecordFailure(EtlResult failed, EtlOptions options);

    /// <summary>Reads loads from the permanent table. The store is free again before the first load is returned.</summary>
    /// <param name="filter">Which loads, and how many.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    IEnumerable<AuditLoad> ReadLoads(LoadFilter filter, CancellationToken cancellationToken);

    /// <summary>Compares a source with the store, load by load.</summary>
    /// <param name="sourcePath">Full path of the source file.</param>
    /// <param name="options">What to compare and what to return.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    IEnumerable<LoadComparison> Compare(string sourcePath, ComparisonOptions options, CancellationToken cancellationToken);

    /// <summary>Compares a source with the store and returns the counts and checksums only.</summary>
    /// <param name="sourcePath">Full path of the source file.</param>
    /// <param name="options">What to compare.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    SourceComparison Summarize(string sourcePath, ComparisonOptions options, CancellationToken cancellationToken);

    /// <summary>
    /// Moves a source that was loaded, and its log, to an archive, if a re-read of the store proves that it holds every row, and
    /// writes the proof beside it. A source that is not proven, or is being written, stays where it is.
    /// </summary>
    /// <param name="loaded">What loading the source gave.</param>
    /// <param name="folder">Full path of the archive, which must exist.</param>
    /// <param name="cancellationToken">Stops the work, up to the moment at which the source is in the archive.</param>
    /// <returns>The result with the place in the archive, or with what kept the source from it. Never throws for either.</returns>
    EtlOutcome Archive(EtlResult loaded, string folder, CancellationToken cancellationToken);

    /// <summary>Finds the staging tables that crashed runs left behind.</summary>
    /// <param name="cancellationToken">Stops the work.</param>
    IReadOnlyList<StagingTable> FindStagingTables(CancellationToken cancellationToken);

    /// <summary>Drops a staging table that <see cref="FindStagingTables"/> returned.</summary>
    /// <param name="table">The table.</param>
    /// <param name="force">True to drop it although it holds loads that the store does not have.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>The table as it was, marked as removed.</returns>
    StagingTable RemoveStagingTable(StagingTable table, bool force, CancellationToken cancellationToken);

    /// <summary>Reads runs from the history. The store is free again before the first run is returned; one without a history has no runs.</summary>
    /// <param name="filter">Which runs, and how many.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    IEnumerable<AuditRun> ReadRuns(RunFilter filter, CancellationToken cancellationToken);

    /// <summary>Sums up runs of the history.</summary>
    /// <param name="filter">Which runs.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    RunSummary SummarizeRuns(RunFilter filter, CancellationToken cancellationToken);

    /// <summary>Returns a failure for each identifier that no run of the history has.</summary>
    /// <param name="runIds">The identifiers to look for.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    IReadOnlyList<AuditException> FindMissingRuns(IReadOnlyList<Guid> runIds, CancellationToken cancellationToken)
    {
        if (runIds.Count == 0)
            return [];
        var known = ReadRuns(new RunFilter { RunIds = runIds }, cancellationToken).Select(run => run.RunId).ToHashSet();
        return
        [
            .. runIds.Where(runId => !known.Contains(runId)).Select(runId => new AuditException(AuditErrorId.RunNotFound, Location,
                $"The history of '{Location}' has no run '{runId}'. List its runs with Get-SilverAuditRun. A run under -WhatIf is not recorded, "
                + "and one that failed only if its store could be written.")),
        ];
    }

    /// <summary>
    /// Checks what the store holds, and its tables. What is wrong is a result; only a store that can't be read is a failure. May be
    /// called after <see cref="Load"/>, and then sees what was loaded.
    /// </summary>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>One result for each check, always in the same order.</returns>
    IReadOnlyList<CheckResult> Check(CancellationToken cancellationToken);

    /// <summary>
    /// Takes back what one run did, in one transaction: the loads that it inserted leave the permanent table, and those that it
    /// replaced get their former version back. What is there now is filed. The undo is a run of the history itself.
    /// </summary>
    /// <param name="options">Which run, and why.</param>
    /// <param name="cancellationToken">Stops the work and rolls it back.</param>
    UndoResult Undo(UndoOptions options, CancellationToken cancellationToken);

    /// <summary>
    /// Looks how the store is, read-only and for a moment. What is wrong with the store is part of the answer and never thrown; only
    /// whether it can be read is judged here, the rest is for <see cref="HealthLimits"/>.
    /// </summary>
    /// <param name="cancellationToken">Stops the work.</param>
    StoreHealth ReadHealth(CancellationToken cancellationToken);

    /// <summary>
    /// Copies the store to a file of its own, opens that again and compares all that is in it with the store. Only then does it get
    /// its name, and only then are older backups removed.
    /// </summary>
    /// <param name="options">Where to, and how many backups to keep.</param>
    /// <param name="cancellationToken">Stops the work; nothing is left behind then.</param>
    StoreBackup Backup(BackupOptions options, CancellationToken cancellationToken);

    /// <summary>Moves the log into the store, cleans up and renews what the engine knows about the values.</summary>
    /// <param name="compact">
    /// True to give unused space back as well: a verified copy takes the place of the store, at one moment. Nobody else may have it.
    /// </param>
    /// <param name="cancellationToken">Stops the work; the store stays as it is then.</param>
    StoreOptimization Optimize(bool compact, CancellationToken cancellationToken);

    /// <summary>Writes loads of the permanent table to a file. The store is free again before the file is written.</summary>
    /// <param name="options">Which loads, where to and how.</param>
    /// <param name="cancellationToken">Stops the work; nothing is left behind then.</param>
    LoadExport Export(ExportOptions options, CancellationToken cancellationToken);
}
