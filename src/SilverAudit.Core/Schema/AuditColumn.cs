namespace SilverAudit.Schema;

/// <summary>A column of an audit table.</summary>
/// <param name="Name">The name as the table spells it; names are compared as the engine does, by <see cref="CatalogNameComparer"/>.</param>
/// <param name="Type">The engine's name of the type, such as VARCHAR or DECIMAL(18,3).</param>
internal sealed record AuditColumn(string Name, string Type)
{
    public bool IsJson => Type == AuditSchema.Json;

    public bool IsNamed(string name) => CatalogNameComparer.IsSame(Name, name);
}
