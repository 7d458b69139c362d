using SilverAudit.Schema;

namespace SilverAudit.Core.Tests;

public sealed class ColumnMapTests
{
    [Fact]
    public void The_documented_source_fills_the_documented_table()
    {
        var map = Map(
            "load_id", "data_source", "ingest_timestamp", "query_parameters", "audit_schema_version", "audit_schema_hash_value",
            "schema_validation_report", "schema_validation_status", "checksum_status", "checksum_timestamp", "checksum_report", "checksum_value",
            "ingestion_time", "validation_status", "validation_errors", "validation_fails", "validation_summary", "dq_report", "payload_files",
            "payload_results");

        Assert.Equal(17, map.Pairs.Count);
        Assert.Equal(AuditSchema.PermanentColumns.Take(17), map.Pairs.Select(pair => pair.Destination));
        Assert.Equal(["schema_validation_report", "schema_validation_status", "checksum_value"], Names(map.Unmapped));
        Assert.Empty(map.Missing);
    }

    [Fact]
    public void Columns_are_mapped_by_name_whatever_their_order_and_case()
    {
        var map = Map("DATA_SOURCE", "Load_Id");

        Assert.Equal(["Load_Id -> load_id", "DATA_SOURCE -> data_source"], Pairs(map));
        Assert.Equal("Load_Id", map.Key.Source.Name);
        Assert.Empty(map.Unmapped);
    }

    [Fact]
    public void What_the_source_lacks_is_missing_but_for_the_tracking_columns()
    {
        var map = Map("load_id", "data_source");

        Assert.Equal(AuditSchema.PermanentColumns.Skip(2).Take(15), map.Missing);
    }

    [Theory]
    [InlineData("audit_schema_hash_value")]
    [InlineData("AUDIT_SCHEMA_HASH_VALUE")]
    [InlineData("audit_schema_checksum")]
    [InlineData("Audit_Schema_Checksum")]
    public void The_schema_checksum_goes_by_either_name(string name)
    {
        var map = Map("load_id", name);

        Assert.Equal(["load_id -> load_id", $"{name} -> audit_schema_checksum"], Pairs(map));
        Assert.Empty(map.Unmapped);
    }

    [Fact]
    public void The_permanent_name_of_the_schema_checksum_comes_first_when_a_source_has_both()
    {
        var map = Map("load_id", "audit_schema_hash_value", "audit_schema_checksum");

        Assert.Equal(["load_id -> load_id", "audit_schema_checksum -> audit_schema_checksum"], Pairs(map));
        Assert.Equal(["audit_schema_hash_value"], Names(map.Unmapped));
    }

    [Fact]
    public void A_store_that_was_given_a_column_by_the_old_name_still_takes_the_schema_checksum_under_the_documented_one()
    {
        var source = Columns("load_id", "audit_schema_hash_value");

        var map = ColumnMap.Create(source, [.. AuditSchema.PermanentColumns, new AuditColumn("audit_schema_hash_value", "VARCHAR")]);

        Assert.Contains("audit_schema_hash_value -> audit_schema_checksum", Pairs(map));
    }

    [Fact]
    public void Tracking_columns_are_never_taken_from_a_source()
    {
        var map = Map("load_id", "is_reprocessed", "ORIGINAL_PROCESSING_TIMESTAMP", "reprocessing_reason");

        Assert.Equal(["load_id -> load_id"], Pairs(map));
        Assert.Equal(["is_reprocessed", "ORIGINAL_PROCESSING_TIMESTAMP", "reprocessing_reason"], Names(map.Unmapped));
    }

    [Fact]
    public void Columns_that_were_added_to_the_permanent_table_are_mapped_too()
    {
        var permanent = AuditSchema.PermanentColumns.Append(new AuditColumn("Novelty", "VARCHAR")).ToList();

        Assert.Equal(["load_id -> load_id", "novelty -> Novelty"], Pairs(ColumnMap.Create(Columns("novelty", "load_id"), permanent)));
    }

    [Fact]
    public void Unmapped_columns_keep_the_order_of_the_source()
    {
        Assert.Equal(["z", "a", "m"], Names(Map("z", "load_id", "a", "m").Unmapped));
    }

    private static ColumnMap Map(params string[] source) => ColumnMap.Create(Columns(source), AuditSchema.PermanentColumns);

    private static List<AuditColumn> Columns(params string[] names) => [.. names.Select(name => new AuditColumn(name, "VARCHAR"))];

    private static IEnumerable<string> Names(IEnumerable<AuditColumn> columns) => columns.Select(column => column.Name);

    private static IEnumerable<string> Pairs(ColumnMap map) => map.Pairs.Select(pair => $"{pair.Source.Name} -> {pair.Destination.Name}");
}
