namespace SilverAudit.Torture.Models;

/// <summary>A run that succeeded, and the loads that it wrote.</summary>
public sealed record ModelRun(IReadOnlyList<string> Written)
{
    public Guid Id { get; set; }

    public bool IsUndone { get; set; }
}
