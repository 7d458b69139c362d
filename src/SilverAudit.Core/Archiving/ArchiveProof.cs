using System.Text.Encodings.Web;
using System.Text.Json;
using SilverAudit.Stores.DuckDb;

namespace SilverAudit;

/// <summary>What is written beside an archived source: that, when and by which run the store was found to hold all of it.</summary>
internal sealed record ArchiveProof
{
    private static readonly JsonSerializerOptions s_options = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public required string ArchivedAs { get; init; }
    public required DateTime ProvenAt { get; init; }
    public required Guid RunId { get; init; }
    public required string Status { get; init; }
    public required SourceProof Proof { get; init; }

    /// <summary>The source, and its log if it has one.</summary>
    public required IReadOnlyList<ArchivedFile> Files { get; init; }

    public static ArchiveProof Create(EtlResult loaded, SourceProof proof, string target, IEnumerable<ArchivedFile> files) => new()
    {
        ArchivedAs = Secrets.Redact(target),
        ProvenAt = DateTime.UtcNow,
        RunId = loaded.RunId,
        Status = loaded.Status.ToString(),
        Proof = proof with
        {
            Source = Secrets.Redact(proof.Source),
            SourceTable = Secrets.Redact(proof.SourceTable),
            Destination = Secrets.Redact(proof.Destination),
            DestinationTable = Secrets.Redact(proof.DestinationTable),
        },
        Files = [.. files],
    };

    /// <summary>The proof in a file; null where there is none, or something else.</summary>
    public static ArchiveProof? Find(string path)
    {
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize<ArchiveProof>(File.ReadAllText(path), s_options) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>True when every file of another proof is in this one, with the same contents.</summary>
    public bool Covers(ArchiveProof other) => other.Files.All(Files.Contains);

    /// <summary>True for the beginning of a proof, which a run has left that was killed while it wrote it.</summary>
    /// <param name="path">Where the proof would be.</param>
    /// <param name="target">The archived file that it would be about.</param>
    public static bool IsHalfWritten(string path, string target)
    {
        var begin = $"{{\n  \"archivedAs\": {JsonSerializer.Serialize(Secrets.Redact(target), s_options)},";
        if (!File.Exists(path) || Find(path) is not null)
            return false;
        var text = File.ReadAllText(path).ReplaceLineEndings("\n");
        return begin.StartsWith(text, StringComparison.Ordinal) || text.StartsWith(begin, StringComparison.Ordinal);
    }

    /// <summary>Writes the proof, whole or not at all. False when something has its name already.</summary>
    /// <param name="path">Full path of the proof.</param>
    /// <param name="source">The source, which says who may read it.</param>
    public bool TryWriteNew(string path, string source)
    {
        var draft = $"{path}.{Guid.NewGuid():N}{HeldFile.DraftExtension}";
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = File.GetUnixFileMode(source);
            using (var file = new FileStream(draft, options))
            {
                JsonSerializer.Serialize(file, this, s_options);
                file.WriteByte((byte)'\n');
                file.Flush(flushToDisk: true);
            }

            return FilePlacement.TryMoveNew(draft, path);
        }
        finally
        {
            File.Delete(draft);
        }
    }
}
