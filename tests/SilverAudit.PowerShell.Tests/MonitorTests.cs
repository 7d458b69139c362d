using System.Net;
using System.Text.Json;

namespace SilverAudit.PowerShell.Tests;

/// <summary>What the monitor serves.</summary>
public sealed class MonitorTests : IDisposable
{
    private const string PrometheusAccepts =
        "application/openmetrics-text;version=1.0.0;q=0.8,text/plain;version=0.0.4;q=0.5,application/json;q=0.1,*/*;q=0.1";

    private readonly Module _module = new();

    private string Store => _module.File("silver_metadata.db");

    public void Dispose() => _module.Dispose();

    [Fact]
    public void The_health_of_a_sound_store_is_served_with_the_documented_fields()
    {
        Load("LOAD_1", "LOAD_2");
        using var monitor = new RunningMonitor(_module);

        var (status, health) = monitor.Health();

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("healthy", health.GetProperty("status").GetString());
        Assert.Equal(DateTimeKind.Utc, health.GetProperty("timestamp").GetDateTime().Kind);
        var database = health.GetProperty("database");
        Assert.True(database.GetProperty("accessible").GetBoolean());
        Assert.Equal(2, database.GetProperty("total_rows").GetInt64());
        Assert.Equal(2, database.GetProperty("recent_loads_24h").GetInt64());
        Assert.Equal(new FileInfo(Store).Length, database.GetProperty("size_bytes").GetInt64());
        Assert.Equal("AllNew", health.GetProperty("last_run").GetProperty("status").GetString());
        Assert.False(health.GetProperty("stale").GetBoolean());
        Assert.False(health.TryGetProperty("error", out _));
    }

    [Fact]
    public void The_figures_are_served_as_json_to_whom_prefers_it()
    {
        Load("LOAD_1");
        using var monitor = new RunningMonitor(_module);

        var (status, figures) = monitor.Json("metrics", "application/json");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(1, figures.GetProperty("total_loads").GetInt64());
        Assert.Equal(1, figures.GetProperty("data_sources").GetInt64());
        var processed = Database.Scalar<DateTime>(Store, "SELECT max(original_processing_timestamp) FROM silver_staging_audit");
        Assert.Equal(processed, figures.GetProperty("oldest_load").GetDateTime());
        Assert.Equal(processed, figures.GetProperty("newest_load").GetDateTime());
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("*/*", false)]
    [InlineData("text/plain", false)]
    [InlineData("text/html, application/json;q=0", false)]
    [InlineData(PrometheusAccepts, false)]
    [InlineData("application/json", true)]
    [InlineData("text/plain;q=0.2, APPLICATION/JSON;q=0.9", true)]
    [InlineData("application/json, text/plain, */*", true)]
    public void Whether_text_or_json_is_served_is_for_the_client_to_say(string? accept, bool isJson)
    {
        Load("LOAD_1");
        using var monitor = new RunningMonitor(_module);

        using var response = monitor.Get("metrics", accept);

        Assert.Equal(isJson ? "application/json" : "text/plain", response.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public void The_metrics_are_flawless_exposition_text_and_their_values_are_those_of_the_store()
    {
        Load("LOAD_1", "LOAD_2", "LOAD_3");
        using var monitor = new RunningMonitor(_module);

        var metrics = monitor.Metrics();

        Assert.Equal(1, metrics["silver_audit_up"]);
        Assert.Equal(1, metrics["silver_audit_healthy"]);
        Assert.Equal(3, metrics["silver_audit_loads"]);
        Assert.Equal(3, metrics["silver_audit_loads_last_24h"]);
        Assert.Equal(1, metrics["silver_audit_data_sources"]);
        Assert.Equal(1, metrics["silver_audit_last_run_success"]);
        Assert.Equal(1, metrics["silver_audit_last_run_status{status=\"AllNew\"}"]);
        Assert.Equal(0, metrics["silver_audit_failed_runs_last_24h"]);
        Assert.Equal(new FileInfo(Store).Length, metrics["silver_audit_store_size_bytes"]);
        Assert.Equal(0, metrics["silver_audit_store_wal_size_bytes"]);
        Assert.True(metrics["silver_audit_disk_free_bytes"] > 0);
        Assert.Equal(0, metrics["silver_audit_reading_stale"]);
        Assert.True(metrics["silver_audit_reading_age_seconds"] >= 0);
        var started = Database.Scalar<double>(Store, "SELECT epoch(max(started_at)) FROM silver_audit.etl_run");
        Assert.Equal(started, metrics["silver_audit_last_run_timestamp_seconds"], precision: 3);
        Assert.All(metrics.Types, type =>
        {
            Assert.StartsWith("silver_audit_", type.Key, StringComparison.Ordinal);
            Assert.Equal("gauge", type.Value);
            Assert.False(type.Key.EndsWith("_total", StringComparison.Ordinal), "A gauge is no total.");
        });
    }

    [ToolFact("promtool")]
    public void Promtool_finds_nothing_wrong_with_the_metrics()
    {
        Load("LOAD_1");
        _module.Run("Invoke-SilverAuditEtl nowhere.db -NoLog");
        using var monitor = new RunningMonitor(_module);
        using var response = monitor.Get("metrics");
        var promtool = ChildProcess.Start(_module.Folder.Location, ToolFactAttribute.Find("promtool")!, "check", "metrics");
        promtool.StandardInput.Write(RunningMonitor.Text(response));

        var (exitCode, output, error) = ChildProcess.Complete(promtool);

        Assert.Equal((0, "", ""), (exitCode, output, error));
    }

    [Fact]
    public void A_store_that_is_not_there_is_served_as_unhealthy_without_its_path()
    {
        using var monitor = new RunningMonitor(_module);

        var (status, health) = monitor.Health();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Equal("unhealthy", health.GetProperty("status").GetString());
        Assert.False(health.GetProperty("database").GetProperty("accessible").GetBoolean());
        Assert.Equal("StoreNotFound", health.GetProperty("error_id").GetString());
        Assert.Equal("There is no store.", health.GetProperty("error").GetString());
        AssertServesNoPath(monitor);
        var metrics = monitor.Metrics();
        Assert.Equal(0, metrics["silver_audit_up"]);
        Assert.DoesNotContain("silver_audit_loads", metrics.Samples.Keys);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, monitor.Json("metrics", "application/json").Status);
    }

    [Fact]
    public void A_store_that_comes_to_be_is_served_without_a_new_start()
    {
        using var monitor = new RunningMonitor(_module, "-RefreshSec 1");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, monitor.Health().Status);

        Load("LOAD_1");

        monitor.HealthWhen((status, _) => status == HttpStatusCode.OK);
    }

