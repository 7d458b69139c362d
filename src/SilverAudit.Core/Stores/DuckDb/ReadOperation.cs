namespace SilverAudit.Stores.DuckDb;

/// <summary>
/// Reads loads in two steps: the wanted rows are copied to a temporary table while the store is held, then streamed from there
/// for as long as the pipeline takes. A slow reader so keeps no writer waiting.
/// </summary>
internal sealed class ReadOperation(DuckDbSession session, PermanentTable permanent)
{
    private const string ResultTable = "temp.main.silver_selected_load";

    public void Collect(LoadFilter filter, CancellationToken cancellationToken)
    {
        var columns = permanent.Columns.Select(column => $"{ValueReader.Select(Sql.Column("d", column.Name), column)} AS {Sql.Name(column.Name)}");
        var selection = new LoadSelection(permanent, filter);
        session.ExecuteStep(
            "Reading loads",
            $"CREATE OR REPLACE TEMP TABLE silver_selected_load AS SELECT {Sql.List(columns)}\n{selection.Rows}",
            cancellationToken, selection.Parameters);
    }

    public IEnumerable<AuditLoad> Stream(CancellationToken cancellationToken) =>
        session.Stream(
            $"SELECT * FROM {ResultTable}",
            row => new AuditLoad([.. permanent.Columns.Select((column, ordinal) => ValueReader.Read(row, ordinal, column))]),
            cancellationToken);
}
