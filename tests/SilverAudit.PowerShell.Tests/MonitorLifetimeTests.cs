using System.Management.Automation;
using System.Net;
using System.Net.Sockets;

namespace SilverAudit.PowerShell.Tests;

/// <summary>How a monitor begins and ends.</summary>
public sealed class MonitorLifetimeTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly Module _module = new();

    public MonitorLifetimeTests() => _module.Load(Staging.Create(_module.File("source.db"), "LOAD_1"));

    private string Store => _module.File("silver_metadata.db");

    public void Dispose() => _module.Dispose();

    [Fact]
    public void In_the_foreground_it_says_where_it_serves_reports_each_request_and_ends_with_a_stop()
    {
        var port = RunningMonitor.FreePort();
        using var shell = _module.NewShell("Start-SilverAuditMonitor -Prefix $args[0] -Verbose", $"http://127.0.0.1:{port}/");
        using var serving = new ManualResetEventSlim();
        using var reported = new ManualResetEventSlim();
        shell.Streams.Information.DataAdded += (_, _) => serving.Set();
        shell.Streams.Verbose.DataAdded += (_, e) =>
        {
            if (shell.Streams.Verbose[e.Index].Message.StartsWith("GET /health from 127.0.0.1:", StringComparison.Ordinal))
                reported.Set();
        };
        var running = shell.BeginInvoke();
        Assert.True(serving.Wait(RunningMonitor.Patience), "It never said that it serves.");

        using (var client = new HttpClient())
        using (var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"http://127.0.0.1:{port}/health?token=hidden")))
        using (var response = client.Send(request))
        {
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }

        Assert.True(reported.Wait(RunningMonitor.Patience), "The request was not reported.");
        var stopping = shell.BeginStop(null, null);

        Assert.True(stopping.AsyncWaitHandle.WaitOne(s_patience), "The stop was not prompt.");
        shell.EndStop(stopping);
        Assert.Throws<PipelineStoppedException>(() => shell.EndInvoke(running));
        Assert.Contains($"http://127.0.0.1:{port}/health", Assert.Single(shell.Streams.Information).MessageData.ToString(), StringComparison.Ordinal);
        Assert.Contains(": 200 healthy", Assert.Single(shell.Streams.Verbose).Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", shell.Streams.Verbose[0].Message, StringComparison.Ordinal);
        Assert.Empty(shell.Streams.Warning);
        AssertPortIsFree(port);
        FileHolder.AssertFree(Store);
    }

    [Fact]
    public void As_a_job_it_is_found_received_stopped_and_removed_like_any_other()
    {
        var port = RunningMonitor.FreePort();
        var job = Assert.Single(_module.Succeed($"Start-SilverAuditMonitor -AsJob -Name nightly -Prefix http://127.0.0.1:{port} -Verbose"));
        using (var client = new HttpClient())
        using (var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"http://127.0.0.1:{port}/health")))
        using (client.Send(request))
        {
        }

        Assert.Equal("Running", Assert.Single(_module.Succeed("(Get-Job -Name nightly).State")).BaseObject);
        Assert.Contains($"http://127.0.0.1:{port}/health", job.Text("StatusMessage"), StringComparison.Ordinal);
        PSDataCollection<VerboseRecord> lines = job.Value<PSDataCollection<VerboseRecord>>("Verbose");
        Assert.True(SpinWait.SpinUntil(() => lines.Count > 0, RunningMonitor.Patience), "The request was not reported.");
        var received = _module.Run("Receive-Job -Name nightly -Verbose");
        Assert.Empty(received.Errors);
        Assert.Contains("GET /health", Assert.Single(received.Verbose), StringComparison.Ordinal);
        Assert.Contains("Serving", Assert.Single(received.Information), StringComparison.Ordinal);
        Assert.False(job.Value<bool>("HasMoreData"));

        _module.Succeed("Stop-Job -Name nightly");

        Assert.Equal("Stopped", Assert.Single(_module.Succeed("(Wait-Job -Name nightly).State")).BaseObject);
        AssertPortIsFree(port);
        _module.Succeed("Remove-Job -Name nightly");
        Assert.Empty(_module.Succeed("Get-Job"));
    }

    [Fact]
    public void A_job_that_is_removed_by_force_serves_no_longer()
    {
        var port = RunningMonitor.FreePort();
        _module.Succeed($"Start-SilverAuditMonitor -AsJob -Prefix http://127.0.0.1:{port}/ | Remove-Job -Force");

        AssertPortIsFree(port);
        Assert.Empty(_module.Succeed("Get-Job"));
    }

    [Fact]
    public void A_job_ends_with_its_session()
    {
        var port = RunningMonitor.FreePort();
        using (var session = new Module())
        {
            session.Succeed($"Start-SilverAuditMonitor -AsJob -Prefix http://127.0.0.1:{port}/");
        }

        AssertPortIsFree(port);
    }

    [Theory]
    [InlineData("-AsJob")]
    [InlineData("")]
    public void A_port_in_use_is_an_error_that_ends_the_command(string parameters)
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var prefix = $"http://127.0.0.1:{((IPEndPoint)other.LocalEndpoint).Port}/";

        AssertRefused("MonitorPrefixInUse", ErrorCategory.ResourceBusy, prefix, "choose another port", $"-Prefix {prefix} {parameters}");
    }

    [Fact]
    public void Two_monitors_can_not_serve_at_one_prefix()
    {
        using var monitor = new RunningMonitor(_module);

        var error = Refusal($"-AsJob -Prefix {monitor.Url}");

        Assert.Equal("MonitorPrefixInUse,SilverAudit.PowerShell.StartSilverAuditMonitorCommand", error.FullyQualifiedErrorId);
        Assert.Equal(HttpStatusCode.OK, monitor.Health().Status);
    }

    [Theory]
    [InlineData("5000")]
    [InlineData("127.0.0.1:5000")]
    [InlineData("ftp://127.0.0.1:5000/")]
    [InlineData("https://127.0.0.1:5000/")]
    [InlineData("http://")]
    [InlineData("http://:5000/")]
    [InlineData("http://127.0.0.1:0/")]
    [InlineData("http://127.0.0.1:/")]
    [InlineData("http://127.0.0.1:65536/")]
    [InlineData("http://127.0.0.1:99999999999999999999/")]
    [InlineData("http://127.0.0.1:5000/?query")]
    [InlineData("http://127.0.0.1:5000/a//b")]
    [InlineData("http://user:word@127.0.0.1:5000/")]
    [InlineData("http://0.0.0.0:5000/")]
    [InlineData("http://[::]:5000/")]
    [InlineData("http://a b:5000/")]
    public void A_prefix_that_is_none_is_an_error_that_ends_the_command(string prefix) =>
        AssertRefused("MonitorPrefixInvalid", ErrorCategory.InvalidArgument, null, "http://127.0.0.1:5000/", $"-Prefix '{prefix}' -AsJob");

    [Fact]
    public void An_address_of_another_machine_is_no_prefix() =>
        AssertRefused("MonitorPrefixInvalid", ErrorCategory.InvalidArgument, "http://192.0.2.1:5000/", "address of this machine", "-Prefix http://192.0.2.1:5000/ -AsJob");

    [Fact]
    public void A_secret_in_a_prefix_is_not_repeated()
    {
        var error = Refusal("-Prefix http://user:Hunter2@127.0.0.1:5000/ -AsJob");

        Assert.DoesNotContain("Hunter2", error.Exception.Message + error.TargetObject, StringComparison.Ordinal);
    }

    [Fact]
    public void A_prefix_that_other_machines_can_reach_gets_a_warning()
    {
        var outcome = _module.Run($"Start-SilverAuditMonitor -AsJob -Prefix http://+:{RunningMonitor.FreePort()}/");

        Assert.Null(outcome.Terminating);
        Assert.Contains("without signing in", Assert.Single(outcome.Warnings), StringComparison.Ordinal);
        _module.Succeed("Get-Job | Remove-Job -Force");
    }

    [Fact]
    public void A_warning_that_stops_the_command_leaves_nothing_that_serves()
    {
        var port = RunningMonitor.FreePort();

        Assert.Contains("without signing in", Refusal($"-AsJob -Prefix http://+:{port}/ -WarningAction Stop").Exception.Message, StringComparison.Ordinal);

        Assert.Empty(_module.Succeed("Get-Job"));
        AssertPortIsFree(port);
    }

    private void AssertRefused(string errorId, ErrorCategory category, string? target, string advice, string parameters)
    {
        var error = Refusal(parameters);
        Assert.Equal($"{errorId},SilverAudit.PowerShell.StartSilverAuditMonitorCommand", error.FullyQualifiedErrorId);
        Assert.Equal(category, error.CategoryInfo.Category);
        if (target is not null)
            Assert.Equal(target, error.TargetObject);
        Assert.Contains(advice, error.Exception.Message, StringComparison.Ordinal);
        Assert.Empty(_module.Succeed("Get-Job"));
    }

    /// <summary>The error that ended the command: only such a one can be caught.</summary>
    private ErrorRecord Refusal(string parameters) =>
        (ErrorRecord)Assert.Single(_module.Run($"try {{ Start-SilverAuditMonitor {parameters} }} catch {{ $_ }}").Output).BaseObject;

    private static void AssertPortIsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
    }
}
