using SilverAudit.Stores.DuckDb;

namespace SilverAudit;

/// <summary>
/// Brings a source and its log into the archive, with the proof beside them, and only then takes them from their place: killed at any
/// moment, they are whole in one place at least, and the next run finishes it.
/// </summary>
/// <param name="loaded">What loading the source gave.</param>
/// <param name="folder">Full path of the archive.</param>
internal sealed class SourceArchiving(EtlResult loaded, string folder) : IDisposable
{
    private const string ProofExtension = ".proof.json";

    private readonly List<HeldFile> _files = [];
    private FileStamp _before;

    /// <summary>Where the source goes.</summary>
    public string Target { get; } = Path.Combine(folder, Path.GetFileName(loaded.Source));

    private string Proof => Target + ProofExtension;

    /// <summary>Remembers which file the source is, before the engine opens it.</summary>
    public void Begin() => _before = FileStamp.Of(loaded.Source);

    /// <summary>Opens the files of the source, before they are looked at for the proof.</summary>
    /// <param name="source">The source, attached.</param>
    /// <exception cref="AuditException">
    /// <see cref="AuditErrorId.SourceNotProven"/> for a link, another file than the engine opened, and a log that may be another file's.
    /// </exception>
    public void Hold(SourceAttachment source)
    {
        if (new FileInfo(loaded.Source).LinkTarget is not null)
        {
            throw NotProven("it is a link, and moving it would part it from its file. Name the file itself.");
        }

        if (source.IsCopied)
        {
            throw NotProven("the engine can't take its log in without writing, so nothing keeps others from writing it meanwhile. "
                + "Let the pipeline that wrote it open and close it, and run it again.");
        }

        string? doubt = null;
        ArchiveFolder.Write(Target, () => doubt = SourceLogReader.Doubt(loaded.Source));
        if (doubt is not null)
        {
            throw NotProven(doubt + " Let the pipeline that wrote both open and close its database, which takes the log into the file, and run it again.");
        }

        // The log first: taken away first, it can't be taken for the log of the next database of that name.
        ArchiveFolder.Write(Target, () => _files.AddRange(
            new[] { HeldFile.Open(FileLocation.LogOf(loaded.Source), FileLocation.LogOf(Target)), HeldFile.Open(loaded.Source, Target) }.OfType<HeldFile>()));
        RefuseChange();
    }

    /// <summary>Puts whole copies and the proof into the archive. Nothing that is there already is replaced.</summary>
    /// <exception cref="AuditException">
    /// <see cref="AuditErrorId.SourceNotProven"/>, <see cref="AuditErrorId.TargetExists"/>, <see cref="AuditErrorId.TargetNotWritable"/>.
    /// </exception>
    public void Place(SourceProof proof, CancellationToken cancellationToken)
    {
        if (!proof.IsProven)
        {
            throw NotProven($"the store '{proof.Destination}' does not hold {proof.UnprovenRows} of its {proof.SourceRows} rows as they are. "
                + "See them with Compare-SilverAuditSource, update changed loads with -Reprocess, and run it again.");
        }

        ArchiveFolder.Write(Target, () =>
        {
            _files.ForEach(file => file.Copy(cancellationToken));
            RefuseChange();
            var mine = ArchiveProof.Create(loaded, proof, Target, _files.Select(file => file.Contents));
            var continues = ArchiveProof.Find(Proof)?.Covers(mine) == true;
            if (!continues)
            {
                if (!Path.Exists(Target) && ArchiveProof.IsHalfWritten(Proof, Target))
                    File.Delete(Proof);
                RefuseExisting();
                if (!mine.TryWriteNew(Proof, loaded.Source))
                    throw NewExists([Proof]);
            }

            PlaceFiles(continues, cancellationToken);
            ArchiveFolder.RemoveDrafts(_files.Select(file => file.Target).Append(Proof));
        });
    }

    /// <summary>Takes the files from their place, now that they are in the archive.</summary>
    /// <exception cref="AuditException">
    /// <see cref="AuditErrorId.SourceNotRemovable"/>; <see cref="AuditErrorId.SourceNotProven"/> for a file that came to that place meanwhile.
    /// </exception>
    public void Remove()
    {
        try
        {
            if (!_files.TrueForAll(file => file.TryRemove()))
                throw NotProven($"another file came there while '{Target}' was being archived, and was not loaded. Load it.");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new AuditException(AuditErrorId.SourceNotRemovable, loaded.Source,
                $"'{loaded.Source}' is in the archive as '{Target}', but can't be removed from its place: {failure.Message} "
                + "Give the account that runs this write access to its folder and run it again, or remove the file by hand.", failure);
        }
    }

    public void Dispose() => _files.ForEach(file => file.Dispose());

    private void RefuseChange()
    {
        if (FileStamp.Of(loaded.Source) != _before)
            throw NotProven("it was written or replaced while it was being archived. Run it again when the pipeline that writes it has ended.");
    }

    private void PlaceFiles(bool continues, CancellationToken cancellationToken)
    {
        var placed = new List<HeldFile>();
        foreach (var file in _files)
        {
            if (file.Place())
            {
                placed.Add(file);
            }
            else if (!continues)
            {
                // Somebody else was faster. What this run has put there goes again; the source still has it.
                placed.ForEach(mine => File.Delete(mine.Target));
                File.Delete(Proof);
                throw NewExists([file.Target]);
            }
            else if (!file.IsInPlace(cancellationToken))
            {
                throw new AuditException(AuditErrorId.TargetExists, loaded.Source,
                    $"'{loaded.Source}' was loaded but not archived: '{file.Target}' no longer holds what its proof '{Proof}' says, and is not overwritten. "
                    + "Move both away, look what became of them, and run it again.");
            }
        }
    }

    /// <summary>A log or a proof in the archive that is not this source's would be taken for it.</summary>
    private void RefuseExisting()
    {
        var inTheWay = new[] { Target, FileLocation.LogOf(Target), Proof }.Where(path => File.Exists(path) || Directory.Exists(path)).ToList();
        if (inTheWay.Count > 0)
            throw NewExists(inTheWay);
    }

    private AuditException NewExists(IReadOnlyList<string> inTheWay) => new(AuditErrorId.TargetExists, loaded.Source,
        $"'{loaded.Source}' was loaded but not archived: the archive has '{string.Join("', '", inTheWay)}' already, which is not overwritten. "
        + "Move that away, all of it, or name another folder with -ArchivePath, and run it again.");

    private AuditException NotProven(string reason) => new(AuditErrorId.SourceNotProven, loaded.Source, $"'{loaded.Source}' stays where it is: {reason}");
}
