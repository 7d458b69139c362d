using System.Management.Automation;
using System.Net.Sockets;

namespace SilverAudit.PowerShell.Tests;

/// <summary>A file is what it is, not what it is called: other names of the store, and things at its place that are no files.</summary>
public sealed class FileIdentityTests : IDisposable
{
    private const string Links = "'ln' and 'mkfifo' make what is tested here.";

    private readonly Module _module = new();
    private readonly string _source;
    private Socket? _socket;

    public FileIdentityTests() => _source = Staging.Create(_module.File("source.db"), "LOAD_1");

    private string Store => _module.File("silver_metadata.db");

    public void Dispose()
    {
        _socket?.Dispose();
        _module.Dispose();
    }

    [LinuxFact(Links)]
    public void A_hard_link_to_the_store_is_no_source()
    {
        _module.Load(_source);
        var link = HardLink(Store, "link.db");

        var message = FailedLoad.Expect(_module, link, "SourceIsDestination", ErrorCategory.InvalidArgument, link);

        Assert.Contains("is the store itself", message, StringComparison.Ordinal);
        Assert.Equal(["LOAD_1"], StoreContents.LoadIds(Store));
    }

    [LinuxFact(Links)]
    public void A_hard_link_to_the_store_among_the_files_of_a_wildcard_is_passed_over()
    {
        _module.Load(_source);
        HardLink(Store, "link.db");

        Assert.Equal(["AlreadyPresent"], _module.Succeed("Invoke-SilverAuditEtl *.db -NoLog").Select(result => result.Text("Status")));
    }

    [LinuxFact(Links)]
    public void A_hard_link_to_a_store_that_a_pipeline_of_the_process_writes_is_no_source_meanwhile()
    {
        _module.Load(_source);
        var link = HardLink(Store, "link.db");

        var outcome = _module.Run(
            "Invoke-SilverAuditEtl source.db -NoLog | ForEach-Object { $_; Invoke-SilverAuditEtl link.db -Destination other.db -NoLog }");

        Assert.Equal("SourceLocked", outcome.ErrorId);
        Assert.Equal(link, outcome.Errors[0].TargetObject);
        Assert.Equal(["AlreadyPresent", "Failed"], outcome.Output.Select(result => result.Text("Status")));
    }

    [LinuxFact(Links)]
    public void A_hard_link_to_a_store_that_a_pipeline_of_the_process_writes_is_no_store_meanwhile()
    {
        _module.Load(_source);
        HardLink(Store, "link.db");
        Staging.Create(_module.File("second.db"), "LOAD_2");

        var outcome = _module.Run(
            """
            Invoke-SilverAuditEtl source.db -NoLog | ForEach-Object {
                Invoke-SilverAuditEtl second.db -Destination link.db -NoLog -LockTimeoutSec 1
                Get-SilverAuditLoad -Destination link.db -LockTimeoutSec 0
            }
            """);

        Assert.Equal(["StoreLocked", "StoreLocked"], outcome.Errors.Select(error => error.FullyQualifiedErrorId.Split(',')[0]));
        Assert.Equal("LOAD_1", Assert.Single(StoreContents.LoadIds(Store)));
        Assert.Equal("AllNew", _module.Load(_module.File("second.db"), "-Destination link.db").Text("Status"));
        Assert.Equal(["LOAD_1", "LOAD_2"], StoreContents.LoadIds(Store));
    }

    [LinuxTheory(Links)]
    [InlineData("pipe")]
    [InlineData("socket")]
    [InlineData("device")]
    public void What_is_no_regular_file_is_no_source_and_nothing_waits_for_it(string kind)
    {
        var path = CreateIrregular(kind);

        FailedLoad.Expect(_module, path, "SourceNotDatabase", ErrorCategory.InvalidType, path);
    }

    [LinuxTheory(Links)]
    [InlineData("pipe")]
    [InlineData("socket")]
    [InlineData("device")]
    public void What_is_no_regular_file_is_no_store_and_nothing_waits_for_it(string kind)
    {
        var path = CreateIrregular(kind);

        foreach (var command in new[] { "Invoke-SilverAuditEtl source.db -NoLog", "Invoke-SilverAuditEtl source.db -NoLog -WhatIf", "Get-SilverAuditLoad", "Compare-SilverAuditSource source.db", "Remove-OrphanStagingTable" })
        {
            var outcome = _module.Run($"{command} -Destination $args[0]", path);

            Assert.Equal((command, "StoreNotDatabase"), (command, outcome.ErrorId));
            Assert.Equal(path, outcome.Errors[0].TargetObject);
        }
    }

    [LinuxFact(Links)]
    public void A_pipe_in_the_place_of_a_log_is_not_waited_for()
    {
        MakePipe(_source + ".wal");
        FailedLoad.Expect(_module, _source, "SourceNotDatabase", ErrorCategory.InvalidType, _source);

        var good = Staging.Create(_module.File("good.db"), "LOAD_2");
        MakePipe(Store + ".wal");
        FailedLoad.Expect(_module, good, "StoreNotDatabase", ErrorCategory.InvalidType, Store);
    }

    private string CreateIrregular(string kind)
    {
        var path = _module.File(kind);
        switch (kind)
        {
            case "pipe":
                MakePipe(path);
                break;
            case "socket":
                _socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                _socket.Bind(new UnixDomainSocketEndPoint(path));
                break;
            default:
                return "/dev/zero";
        }

        return path;
    }

    private void MakePipe(string path) => ChildProcess.Succeed(ChildProcess.Start(_module.Folder.Location, "mkfifo", path));

    private string HardLink(string path, string name)
    {
        ChildProcess.Succeed(ChildProcess.Start(_module.Folder.Location, "ln", path, name));
        return _module.File(name);
    }
}
