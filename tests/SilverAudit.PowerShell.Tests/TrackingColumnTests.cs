namespace SilverAudit.PowerShell.Tests;

public sealed class TrackingColumnTests : IDisposable
{
    private const string Timestamps = "SELECT DISTINCT original_processing_timestamp FROM silver_staging_audit";

    private readonly Module _module = new();

    private string Store => _module.File("silver_metadata.db");

    public void Dispose() => _module.Dispose();

    [Fact]
    public void New_loads_are_not_marked_as_reprocessed()
    {
        _module.Load(Staging.Create(_module.File("source.db"), "LOAD_1", "LOAD_2"));

        Assert.Equal(
            [["LOAD_1", false, null], ["LOAD_2", false, null]],
            Database.Query(Store, "SELECT load_id, is_reprocessed, reprocessing_reason FROM silver_staging_audit ORDER BY load_id"));
    }

    [Fact]
    public void All_loads_of_a_source_have_the_processing_timestamp_of_its_run()
    {
        var source = Staging.Create(_module.File("source.db"), [.. Enumerable.Range(1, 40).Select(number => $"LOAD_{number}")]);

        var result = _module.Load(source);

        var timestamp = Assert.Single(Database.Query(Store, Timestamps))[0];
        Assert.Equal(
            [[result.Value("RunId"), timestamp]],
            Database.Query(Store, "SELECT run_id, processing_timestamp FROM silver_audit.etl_run"));
    }

    [Fact]
    public void The_processing_timestamp_is_in_UTC_and_lies_within_the_run()
    {
        var source = Staging.Create(_module.File("source.db"), "LOAD_1");
        var before = DateTime.UtcNow;

        _module.Load(source);

        var after = DateTime.UtcNow;
        var timestamp = (DateTime)Assert.Single(Database.Query(Store, Timestamps))[0]!;
        Assert.InRange(timestamp, before.AddTicks(-TimeSpan.TicksPerMicrosecond), after);
        Assert.Equal(
            [[true, true]],
            Database.Query(Store, "SELECT started_at <= processing_timestamp, processing_timestamp <= finished_at FROM silver_audit.etl_run"));
    }

    [Fact]
    public void Every_source_of_a_pipeline_has_a_processing_timestamp_of_its_own()
    {
        var sources = Enumerable.Range(1, 10)
            .Select(number => Staging.Create(_module.File($"source{number}.db"), $"LOAD_{number:00}")).ToArray();

        var results = _module.Succeed("$args | Invoke-SilverAuditEtl -NoLog", [.. sources]);

        Assert.Equal(10, results.Count);
        Assert.Equal(10, Database.Query(Store, Timestamps).Count);
        Assert.Equal(
            results.Select(result => result.Value("RunId")),
            Database.Query(
                Store,
                """
                SELECT run_id FROM silver_audit.etl_run AS e
                JOIN silver_staging_audit AS s ON s.original_processing_timestamp = e.processing_timestamp ORDER BY s.load_id
                """)
                .Select(row => row[0]));
    }

    [Fact]
    public void Every_run_of_a_source_has_a_processing_timestamp_of_its_own()
    {
        var source = Staging.Create(_module.File("source.db"), "LOAD_1");

        for (var run = 0; run < 4; run++)
            _module.Load(source);

        Assert.Equal([[4L, 4L, 1L]], Database.Query(
            Store,
            """
            SELECT count(DISTINCT run_id), count(DISTINCT processing_timestamp),
                count(*) FILTER (WHERE processing_timestamp IN (SELECT original_processing_timestamp FROM silver_staging_audit))
            FROM silver_audit.etl_run
            """));
    }

    [Fact]
    public void Source_columns_named_like_the_tracking_columns_are_rescued_and_not_taken_over()
    {
        var source = Staging.CreateWith(
            _module.File("source.db"),
            "CREATE TABLE silver_temp_audit (load_id VARCHAR, is_reprocessed BOOLEAN, original_processing_timestamp TIMESTAMP, Reprocessing_Reason VARCHAR)",
            "INSERT INTO silver_temp_audit VALUES ('LOAD_1', TRUE, TIMESTAMP '2020-01-01 00:00:00', 'theirs')");

        _module.Load(source);

        Assert.Equal(
            [[false, true, null]],
            Database.Query(
                Store,
                """
                SELECT is_reprocessed, original_processing_timestamp = (SELECT processing_timestamp FROM silver_audit.etl_run), reprocessing_reason
                FROM silver_staging_audit
                """));
        Assert.Equal(
            """{"is_reprocessed":true,"original_processing_timestamp":"2020-01-01 00:00:00","Reprocessing_Reason":"theirs"}""",
            StoreContents.Rescued(Store, "LOAD_1"));
        Assert.Equal((1, 0, 0, 1, 0, 0), _module.Load(source).Counts());
    }
}
