namespace SilverAudit;

/// <summary>A file to which loads were exported.</summary>
public sealed record LoadExport
{
    /// <summary>Full path of the file.</summary>
    public required string Path { get; init; }

    /// <summary>How it is written.</summary>
    public required ExportFormat Format { get; init; }

    /// <summary>The loads in it.</summary>
    public required long Rows { get; init; }

    /// <summary>Its size.</summary>
    public required long SizeBytes { get; init; }

    /// <summary>Full path of the store.</summary>
    public required string Destination { get; init; }

    /// <summary>The permanent table.</summary>
    public required string DestinationTable { get; init; }

    /// <summary>How long it took.</summary>
    public required TimeSpan Duration { get; init; }
}
