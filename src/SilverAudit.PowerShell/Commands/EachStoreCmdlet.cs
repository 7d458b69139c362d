namespace SilverAudit.PowerShell;

/// <summary>
/// A cmdlet that works on a store as a whole: once on each that the pipeline names, however many objects name it, and when whoever
/// made them is done.
/// </summary>
public abstract class EachStoreCmdlet : StoreCmdlet
{
    private readonly Dictionary<(string Destination, string Table), AuditConfiguration> _stores = [];

    /// <summary>Works on the store.</summary>
    private protected abstract void ProcessStore();

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var named = (Destination, DestinationTable);
        if (!_stores.ContainsKey(named))
            _stores.Add(named, LoadConfiguration());
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        foreach (var configuration in _stores.Values)
        {
            TurnTo(configuration);
            ProcessStore();
        }

        base.EndProcessing();
    }
}