    [Fact]
    public void A_store_that_breaks_after_a_good_reading_is_unhealthy_and_not_stale()
    {
        Load("LOAD_1");
        using var monitor = new RunningMonitor(_module, "-RefreshSec 1");
        Assert.Equal(HttpStatusCode.OK, monitor.Health().Status);

        DatabaseFile.Truncate(Store, 20_000);

        var (_, health) = monitor.HealthWhen((status, _) => status == HttpStatusCode.ServiceUnavailable);
        Assert.Equal("StoreCorrupt", health.GetProperty("error_id").GetString());
        Assert.False(health.GetProperty("stale").GetBoolean());
        AssertServesNoPath(monitor);
    }

    [Fact]
    public void A_failed_run_is_served_by_its_identifier_only()
    {
        Load("LOAD_1");
        _module.Run("Invoke-SilverAuditEtl nowhere.db -NoLog");
        Database.Execute(Store, "UPDATE silver_audit.etl_run SET error_id = error_id || ' in /etc/secret' WHERE status = 'AllNew'");
        using var monitor = new RunningMonitor(_module);

        var (status, health) = monitor.Health();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Equal("LastRunFailed", Assert.Single(health.GetProperty("problems").EnumerateArray()).GetString());
        Assert.Equal("The last run failed (SourceNotFound).", health.GetProperty("error").GetString());
        Assert.Equal(1, monitor.Metrics()["silver_audit_problem{problem=\"LastRunFailed\"}"]);
        Assert.Equal(1, monitor.Metrics()["silver_audit_last_run_status{status=\"Failed\"}"]);
        AssertServesNoPath(monitor);
    }

    [Fact]
    public void Texts_that_only_the_store_knows_are_not_served()
    {
        Load("LOAD_1");
        Database.Execute(Store, "UPDATE silver_audit.etl_run SET status = 'status \" of \\ somebody', error_id = 'id of somebody'");
        using var monitor = new RunningMonitor(_module);

        var (_, health) = monitor.Health();

        Assert.Equal("Unknown", health.GetProperty("last_run").GetProperty("status").GetString());
        Assert.Equal("Unknown", health.GetProperty("last_run").GetProperty("error_id").GetString());
        Assert.Equal(1, monitor.Metrics()["silver_audit_last_run_status{status=\"Unknown\"}"]);
    }

