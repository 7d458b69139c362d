using System.Management.Automation;

namespace SilverAudit.PowerShell;

/// <summary>Compares staging databases with the permanent store.</summary>
[Cmdlet(VerbsData.Compare, "SilverAuditSource", DefaultParameterSetName = PathSet)]
[OutputType("SilverAudit.LoadComparison")]
[OutputType(typeof(SourceComparison))]
[OutputType(typeof(bool))]
public sealed class CompareSilverAuditSourceCommand : SourceCmdlet
{
    private const string TypeName = "SilverAudit.LoadComparison";

    /// <summary>The columns to compare. The default is all.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ValidateText]
    public string[] Column { get; set; } = [];

    /// <summary>Returns loads that are the same on both sides, too.</summary>
    [Parameter]
    public SwitchParameter IncludeEqual { get; set; }

    /// <summary>Returns loads that only the store has, too.</summary>
    [Parameter]
    public SwitchParameter IncludeDestinationOnly { get; set; }

    /// <summary>Returns one object per source, with counts and checksums.</summary>
    [Parameter]
    public SwitchParameter Summary { get; set; }

    /// <summary>Returns true when everything in the source is in the store, identical.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    private protected override void ProcessSource(string path, bool isFound)
    {
        try
        {
            Compare(path);
        }
        catch (AuditException isStore) when (isFound && isStore.ErrorId is AuditErrorId.SourceIsStore)
        {
            PassOver(isStore);
        }
    }

    private void Compare(string path)
    {
        var options = new ComparisonOptions
        {
            SourceTable = Configuration.SourceTable,
            Columns = Column,
            IncludeEqual = IncludeEqual,
            IncludeDestinationOnly = IncludeDestinationOnly,
        };
        if (Quiet)
        {
            WriteObject(Store.Summarize(path, options, StopToken).IsIncluded);
        }
        else if (Summary)
        {
            WriteObject(Store.Summarize(path, options, StopToken));
        }
        else
        {
            foreach (var comparison in Store.Compare(path, options, StopToken))
            {
                WriteObject(NewObject(comparison, path));
            }
        }
    }

    private PSObject NewObject(LoadComparison comparison, string path)
    {
        var result = new PSObject();
        result.TypeNames.Insert(0, TypeName);
        foreach (var (name, value) in Properties())
        {
            result.Properties.Add(new PSNoteProperty(name, value));
        }

        return result;

        IEnumerable<(string Name, object? Value)> Properties()
        {
            yield return (nameof(comparison.LoadId), comparison.LoadId);
            yield return (nameof(comparison.State), comparison.State);
            yield return (nameof(comparison.ChangedColumns), comparison.ChangedColumns.ToArray());
            yield return ("SourceLoad", ToObject(comparison.Source));
            yield return ("DestinationLoad", ToObject(comparison.Destination));
            yield return ("Source", path);
            yield return ("SourceTable", Configuration.SourceTable);
            yield return ("Destination", Store.Location);
            yield return ("DestinationTable", Configuration.DestinationTable);
        }
    }

    private PSObject? ToObject(AuditLoad? load) => load is null ? null : LoadObject.From(load, raw: false, Configuration);
}
