namespace SilverAudit.PowerShell.Tests;

/// <summary>
/// A store or a source that another DuckDB library of the same process has open. The system's locks belong to the process, so they
/// tell nothing of it on a Unix, and opening and closing the file again would take them off.
/// </summary>
public sealed class SameProcessTests : IDisposable
{
    private readonly Module _module = new();
    private readonly string _source;
    private readonly string _store;

    public SameProcessTests()
    {
        _store = _module.File("silver_metadata.db");
        _module.Load(Staging.Create(_module.File("earlier.db"), "EARLIER"));
        _source = Staging.Create(_module.File("source.db"), "LOAD_1");
    }

    public void Dispose() => _module.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData(", READ_ONLY")]
    public void Every_cmdlet_finds_the_store_in_use_and_the_lock_on_it_lasts(string access)
    {
        string[] commands =
        [
            "Invoke-SilverAuditEtl source.db -NoLog -LockTimeoutSec 0",
            "Invoke-SilverAuditEtl source.db -NoLog -LockTimeoutSec 0 -WhatIf",
            "Compare-SilverAuditSource source.db -LockTimeoutSec 0",
            "Get-SilverAuditLoad -LockTimeoutSec 0",
            "Get-SilverAuditRun -LockTimeoutSec 0",
            "Get-SilverAuditRun -Summary -LockTimeoutSec 0",
            "Test-SilverAuditStore -LockTimeoutSec 0",
            "Undo-SilverAuditRun 6f9619ff-8b86-d011-b42d-00c04fc964ff -Reason r -Confirm:$false -LockTimeoutSec 0",
            "Remove-OrphanStagingTable -Confirm:$false -LockTimeoutSec 0",
            "Backup-SilverAuditStore copy.db -LockTimeoutSec 0",
            "Export-SilverAuditLoad loads.csv -LockTimeoutSec 0",
            "Optimize-SilverAuditStore -LockTimeoutSec 0",
            "Optimize-SilverAuditStore -Compact -LockTimeoutSec 0",
        ];
        using (Database.Open(_store, access))
        {
            Assert.All(commands, command => Assert.Equal("StoreLocked", _module.Run(command).ErrorId));
            Assert.Equal("StoreLocked", Assert.Single(_module.Succeed("Get-SilverAuditHealth -LockTimeoutSec 0")).Text("ErrorId"));
            Assert.Throws<InvalidOperationException>(() => FileHolder.HoldForWriting(_store));
        }

        FileHolder.AssertFree(_store);
        Assert.Equal("EARLIER", Assert.Single(_module.Succeed("Get-SilverAuditLoad")).Text("LoadId"));
    }

    [Theory]
    [InlineData("Invoke-SilverAuditEtl source.db -NoLog -LockTimeoutSec 0")]
    [InlineData("Invoke-SilverAuditEtl source.db -NoLog -LockTimeoutSec 0 -WhatIf")]
    [InlineData("Compare-SilverAuditSource source.db -LockTimeoutSec 0")]
    [InlineData("Invoke-SilverAuditEtl other.db -LogPath source.db", "LogPathInvalid")]
    [InlineData("Invoke-SilverAuditEtl source.db -NoLog -LockTimeoutSec 0 -Isolated")]
    public void A_source_in_use_is_not_read_and_the_lock_on_it_lasts(string command, string errorId = "SourceLocked")
    {
        using (Database.Open(_source, ""))
        {
            Assert.Equal(errorId, _module.Run(command).ErrorId);
            Assert.Throws<InvalidOperationException>(() => FileHolder.HoldForWriting(_source));
        }

        FileHolder.AssertFree(_source);
        Assert.Equal("AllNew", _module.Load(_source).Text("Status"));
    }

    [Fact]
    public void A_source_that_is_closed_in_time_is_loaded()
    {
        var connection = Database.Open(_source, "");
        using var shell = _module.NewShell("Invoke-SilverAuditEtl source.db -NoLog -LockTimeoutSec 300 -Verbose");
        shell.Streams.Verbose.DataAdded += (_, added) =>
        {
            if (shell.Streams.Verbose[added.Index].Message.StartsWith("Waiting up to", StringComparison.Ordinal))
                connection.Dispose();
        };

        Assert.Equal("AllNew", Assert.Single(shell.Invoke()).Text("Status"));
        Assert.Empty(shell.Streams.Error);
    }

    [Fact]
    public void A_store_that_is_opened_while_a_pipeline_writes_it_takes_nothing_more_and_keeps_what_was_reported()
    {
        Staging.Create(_module.File("next.db"), "LOAD_2");
        DuckDB.NET.Data.DuckDBConnection? other = null;

        var outcome = _module.Run(
            "$open = $args[0]; 'source.db', 'next.db' | Invoke-SilverAuditEtl -NoLog -LockTimeoutSec 0 | ForEach-Object { $open.Invoke(); $_ }",
            new Action(() => other ??= Database.Open(_store, "")));
        other!.Dispose();

        Assert.Equal("StoreLocked", outcome.ErrorId);
        Assert.Equal(["AllNew", "Failed"], outcome.Output.Select(result => result.Text("Status")));
        Assert.Equal(["EARLIER", "LOAD_1"], StoreContents.LoadIds(_store).Order(StringComparer.Ordinal));
        Assert.Equal("AllNew", _module.Load(_module.File("next.db")).Text("Status"));
    }
}
