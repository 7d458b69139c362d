using System.Management.Automation;

namespace SilverAudit.PowerShell.Tests;

/// <summary>What Get-SilverAuditHealth says of a store that can be read.</summary>
public sealed class HealthTests : IDisposable
{
    private readonly Module _module = new();

    private string Store => _module.File("silver_metadata.db");

    public void Dispose() => _module.Dispose();

    [Fact]
    public void A_sound_store_is_healthy_and_its_figures_are_those_of_the_store()
    {
        var before = DateTime.UtcNow;
        _module.Load(Staging.Create(_module.File("first.db"), "LOAD_1", "LOAD_2"));
        _module.Load(Staging.Create(_module.File("second.db"), "LOAD_3"));
        Database.Execute(Store, "UPDATE silver_staging_audit SET data_source = 'other' WHERE load_id = 'LOAD_3'");

        var health = Health();

        AssertHealthy(health);
        Assert.Equal("", health.Text("ErrorId"));
        Assert.True(health.Value<bool>("Accessible"));
        Assert.Equal(3, health.Value<long>("TotalRows"));
        Assert.Equal(3, health.Value<long>("LoadsLast24Hours"));
        Assert.Equal(2, health.Value<long>("DataSources"));
        Assert.Equal(StoreTime("SELECT min(original_processing_timestamp) FROM silver_staging_audit"), health.Value("OldestLoad"));
        Assert.Equal(StoreTime("SELECT max(original_processing_timestamp) FROM silver_staging_audit"), health.Value("NewestLoad"));
        Assert.Equal(StoreTime("SELECT max(started_at) FROM silver_audit.etl_run"), health.Value("LastRun"));
        Assert.True(health.Value<TimeSpan>("LastRunDuration") > TimeSpan.Zero);
        Assert.Equal("AllNew", health.Text("LastRunStatus"));
        Assert.Equal("", health.Text("LastRunError"));
        Assert.Equal(0, health.Value<long>("FailedRunsLast24Hours"));
        Assert.Equal(new FileInfo(Store).Length, health.Value<long>("SizeBytes"));
        Assert.Equal(0, health.Value<long>("WalSizeBytes"));
        Assert.True(health.Value<long>("FreeBytes") > 0);
        Assert.Equal(Store, health.Text("Destination"));
        Assert.Equal("silver_staging_audit", health.Text("DestinationTable"));
        Assert.InRange(health.Value<DateTime>("CheckedAt"), before, DateTime.UtcNow);
        foreach (var time in new[] { "OldestLoad", "NewestLoad", "LastRun", "CheckedAt" })
        {
            Assert.Equal(DateTimeKind.Utc, health.Value<DateTime>(time).Kind);
        }
    }

    [Fact]
    public void Loads_of_longer_ago_than_a_day_count_as_loads_only()
    {
        _module.Load(Staging.Create(_module.File("source.db"), "OLD", "NEW"));
        Database.Execute(Store, "UPDATE silver_staging_audit SET original_processing_timestamp = TIMESTAMP '2024-02-29 12:00:00' WHERE load_id = 'OLD'");

        var health = Health();

        AssertHealthy(health);
        Assert.Equal(2, health.Value<long>("TotalRows"));
        Assert.Equal(1, health.Value<long>("LoadsLast24Hours"));
        Assert.Equal(new DateTime(2024, 2, 29, 12, 0, 0, DateTimeKind.Utc), health.Value("OldestLoad"));
    }

    [Fact]
    public void Times_that_are_none_are_left_out()
    {
        _module.Load(Staging.Create(_module.File("source.db"), "PAST", "FUTURE", "NONE"));
        Database.Execute(
            Store,
            "UPDATE silver_staging_audit SET original_processing_timestamp = '-infinity' WHERE load_id = 'PAST'",
            "UPDATE silver_staging_audit SET original_processing_timestamp = 'infinity' WHERE load_id = 'FUTURE'",
            "UPDATE silver_staging_audit SET original_processing_timestamp = TIMESTAMP '40000-01-01' WHERE load_id = 'NONE'",
            "UPDATE silver_audit.etl_run SET started_at = 'infinity', finished_at = '-infinity'");

        var health = Health();

        AssertHealthy(health);
        Assert.Equal(3, health.Value<long>("TotalRows"));
        Assert.Equal(0, health.Value<long>("LoadsLast24Hours"));
        Assert.Null(health.Value("OldestLoad"));
        Assert.Null(health.Value("NewestLoad"));
        Assert.Null(health.Value("LastRun"));
        Assert.Equal("AllNew", health.Text("LastRunStatus"));
    }

    [Fact]
    public void A_store_without_loads_is_healthy()
    {
        _module.Load(Staging.Create(_module.File("source.db")));

        var health = Health();

        AssertHealthy(health);
        Assert.Equal(0, health.Value<long>("TotalRows"));
        Assert.Null(health.Value("OldestLoad"));
        Assert.Equal("Empty", health.Text("LastRunStatus"));
    }

