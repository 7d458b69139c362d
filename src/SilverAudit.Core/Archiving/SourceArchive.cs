using SilverAudit.Stores.DuckDb;

namespace SilverAudit;

/// <summary>A folder that sources go to once the store has proved that it holds every row of them.</summary>
/// <param name="folder">Full path of the folder.</param>
/// <param name="store">The store.</param>
/// <param name="log">Where the work is reported.</param>
public sealed class SourceArchive(string folder, IAuditStore store, AuditLog log)
{
    private const string ProofExtension = ".proof.json";

    /// <summary>Creates the folder if there is none.</summary>
    /// <exception cref="AuditException"><see cref="AuditErrorId.TargetNotWritable"/>.</exception>
    public void Prepare() => Write(folder, () => Directory.CreateDirectory(folder));

    /// <summary>
    /// Moves a source and its log here, with the proof beside them. A source that the store does not hold completely, or that
    /// somebody writes meanwhile, stays where it is.
    /// </summary>
    /// <param name="loaded">What loading the source gave.</param>
    /// <param name="cancellationToken">Stops the work before anything is moved.</param>
    /// <returns>The result with the place in the archive, and what kept the source from it; one of the two is null.</returns>
    public EtlOutcome Archive(EtlResult loaded, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(loaded);
        try
        {
            var target = MoveProven(loaded, cancellationToken);
            log.Info($"Archived source database: {target}");
            return new EtlOutcome(loaded with { ArchivedTo = target }, null);
        }
        catch (AuditException failure)
        {
            log.Error($"Source database was not archived: {failure.ErrorId}: {failure.Message}");
            return new EtlOutcome(loaded, failure);
        }
    }

    /// <exception cref="AuditException">
    /// <see cref="AuditErrorId.SourceNotProven"/>, <see cref="AuditErrorId.TargetExists"/>, <see cref="AuditErrorId.TargetNotWritable"/>,
    /// or what keeps the source or the store from being read.
    /// </exception>
    private string MoveProven(EtlResult loaded, CancellationToken cancellationToken)
    {
        var source = loaded.Source;
        var target = Path.Combine(folder, Path.GetFileName(source));
        RefuseLink(source);
        RefuseExisting(source, target);
        var before = FileStamp.Of(source);
        var proof = store.Prove(source, loaded.SourceTable, cancellationToken);
        if (!proof.IsProven)
        {
            throw new AuditException(AuditErrorId.SourceNotProven, source,
                $"'{source}' stays where it is: the store '{store.Location}' does not hold {proof.UnprovenRows} of its {proof.SourceRows} rows as they are. "
                + "See them with Compare-SilverAuditSource, update changed loads with -Reprocess, and run it again.");
        }

        Write(target, () => Move(source, target, before, ArchiveProof.Create(loaded, proof, target)));
        return target;
    }

    private static void Move(string source, string target, FileStamp before, ArchiveProof proof)
    {
        var (log, archivedLog) = (FileLocation.LogOf(source), FileLocation.LogOf(target));
        var proofPath = target + ProofExtension;
        try
        {
            proof.Write(proofPath);
            if (FileStamp.Of(source) != before)
            {
                throw new AuditException(AuditErrorId.SourceNotProven, source,
                    $"'{source}' stays where it is: it was written while it was being archived. Run it again when the pipeline that writes it has ended.");
            }

            // The log first: without its database it is harmless, while a log that is left behind would be taken for the next database's.
            if (File.Exists(log))
                FileMove.Run(log, archivedLog);
            FileMove.Run(source, target);
        }
        catch
        {
            if (File.Exists(source))
                Restore(log, archivedLog, proofPath);
            throw;
        }
    }

    private static void Restore(string log, string archivedLog, string proofPath)
    {
        if (File.Exists(archivedLog) && !File.Exists(log))
            FileMove.Run(archivedLog, log);
        File.Delete(proofPath);
    }

    private static void RefuseLink(string source)
    {
        if (new FileInfo(source).LinkTarget is not null)
        {
            throw new AuditException(AuditErrorId.SourceNotProven, source,
                $"'{source}' was loaded but stays where it is: it is a link, and moving it would part it from its file. Name the file itself.");
        }
    }

    /// <summary>What an archive has of a name is never replaced. A log or a proof without its database was left by a kill.</summary>
    private static void RefuseExisting(string source, string target)
    {
        var inTheWay = File.Exists(target) || Directory.Exists(target) ? target
            : File.Exists(FileLocation.LogOf(target)) && File.Exists(FileLocation.LogOf(source)) ? FileLocation.LogOf(target)
            : null;
        if (inTheWay is not null)
        {
            throw new AuditException(AuditErrorId.TargetExists, source,
                $"'{source}' was loaded but not archived: there is a file '{inTheWay}' already, and it is not overwritten. "
                + "Move that file away, or name another folder with -ArchivePath, and run it again.");
        }
    }

    private static void Write(string target, Action work)
    {
        try
        {
            work();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new AuditException(AuditErrorId.TargetNotWritable, target,
                $"The archive can't be written: {failure.Message} Nothing is lost: what was to be archived stays where it is. Check the folder, its permissions and its disk, and run it again.",
                failure);
        }
    }
}
