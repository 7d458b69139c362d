using System.Management.Automation;

namespace SilverAudit.PowerShell;

/// <summary>Drops the staging tables that crashed runs left behind in a store.</summary>
[Cmdlet(VerbsCommon.Remove, "OrphanStagingTable", SupportsShouldProcess = true)]
[OutputType(typeof(StagingTable))]
public sealed class RemoveOrphanStagingTableCommand : EachStoreCmdlet
{
    /// <summary>Drops a table although it holds loads that the store does not have.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override void ProcessStore() => Try(() =>
    {
        foreach (var table in Store.FindStagingTables(StopToken))
        {
            Try(() => WriteObject(Remove(table)));
        }
    });

    private StagingTable Remove(StagingTable table)
    {
        var target = VisibleText.Of($"{table.Name} ({table.Rows} rows, {table.UnmergedRows} unmerged) in {Store.Location}");
        if (!ShouldProcess(target, "Drop staging table"))
            return table;
        try
        {
            return Store.RemoveStagingTable(table, Force, StopToken);
        }
        catch (AuditException failure) when (failure.ErrorId is AuditErrorId.StagingTableHasUnmergedRows)
        {
            WriteError(AuditErrors.NewRecord(failure));
            return table;
        }
    }
}
