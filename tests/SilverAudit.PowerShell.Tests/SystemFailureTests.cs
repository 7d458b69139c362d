namespace SilverAudit.PowerShell.Tests;

/// <summary>What the system refuses says nothing of what is in a file.</summary>
public sealed class SystemFailureTests : IDisposable
{
    private readonly Module _module = new();

    public void Dispose() => _module.Dispose();

    [TracerTheory]
    [InlineData("openat:error=EMFILE", "Too many open files")]
    [InlineData("openat:error=ESTALE", "Stale file handle")]
    [InlineData("pread64:error=EIO", "Input/output error")]
    [InlineData("fcntl:error=ENOLCK", "gives no locks")]
    public void A_source_that_the_system_does_not_let_read_is_not_called_damaged(string fault, string told)
    {
        var source = Staging.Create(_module.File("source.db"), "LOAD_1");

        var error = RunWith(fault, source);

        Assert.Contains("SourceNotReadable", error, StringComparison.Ordinal);
        Assert.Contains(told, error, StringComparison.Ordinal);
        Assert.DoesNotContain("damaged", error, StringComparison.Ordinal);
        Assert.Equal("AllNew", _module.Load(source).Text("Status"));
    }

    [TracerTheory]
    [InlineData("openat:error=EMFILE", "Too many open files")]
    [InlineData("pread64:error=EIO", "Input/output error")]
    [InlineData("fcntl:error=ENOLCK", "gives no locks")]
    public void A_store_that_the_system_does_not_let_open_is_not_called_damaged_or_in_use(string fault, string told)
    {
        Staging.Create(_module.File("source.db"), "LOAD_1");
        _module.Load(Staging.Create(_module.File("earlier.db"), "EARLIER"));

        var error = RunWith(fault, _module.File("silver_metadata.db"));

        Assert.Contains("StoreNotWritable", error, StringComparison.Ordinal);
        Assert.Contains(told, error, StringComparison.Ordinal);
        Assert.DoesNotContain("damaged", error, StringComparison.Ordinal);
        Assert.Equal("AllNew", _module.Load(_module.File("source.db")).Text("Status"));
    }

    [LinuxFact("How long a name may be differs from system to system.")]
    public void A_name_that_leaves_no_room_for_the_log_beside_it_is_not_called_damage()
    {
        var source = Staging.Create(_module.File("source.db"), "LOAD_1");
        var longest = _module.File(new string('n', 252));
        File.Move(source, longest);

        var message = FailedLoad.Expect(_module, longest, "SourceNotReadable", System.Management.Automation.ErrorCategory.PermissionDenied, longest);

        Assert.Contains("shorter name", message, StringComparison.Ordinal);
    }

    [TracerFact]
    public void What_can_not_be_read_may_be_a_database_and_is_not_replaced()
    {
        _module.Load(Staging.Create(_module.File("source.db"), "LOAD_1"));
        var other = Staging.Create(_module.File("loads.csv"), "OTHER");
        var before = File.ReadAllBytes(other);

        var error = RunWith("openat:error=EIO", other, "Export-SilverAuditLoad loads.csv -Force");

        Assert.Contains("TargetNotWritable", error, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(other));
    }

    private string RunWith(string fault, string path, string command = "Invoke-SilverAuditEtl source.db -NoLog -LockTimeoutSec 0")
    {
        var script = $"$ErrorView = 'NormalView'; {command} | Out-Null; $Error[0].FullyQualifiedErrorId; $Error[0].Exception.Message";
        var (_, output, error) = ChildProcess.Complete(ChildProcess.Start(
            _module.Folder.Location, "strace",
            ["-f", "-qq", "-o", "/dev/null", "-P", path, "-e", "inject=" + fault,
             "dotnet", TestMetadata.Value("RunnerPath"), "-NonInteractive", "-Command", script]));
        return output + error;
    }
}
