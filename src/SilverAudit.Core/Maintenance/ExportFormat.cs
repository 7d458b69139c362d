namespace SilverAudit;

/// <summary>The formats in which loads can be exported.</summary>
public enum ExportFormat
{
    /// <summary>Apache Parquet.</summary>
    Parquet,

    /// <summary>Comma-separated values with a header.</summary>
    Csv,

    /// <summary>One JSON array of objects.</summary>
    Json,

    /// <summary>A JSON object a line.</summary>
    JsonLines,
}
