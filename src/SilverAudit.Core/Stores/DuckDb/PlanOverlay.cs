using SilverAudit.Schema;

namespace SilverAudit.Stores.DuckDb;

/// <summary>
/// A store in memory that stands in for the real one while only a plan is asked for. It holds those loads of the real store
/// that the sources name, so that a load runs on it as it would on the real one and gives exact counts, one source after the
/// other.
/// </summary>
internal sealed class PlanOverlay
{
    private static int s_count;

    private readonly StoreLease _lease;
    private readonly StoreSchema _actual;
    private readonly string _catalog = "plan_" + Interlocked.Increment(ref s_count);
    private bool _created;

    public PlanOverlay(StoreLease lease, string path, string permanentTable)
    {
        _lease = lease;
        _actual = new StoreSchema(lease.Session, path, permanentTable);
        Schema = new StoreSchema(lease.Session, path, permanentTable, _catalog);
    }

    /// <summary>The tables of the stand-in.</summary>
    public StoreSchema Schema { get; }

    /// <summary>Rows of the real permanent table that are not in the stand-in.</summary>
    public long RowsElsewhere { get; private set; }

    /// <summary>Takes over the loads that the source names. Needs a turn on the real store when there is one.</summary>
    public void Seed(SourceAttachment source, bool storeExists, CancellationToken cancellationToken)
    {
        var present = storeExists ? _actual.RequireSideTables([], cancellationToken) : [];
        var actual = storeExists ? _actual.Find(cancellationToken) : null;
        Create(actual, cancellationToken);
        if (actual is null)
            return;

        var key = Sql.Column("r", source.Columns.First(column => column.IsNamed(AuditSchema.Key)).Name);
        var named = $"(SELECT CAST({key} AS VARCHAR) FROM {source.Table} AS r)";
        if (present.Contains(SideTable.Rescued))
            Copy(_actual.FindRescued(cancellationToken).From, Schema.Rescued, named, cancellationToken);
        Copy(actual.Name, Schema.Permanent, named, cancellationToken);
        RowsElsewhere = _lease.Session.QueryStep(
            "Counting loads in the store",
            $"SELECT count(*) FROM {actual.Name} AS a WHERE a.load_id NOT IN (SELECT load_id FROM {Schema.Permanent})",
            row => row.GetInt64(0), cancellationToken);
    }

    /// <summary>Forgets the stand-in.</summary>
    public void Drop()
    {
        if (_created)
            _lease.Session.Execute($"DETACH {Sql.Name(_catalog)}", CancellationToken.None);
    }

    private void Create(PermanentTable? actual, CancellationToken cancellationToken)
    {
        if (_created)
            return;
        _lease.Session.Execute($"ATTACH ':memory:' AS {Sql.Name(_catalog)}", cancellationToken);
        _created = true;
        Schema.EnsureSideTables(cancellationToken);
        if (actual is null)
            return;
        _lease.Session.Execute($"CREATE TABLE {Schema.Permanent} AS FROM {actual.Name} LIMIT 0", cancellationToken);
        _lease.Session.Execute($"ALTER TABLE {Schema.Permanent} ADD PRIMARY KEY ({Sql.Name(AuditSchema.Key)})", cancellationToken);
    }

    private void Copy(string from, string to, string named, CancellationToken cancellationToken) =>
        _lease.Session.ExecuteStep(
            "Looking up loads in the store",
            $"INSERT INTO {to} BY NAME SELECT a.* FROM {from} AS a WHERE a.load_id IN {named} AND a.load_id NOT IN (SELECT load_id FROM {Schema.Permanent})",
            cancellationToken);
}
