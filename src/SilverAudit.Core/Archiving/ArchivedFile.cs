namespace SilverAudit;

/// <summary>A file in the archive.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Sha256">The hash of its contents.</param>
internal sealed record ArchivedFile(string Name, long Bytes, string Sha256);
