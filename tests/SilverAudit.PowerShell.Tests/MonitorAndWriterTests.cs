using System.Net;

namespace SilverAudit.PowerShell.Tests;

/// <summary>The monitor and those who write the store do not get into each other's way.</summary>
public sealed class MonitorAndWriterTests : IDisposable
{
    private readonly Module _module = new();

    public MonitorAndWriterTests() => _module.Load(Staging.Create(_module.File("first.db"), "FIRST"));

    private string Store => _module.File("silver_metadata.db");

    public void Dispose() => _module.Dispose();

    [Fact]
    public void While_a_writer_holds_the_store_the_last_reading_is_served_as_stale_and_afterwards_a_new_one()
    {
        using var monitor = new RunningMonitor(_module, "-RefreshSec 1");
        var read = monitor.Health().Body.GetProperty("as_of").GetDateTime();
        using (FileHolder.HoldForWriting(Store))
        {
            var (status, stale) = monitor.HealthWhen((_, health) => health.GetProperty("stale").GetBoolean());

            Assert.Equal(HttpStatusCode.OK, status);
            Assert.Equal("healthy", stale.GetProperty("status").GetString());
            Assert.Equal(1, stale.GetProperty("database").GetProperty("total_rows").GetInt64());
            Assert.Equal(read, stale.GetProperty("as_of").GetDateTime());
            var metrics = monitor.Metrics();
            Assert.Equal(1, metrics["silver_audit_reading_stale"]);
            Assert.Equal(1, metrics["silver_audit_up"]);
            Assert.True(metrics["silver_audit_reading_age_seconds"] > 0);
            Assert.True(monitor.Json("metrics", "application/json").Body.GetProperty("stale").GetBoolean());
        }

        Database.Execute(Store, "INSERT INTO silver_staging_audit (load_id) VALUES ('SECOND')");
        var (_, fresh) = monitor.HealthWhen((_, health) => !health.GetProperty("stale").GetBoolean());

        Assert.Equal(2, fresh.GetProperty("database").GetProperty("total_rows").GetInt64());
        Assert.True(fresh.GetProperty("as_of").GetDateTime() > read);
    }

    [Fact]
    public void The_configured_store_is_looked_at_and_not_waited_for_as_long_as_a_load_would()
    {
        File.WriteAllText(_module.File("silver-audit.json"), """{ "destination": "configured.db", "lockTimeoutSec": 86400 }""");
        _module.Load(Staging.Create(_module.File("second.db"), "SECOND", "THIRD"));
        using var holder = FileHolder.HoldForWriting(_module.File("configured.db"));
        using var monitor = new RunningMonitor(_module, "-RefreshSec 1");

        Assert.Equal("StoreLocked", monitor.Health().Body.GetProperty("error_id").GetString());
        holder.Release();
        var (_, health) = monitor.HealthWhen((code, _) => code == HttpStatusCode.OK);

        Assert.Equal(2, health.GetProperty("database").GetProperty("total_rows").GetInt64());
    }

    [Fact]
    public void A_store_that_is_held_before_it_could_be_read_is_unavailable_until_it_is_free()
    {
        using var holder = FileHolder.HoldForWriting(Store);
        using var monitor = new RunningMonitor(_module, "-RefreshSec 1");

        var (status, health) = monitor.Health();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Equal("StoreLocked", health.GetProperty("error_id").GetString());
        Assert.Contains("in use", health.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.False(health.GetProperty("stale").GetBoolean());
        Assert.Equal(0, monitor.Metrics()["silver_audit_up"]);

        holder.Release();

        monitor.HealthWhen((code, _) => code == HttpStatusCode.OK);
    }

    [Fact]
    public void After_each_answer_another_process_can_write_at_once()
    {
        using var monitor = new RunningMonitor(_module, "-RefreshSec 1");

        for (var round = 0; round < 3; round++)
        {
            monitor.HealthWhen((_, health) => !health.GetProperty("stale").GetBoolean());
            FileHolder.AssertFree(Store);
        }
    }

    [Fact]
    public async Task Loads_in_another_process_succeed_while_the_monitor_is_asked_all_the_time_and_never_fails()
    {
        Staging.CreateMany(_module.File("big.db"), 50_000);
        var sources = Staging.CreateSeries(_module.Folder.Location, 5, from: 100_001);
        using var monitor = new RunningMonitor(_module, "-RefreshSec 1");
        Assert.Equal(HttpStatusCode.OK, monitor.Health().Status);

        var loading = Runner.Start(
            _module.Folder.Location,
            "'big.db', '100001.db', '100002.db', '100003.db', '100004.db', '100005.db' | ForEach-Object { (Invoke-SilverAuditEtl $_ -NoLog -ErrorAction Stop).Status }");
        var ended = Task.Run(() => ChildProcess.Succeed(loading));
        var answers = new List<HttpStatusCode>();
        while (!ended.IsCompleted)
        {
            using var response = await monitor.GetAsync(answers.Count % 2 == 0 ? "health" : "metrics");
            answers.Add(response.StatusCode);
        }

        Assert.Equal(Enumerable.Repeat("AllNew", sources.Length + 1), await ended);
        Assert.All(answers, status => Assert.Equal(HttpStatusCode.OK, status));
        monitor.HealthWhen((_, health) =>
            !health.GetProperty("stale").GetBoolean() && health.GetProperty("database").GetProperty("total_rows").GetInt64() == 50_006);
    }

    [Fact]
    public async Task A_load_in_the_session_of_the_monitor_succeeds_while_the_monitor_is_asked_all_the_time()
    {
        Staging.CreateMany(_module.File("big.db"), 50_000);
        using var monitor = new RunningMonitor(_module, "-RefreshSec 1");
        Assert.Equal(HttpStatusCode.OK, monitor.Health().Status);
        using var loaded = new CancellationTokenSource();
        var asking = Task.Run(() =>
        {
            while (!loaded.IsCancellationRequested)
            {
                var (status, health) = monitor.Health();
                Assert.True(status == HttpStatusCode.OK, health.ToString());
            }
        });

        Assert.Equal("AllNew", _module.Load(_module.File("big.db")).Text("Status"));

        await loaded.CancelAsync();
        await asking;
        monitor.HealthWhen((_, health) => health.GetProperty("database").GetProperty("total_rows").GetInt64() == 50_001);
        FileHolder.AssertFree(Store);
    }
}
