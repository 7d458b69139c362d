namespace SilverAudit.Torture.Models;

/// <summary>What the model says a load does.</summary>
public sealed record ModelResult(long Inserted, long Updated, long Skipped, long Changed, long Rejected, string? ErrorId = null)
{
    public override string ToString() => ErrorId ?? FormattableString.Invariant($"{Inserted} {Updated} {Skipped} {Changed} {Rejected}");
}
