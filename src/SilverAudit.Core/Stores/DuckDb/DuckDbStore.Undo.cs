namespace SilverAudit.Stores.DuckDb;

/// <summary>Taking back what a run did.</summary>
internal sealed partial class DuckDbStore
{
    public UndoResult Undo(UndoOptions options, CancellationToken cancellationToken) => Guard(() =>
    {
        // Nothing is created just to find that there is nothing to take back.
        if (!StoreExists())
            throw EngineFailures.StoreNotFound(_path);
        Lease.Session.Activity = $"Undo of run {options.RunId}";
        return options.PlanOnly ? PlanUndo(options, cancellationToken) : UndoRun(options, cancellationToken);
    });

    private UndoResult PlanUndo(UndoOptions options, CancellationToken cancellationToken)
    {
        using var turn = Lease.BeginReading(cancellationToken);
        // Never completed: what it copies to temporary tables is gone with it.
        using var transaction = new StoreTransaction(Lease.Session, _log);
        var (operation, permanent, run) = NewUndo(options, cancellationToken);
        return operation.Plan(permanent, run, cancellationToken);
    }

    private UndoResult UndoRun(UndoOptions options, CancellationToken cancellationToken)
    {
        _stop = cancellationToken;
        using var turn = Lease.BeginWriting(cancellationToken);
        using var transaction = new StoreTransaction(Lease.Session, _log);
        var (operation, found, run) = NewUndo(options, cancellationToken);
        var (result, permanent) = operation.Execute(found, run, Lease.Known, cancellationToken);
        Lease.Complete(transaction);
        Lease.Known.Tables[_options.DestinationTable] = permanent;
        _log.Info(result.Message);
        return result;
    }

    private (UndoOperation Operation, PermanentTable Permanent, UndoneRun Run) NewUndo(UndoOptions options, CancellationToken cancellationToken)
    {
        var schema = NewSchema();
        if (schema.FindSide(SideTable.Run.Name, cancellationToken).Exists)
            schema.RequireSideTables([SideTable.Run, SideTable.Rescued, SideTable.Superseded], cancellationToken);
        var run = UndoneRun.Find(Lease.Session, schema, options, Location, _options.DestinationTable, cancellationToken);
        var permanent = schema.Find(cancellationToken) ?? throw NoPermanentTable();
        return (new UndoOperation(Lease.Session, schema, options, Location, _options.DestinationTable, _log), permanent, run);
    }
}
