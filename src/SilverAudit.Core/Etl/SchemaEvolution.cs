namespace SilverAudit;

/// <summary>What happens to source columns that the permanent table lacks.</summary>
public enum SchemaEvolution
{
    /// <summary>Their non-NULL values are filed as JSON in <c>silver_audit.rescued_data</c>.</summary>
    Rescue,

    /// <summary>The permanent table gets the columns, with their types.</summary>
    AddNewColumns,

    /// <summary>The source fails.</summary>
    FailOnNewColumns,

    /// <summary>They are dropped, with a warning that names them.</summary>
    None,
}