    [Fact]
    public void A_store_that_another_tool_wrote_is_healthy_without_a_history()
    {
        _module.Load(Staging.Create(_module.File("source.db"), "LOAD_1"));
        Database.Execute(Store, "DROP SCHEMA silver_audit CASCADE");

        var health = Health("-MaximumAge 1.00:00:00");

        AssertHealthy(health);
        Assert.Equal(1, health.Value<long>("TotalRows"));
        Assert.Null(health.Value("LastRun"));
        Assert.Null(health.Value("FailedRunsLast24Hours"));
    }

    [Fact]
    public void An_undo_is_no_load_and_hides_no_failure()
    {
        var run = _module.Load(Staging.Create(_module.File("source.db"), "LOAD_1"));
        _module.Run("Invoke-SilverAuditEtl nowhere.db -NoLog");
        var before = Health();
        Assert.Equal(["LastRunFailed"], Problems(before));

        _module.Undo(run);

        var after = Health();
        Assert.Equal(["LastRunFailed"], Problems(after));
        Assert.Equal((before.Value("LastRun"), "Failed"), (after.Value("LastRun"), after.Text("LastRunStatus")));
    }

    [Fact]
    public void An_undo_does_not_make_up_for_a_run_that_is_due()
    {
        var run = _module.Load(Staging.Create(_module.File("source.db"), "LOAD_1"));
        Database.Execute(Store, "UPDATE silver_audit.etl_run SET started_at = TIMESTAMP '2026-01-01 12:00:00', finished_at = TIMESTAMP '2026-01-01 12:00:01'");
        _module.Undo(run);

        Assert.Equal(["RunOverdue"], Problems(Health("-MaximumAge 1.00:00:00")));
    }

    [Fact]
    public void A_history_that_is_a_view_is_not_read()
    {
        var secret = _module.File("secret.csv");
        File.WriteAllText(secret, "started_at,finished_at,destination_table,status,error_id,error\n2025-01-01,2025-01-01,,Failed,x,secret");
        _module.Load(Staging.Create(_module.File("source.db"), "LOAD_1"));
        Database.Execute(
            Store,
            "DROP TABLE silver_audit.etl_run",
            $"CREATE VIEW silver_audit.etl_run AS SELECT started_at::TIMESTAMP AS started_at, finished_at::TIMESTAMP AS finished_at, destination_table::VARCHAR AS destination_table, status, error_id, error FROM read_csv('{secret}')");

        var health = Health();

        AssertHealthy(health);
        Assert.Null(health.Value("LastRunStatus"));
    }

    [Fact]
    public void A_look_leaves_the_store_as_it_was_and_free()
    {
        _module.Load(Staging.Create(_module.File("source.db"), "LOAD_1"));
        var before = File.ReadAllBytes(Store);
        var files = Directory.GetFileSystemEntries(_module.Folder.Location);

        AssertHealthy(Health());

        FileHolder.AssertFree(Store);
        Assert.Equal(before, File.ReadAllBytes(Store));
        Assert.Equal(files.Order(), Directory.GetFileSystemEntries(_module.Folder.Location).Order());
    }

    [Fact]
    public void A_log_that_a_killed_process_left_is_counted_and_left_alone()
    {
        _module.Load(Staging.Create(_module.File("source.db"), "LOAD_1"));
        var copy = _module.File("copy.db");
        Database.WhileOpen(
            Store,
            ["SET GLOBAL checkpoint_threshold = '1GB'", "UPDATE silver_staging_audit SET data_source = 'later'"],
            () =>
            {
                File.Copy(Store, copy);
                File.Copy(Store + ".wal", copy + ".wal");
            });
        var log = new FileInfo(copy + ".wal").Length;
        Assert.True(log > 0);

        var health = Health("-Destination copy.db");

        AssertHealthy(health);
        Assert.Equal(log, health.Value<long>("WalSizeBytes"));
        Assert.Equal(log, new FileInfo(copy + ".wal").Length);
    }

    [Fact]
    public void An_isolated_look_says_the_same()
    {
        _module.Load(Staging.Create(_module.File("source.db"), "LOAD_1"));
        _module.Run("Invoke-SilverAuditEtl nowhere.db -NoLog");

        var here = Health();
        var isolated = Health("-Isolated");

        Assert.Equal(["LastRunFailed"], Problems(isolated));
        foreach (var property in here.Properties.Where(property => property.Name is not ("CheckedAt" or "FreeBytes" or "Problems")))
        {
            Assert.Equal(property.Value, isolated.Value(property.Name));
        }
    }

    private PSObject Health(string parameters = "") => Assert.Single(_module.Succeed($"Get-SilverAuditHealth {parameters}"));

    private DateTime StoreTime(string query) => DateTime.SpecifyKind(Database.Scalar<DateTime>(Store, query), DateTimeKind.Utc);

    private static void AssertHealthy(PSObject health)
    {
        Assert.Equal("", health.Text("Reason"));
        Assert.Equal("Healthy", health.Text("Status"));
        Assert.Empty(Problems(health));
    }

    private static string[] Problems(PSObject health) => health.Value<string[]>("Problems");
}
