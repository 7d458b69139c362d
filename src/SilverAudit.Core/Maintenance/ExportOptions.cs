namespace SilverAudit;

/// <summary>Which loads to export, and where to.</summary>
public sealed record ExportOptions
{
    /// <summary>Full path of the file.</summary>
    public required string Path { get; init; }

    /// <summary>What to write.</summary>
    public required ExportFormat Format { get; init; }

    /// <summary>Which loads.</summary>
    public LoadFilter Filter { get; init; } = new();

    /// <summary>True to put an apostrophe before texts in CSV that a spreadsheet would take for a formula.</summary>
    public bool EscapeFormulas { get; init; }

    /// <summary>True to replace a file that is there.</summary>
    public bool Overwrite { get; init; }
}
