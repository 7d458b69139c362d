using SilverAudit.Schema;

namespace SilverAudit.Stores.DuckDb;

/// <summary>A table beside the permanent one, as documented. All permanent tables of a store share it.</summary>
internal sealed record SideTable(string Name, IReadOnlyList<AuditColumn> Columns)
{
    private const string Identifier = "UUID";
    private const string BigInteger = "BIGINT";

    private static readonly AuditColumn s_loadId = new(AuditSchema.Key, AuditSchema.Text);
    private static readonly AuditColumn s_runId = new("run_id", Identifier);

    /// <summary>The history: one row per source processed, and per run taken back.</summary>
    public static SideTable Run { get; } = new(
        "etl_run",
        [
            s_runId, new("started_at", AuditSchema.Timestamp), new("finished_at", AuditSchema.Timestamp),
            new("processing_timestamp", AuditSchema.Timestamp), new("source", AuditSchema.Text), new("source_table", AuditSchema.Text),
            new("destination_table", AuditSchema.Text), new("status", AuditSchema.Text), new("message", AuditSchema.Text),
            new("source_rows", BigInteger), new("inserted_rows", BigInteger), new("updated_rows", BigInteger),
            new("skipped_rows", BigInteger), new("changed_rows", BigInteger), new("rejected_rows", BigInteger),
            new("destination_rows", BigInteger), new("error_id", AuditSchema.Text), new("error", AuditSchema.Text),
            new("reprocessing_reason", AuditSchema.Text), new("user_name", AuditSchema.Text), new("host_name", AuditSchema.Text),
            new("process_id", AuditSchema.Integer), new("module_version", AuditSchema.Text), new(StoreSchema.UndoneRun, Identifier),
        ]);

    /// <summary>The values of columns that the permanent table lacks.</summary>
    public static SideTable Rescued { get; } = new("rescued_data", [s_loadId, s_runId, new("rescued", AuditSchema.Json)]);

    /// <summary>Former versions of loads.</summary>
    public static SideTable Superseded { get; } = new(
        "superseded_load",
        [
            s_loadId, s_runId, new("superseded_at", AuditSchema.Timestamp), new("reason", AuditSchema.Text),
            new("previous", AuditSchema.Json), new("previous_rescued", AuditSchema.Json),
        ]);

    /// <summary>Rows that were refused.</summary>
    public static SideTable Rejected { get; } = new(
        "rejected_row",
        [
            s_loadId, s_runId, new("rejected_at", AuditSchema.Timestamp), new("source", AuditSchema.Text),
            new("source_table", AuditSchema.Text), new("reason", AuditSchema.Text), new("row", AuditSchema.Json),
        ]);

    public static IReadOnlyList<SideTable> All { get; } = [Run, Rescued, Superseded, Rejected];

    /// <summary>What a column list of CREATE TABLE says.</summary>
    public string Definition => Sql.List(Columns.Select(column => $"{Sql.Name(column.Name)} {column.Type}"));
}
