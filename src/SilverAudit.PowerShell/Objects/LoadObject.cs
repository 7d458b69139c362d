using System.Management.Automation;

namespace SilverAudit.PowerShell;

/// <summary>Gives loads the shape that users of a shell expect: a PascalCase property per column.</summary>
internal static class LoadObject
{
    private const string TypeName = "SilverAudit.Load";

    /// <summary>
    /// What the engine of PowerShell keeps for itself on every object, and what tells the next cmdlet of the pipeline which store
    /// to work on. A column of that name must not decide about it.
    /// </summary>
    private static readonly HashSet<string> s_reserved =
        new(StringComparer.OrdinalIgnoreCase)
        {
            "psbase", "psadapted", "psextended", "psobject", "pstypenames",
            nameof(AuditConfiguration.Destination), nameof(AuditConfiguration.DestinationTable),
        };

    /// <summary>The load as an object.</summary>
    /// <param name="load">The load.</param>
    /// <param name="raw">True to leave JSON columns as text.</param>
    /// <param name="configuration">Says which store it comes from.</param>
    public static PSObject From(AuditLoad load, bool raw, AuditConfiguration configuration)
    {
        var result = new PSObject();
        result.TypeNames.Insert(0, TypeName);
        foreach (var (column, value, isJson) in load.Values)
        {
            var content = isJson && !raw && value is string text ? JsonObject.Parse(text) : value;
            result.Properties.Add(new PSNoteProperty(PropertyName(column, result), content));
        }

        result.Properties.Add(new PSNoteProperty(nameof(configuration.Destination), configuration.Destination));
        result.Properties.Add(new PSNoteProperty(nameof(configuration.DestinationTable), configuration.DestinationTable));
        return result;
    }

    private static string PropertyName(string column, PSObject owner)
    {
        var name = string.Concat(column.Split('_', StringSplitOptions.RemoveEmptyEntries).Select(word => char.ToUpperInvariant(word[0]) + word[1..]));
        if (name.Length == 0 || owner.Properties[name] is not null)
            name = column;
        while (owner.Properties[name] is not null || s_reserved.Contains(name))
            name += '_';
        return name;
    }
}
