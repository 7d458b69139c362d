using System.Globalization;
using System.Management.Automation;

namespace SilverAudit.PowerShell.Tests;

/// <summary>What is wrong with a store is what Get-SilverAuditHealth says of it, never an error of the command.</summary>
public sealed class HealthProblemTests : IDisposable
{
    private readonly Module _module = new();

    private string Store => _module.File("silver_metadata.db");

    public void Dispose() => _module.Dispose();

    [Theory]
    [InlineData("26")]
    [InlineData("'26'")]
    [InlineData("1.5")]
    public void An_age_without_a_unit_is_refused(string age)
    {
        var outcome = _module.Run($"Get-SilverAuditHealth -MaximumAge {age}");

        Assert.Contains("has no unit", outcome.Errors[0].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_store_that_is_not_there_is_unhealthy_and_is_not_created()
    {
        var health = Unreadable("StoreNotFound", "load a source first");

        Assert.Null(health.Value("SizeBytes"));
        Assert.Null(health.Value("TotalRows"));
        Assert.True(health.Value<long>("FreeBytes") > 0);
        Assert.Empty(Directory.GetFileSystemEntries(_module.Folder.Location));
    }

    [Fact]
    public void A_store_in_a_folder_that_is_not_there_is_unhealthy()
    {
        var health = Unreadable("StoreNotFound", "folder", "-Destination nowhere/store.db");

        Assert.Null(health.Value("FreeBytes"));
        Assert.False(Directory.Exists(_module.File("nowhere")));
    }

    [Fact]
    public void A_text_file_is_unhealthy_and_left_as_it_is()
    {
        File.WriteAllText(Store, "precious notes");

        Unreadable("StoreNotDatabase", "with -Destination");

        Assert.Equal("precious notes", File.ReadAllText(Store));
    }

    [Fact]
    public void A_folder_is_unhealthy()
    {
        Directory.CreateDirectory(Store);

        Unreadable("StoreNotDatabase", "is a folder");
    }

    [Fact]
    public void A_damaged_store_is_unhealthy()
    {
        _module.Load(Staging.CreateMany(_module.File("source.db"), 5_000));
        Database.Execute(Store, "UPDATE silver_staging_audit SET data_source = hash(load_id)::VARCHAR");
        DatabaseFile.DamageColumns(Store, "silver_staging_audit", "data_source");

        var health = Unreadable("StoreCorrupt", "restore the store from a backup");

        Assert.Equal(new FileInfo(Store).Length, health.Value<long>("SizeBytes"));
    }

    [Fact]
    public void A_truncated_store_is_unhealthy()
    {
        _module.Load(Staging.CreateMany(_module.File("source.db"), 5_000));
        DatabaseFile.Truncate(Store, 20_000);

        Unreadable("StoreCorrupt", "restore the store from a backup");
    }

    [Fact]
    public void A_store_without_the_permanent_table_is_unhealthy()
    {
        _module.Load(Staging.Create(_module.File("source.db"), "LOAD_1"));

        Unreadable("StoreSchemaMismatch", "has no table 'other'", "-DestinationTable other");
    }

    [Fact]
    public void A_store_that_is_held_is_unhealthy_when_the_time_to_wait_is_over()
    {
        _module.Load(Staging.Create(_module.File("source.db"), "LOAD_1"));
        using var holder = FileHolder.HoldForWriting(Store);

        var health = Unreadable("StoreLocked", "-LockTimeoutSec", "-LockTimeoutSec 1");

        Assert.True(health.Value<long>("SizeBytes") > 0);
        if (OperatingSystem.IsLinux())
            Assert.Contains($"process {holder.ProcessId} ", health.Text("Reason"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_store_that_is_held_is_waited_for_two_seconds_whatever_is_configured()
    {
        _module.Load(Staging.Create(_module.File("source.db"), "LOAD_1"));
        File.WriteAllText(_module.File("silver-audit.json"), """{ "lockTimeoutSec": 300 }""");
        using var holder = FileHolder.HoldForWriting(Store);

        var outcome = _module.Run("Get-SilverAuditHealth -Verbose");

        Assert.Equal("StoreLocked", Assert.Single(outcome.Output).Text("ErrorId"));
        Assert.Contains(outcome.Verbose, line => line.StartsWith("Waiting up to 2 s", StringComparison.Ordinal));
    }

    [Fact]
    public void A_store_that_becomes_free_in_time_is_healthy()
    {
        _module.Load(Staging.Create(_module.File("source.db"), "LOAD_1"));
        using var holder = FileHolder.HoldForWriting(Store);
        using var shell = _module.NewShell("Get-SilverAuditHealth -LockTimeoutSec 300 -Verbose");
        shell.Streams.Verbose.DataAdded += (_, e) =>
        {
            if (shell.Streams.Verbose[e.Index].Message.StartsWith("Waiting up to", StringComparison.Ordinal))
                holder.Release();
        };

        Assert.Equal("Healthy", Assert.Single(shell.Invoke()).Text("Status"));
    }

    [Fact]
    public void A_store_whose_last_run_failed_is_unhealthy_until_one_succeeds()
    {
        var source = Staging.Create(_module.File("source.db"), "LOAD_1");
        _module.Load(source);
        Assert.Equal("SourceNotFound", _module.Run("Invoke-SilverAuditEtl nowhere.db -NoLog").ErrorId);

        var failed = Health();

        AssertProblem("LastRunFailed", failed, "Source database file not found");
        Assert.True(failed.Value<bool>("Accessible"));
        Assert.Equal("", failed.Text("ErrorId"));
        Assert.Equal("Failed", failed.Text("LastRunStatus"));
        Assert.Equal("SourceNotFound", failed.Text("LastRunErrorId"));
        Assert.Contains("nowhere.db", failed.Text("LastRunError"), StringComparison.Ordinal);
        Assert.Equal(1, failed.Value<long>("FailedRunsLast24Hours"));

        _module.Load(source);
        var recovered = Health();

        Assert.Equal("Healthy", recovered.Text("Status"));
        Assert.Equal(1, recovered.Value<long>("FailedRunsLast24Hours"));
    }

    [Fact]
    public void A_run_into_another_table_of_the_store_does_not_count()
    {
        var source = Staging.Create(_module.File("source.db"), "LOAD_1");
        _module.Load(source);
        _module.Load(source, "-DestinationTable Other");
        _module.Run("Invoke-SilverAuditEtl nowhere.db -NoLog -DestinationTable Other");

        Assert.Equal("Healthy", Health().Text("Status"));
        AssertProblem("LastRunFailed", Health("-DestinationTable OTHER"), "not found");
    }

    [Fact]
    public void A_store_without_a_recent_run_is_unhealthy_where_one_is_expected()
    {
        _module.Load(Staging.Create(_module.File("source.db"), "LOAD_1"));
        Database.Execute(Store, "UPDATE silver_audit.etl_run SET started_at = started_at - INTERVAL 2 DAY, finished_at = finished_at - INTERVAL 2 DAY");

        Assert.Equal("Healthy", Health().Text("Status"));
        Assert.Equal("Healthy", Health("-MaximumAge 3.00:00:00").Text("Status"));
        AssertProblem("RunOverdue", Health("-MaximumAge 1.00:00:00"), "within the last 1.00:00:00");
    }

    [Fact]
    public void A_disk_with_less_room_than_asked_for_is_unhealthy()
    {
        _module.Load(Staging.Create(_module.File("source.db"), "LOAD_1"));

        AssertProblem("FreeSpaceLow", Health($"-MinimumFreeBytes {long.MaxValue.ToString(CultureInfo.InvariantCulture)}"), "less than 8589934592.0 GB. Make room");
        Assert.Equal("Healthy", Health("-MinimumFreeBytes 0").Text("Status"));
    }

    [Fact]
    public void All_that_is_wrong_is_said()
    {
        _module.Load(Staging.Create(_module.File("source.db"), "LOAD_1"));
        _module.Run("Invoke-SilverAuditEtl nowhere.db -NoLog");
        Database.Execute(Store, "UPDATE silver_audit.etl_run SET started_at = started_at - INTERVAL 2 DAY, finished_at = finished_at - INTERVAL 2 DAY");

        var health = Health($"-MaximumAge 1.00:00:00 -MinimumFreeBytes {long.MaxValue.ToString(CultureInfo.InvariantCulture)}");

        Assert.Equal(["LastRunFailed", "FreeSpaceLow", "RunOverdue"], health.Value<string[]>("Problems"));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1.00:00:00")]
    public void A_greatest_age_that_is_none_is_refused(string age)
    {
        var outcome = _module.Run("Get-SilverAuditHealth -MaximumAge $args[0]", age);

        Assert.StartsWith("ParameterArgumentTransformationError", outcome.Errors.Concat([outcome.Terminating]).OfType<ErrorRecord>().First().FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public void A_secret_in_the_history_or_the_path_is_not_repeated_in_the_reason()
    {
        _module.Load(Staging.Create(_module.File("source.db"), "LOAD_1"));
        Database.Execute(Store, "UPDATE silver_audit.etl_run SET status = 'Failed', error = 'Server=db;Password=Hunter2;Database=x'");

        var health = Health();

        Assert.DoesNotContain("Hunter2", health.Text("Reason") + health.Text("LastRunError"), StringComparison.Ordinal);
        Assert.Contains("***", health.Text("Reason"), StringComparison.Ordinal);
        Assert.DoesNotContain("Hunter2", Health("-Destination './Password=Hunter2;/db'").Text("Reason"), StringComparison.Ordinal);
    }

    private PSObject Health(string parameters = "") => Assert.Single(_module.Succeed($"Get-SilverAuditHealth {parameters}"));

    private PSObject Unreadable(string errorId, string reason, string parameters = "")
    {
        var health = Health(parameters);
        Assert.Equal(errorId, health.Text("ErrorId"));
        Assert.False(health.Value<bool>("Accessible"));
        AssertProblem("Unreadable", health, reason);
        return health;
    }

    private static void AssertProblem(string problem, PSObject health, string reason)
    {
        Assert.Equal("Unhealthy", health.Text("Status"));
        Assert.Equal([problem], health.Value<string[]>("Problems"));
        Assert.Contains(reason, health.Text("Reason"), StringComparison.Ordinal);
    }
}
