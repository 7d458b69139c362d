using System.Security.Cryptography;
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

    /// <summary>The moved files: name, size in bytes and SHA-256.</summary>
    public required IReadOnlyList<ArchivedFile> Files { get; init; }

    public static ArchiveProof Create(EtlResult loaded, SourceProof proof, string target) => new()
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
        Files = [.. new[] { loaded.Source, FileLocation.LogOf(loaded.Source) }.Where(File.Exists).Select(ArchivedFile.Of)],
    };

    public void Write(string path) => File.WriteAllText(path, JsonSerializer.Serialize(this, s_options) + "\n");

    /// <summary>A file that is moved to the archive.</summary>
    internal sealed record ArchivedFile(string Name, long Bytes, string Sha256)
    {
        public static ArchivedFile Of(string path)
        {
            using var file = File.OpenRead(path);
            return new ArchivedFile(Secrets.Redact(Path.GetFileName(path)), file.Length, Convert.ToHexString(SHA256.HashData(file)).ToLowerInvariant());
        }
    }
}