    [Fact]
    public void A_run_that_is_overdue_is_served_as_unhealthy()
    {
        Load("LOAD_1");
        Database.Execute(Store, "UPDATE silver_audit.etl_run SET started_at = started_at - INTERVAL 2 DAY, finished_at = finished_at - INTERVAL 2 DAY");
        using var monitor = new RunningMonitor(_module, "-MaximumAge 1.00:00:00");

        var (status, health) = monitor.Health();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Equal("RunOverdue", Assert.Single(health.GetProperty("problems").EnumerateArray()).GetString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("nothing")]
    [InlineData("Health")]
    [InlineData("health/")]
    [InlineData("metrics/../../etc/passwd")]
    [InlineData("%00%0d%0aX: y")]
    public void Anything_else_is_not_found_and_told_the_paths(string path)
    {
        using var monitor = new RunningMonitor(_module);

        var (status, body) = monitor.Json(path);

        Assert.Equal(HttpStatusCode.NotFound, status);
        Assert.Equal(["/health", "/metrics"], body.GetProperty("paths").EnumerateArray().Select(item => item.GetString()));
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("DELETE")]
    [InlineData("OPTIONS")]
    [InlineData("SOMETHING")]
    public void Only_reading_is_allowed(string method)
    {
        using var monitor = new RunningMonitor(_module);

        using var response = monitor.Send(new HttpMethod(method), "health");

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal(["GET", "HEAD"], response.Content.Headers.Allow);
    }

    [Theory]
    [InlineData("health")]
    [InlineData("metrics")]
    public void The_headers_alone_are_served_without_a_body(string path)
    {
        Load("LOAD_1");
        using var monitor = new RunningMonitor(_module, "-RefreshSec 3600");

        using var whole = monitor.Get(path);
        using var headers = monitor.Send(HttpMethod.Head, path);

        Assert.Equal(whole.StatusCode, headers.StatusCode);
        Assert.Equal(whole.Content.Headers.ContentType, headers.Content.Headers.ContentType);
        Assert.True(headers.Content.Headers.ContentLength > 0);
        Assert.Equal("", RunningMonitor.Text(headers));
    }

    [Fact]
    public void No_answer_may_be_kept_by_a_cache()
    {
        using var monitor = new RunningMonitor(_module);

        foreach (var path in new[] { "health", "metrics", "nothing" })
        {
            using var response = monitor.Get(path);
            Assert.True(response.Headers.CacheControl!.NoStore);
        }
    }

    [Fact]
    public void A_prefix_may_have_a_path_and_needs_no_slash_at_its_end()
    {
        Load("LOAD_1");
        using var monitor = new RunningMonitor(_module, path: "audit/store-1");

        Assert.Equal(HttpStatusCode.OK, monitor.Json("audit/store-1/health").Status);
        var (status, body) = monitor.Json("audit/store-1/");
        Assert.Equal(HttpStatusCode.NotFound, status);
        Assert.Equal("/audit/store-1/health", body.GetProperty("paths")[0].GetString());
    }

    [Fact]
    public void A_monitor_of_the_default_host_answers_to_localhost_too()
    {
        Load("LOAD_1");
        using var monitor = new RunningMonitor(_module);
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(monitor.Url, "health"));
        request.Headers.Host = $"localhost:{monitor.Port}";

        using var response = client.Send(request);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public void An_isolated_monitor_serves_the_same()
    {
        Load("LOAD_1");
        using var monitor = new RunningMonitor(_module, "-Isolated");

        var (status, health) = monitor.Health();

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(1, health.GetProperty("database").GetProperty("total_rows").GetInt64());
        FileHolder.AssertFree(Store);
    }

    private void Load(params string[] loadIds) =>
        _module.Load(Staging.Create(_module.File($"source-{Guid.NewGuid():N}.db"), loadIds));

    private void AssertServesNoPath(RunningMonitor monitor)
    {
        foreach (var (path, accept) in new[] { ("health", "*/*"), ("metrics", "*/*"), ("metrics", "application/json"), ("nothing", "*/*") })
        {
            using var response = monitor.Get(path, accept);
            var text = RunningMonitor.Text(response);
            Assert.DoesNotContain(Path.GetFileName(_module.Folder.Location), text, StringComparison.Ordinal);
            Assert.DoesNotContain(JsonEncodedText.Encode(_module.Folder.Location).ToString(), text, StringComparison.Ordinal);
            Assert.DoesNotContain("silver_metadata", text, StringComparison.Ordinal);
        }
    }
}
