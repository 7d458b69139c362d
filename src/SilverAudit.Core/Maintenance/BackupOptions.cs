namespace SilverAudit;

/// <summary>Where a backup goes.</summary>
public sealed record BackupOptions
{
    /// <summary>Full path of the backup, or of a folder in which it gets a name with the time.</summary>
    public required string Path { get; init; }

    /// <summary>How many backups with such a name to keep in the folder, the new one included; null to keep all.</summary>
    public int? Keep { get; init; }

    /// <summary>True to replace a file that is there.</summary>
    public bool Overwrite { get; init; }
}
