using System.Diagnostics;

namespace SilverAudit.PowerShell.Tests;

/// <summary>Loads that memory has no room for, so that the engine writes a part of them to files beside the store.</summary>
public sealed class SpillTests : IDisposable
{
    private const int Rows = 120_000;
    private const string Plan = "-WhatIf -MemoryLimit 120MB -Threads 2 -NoLog";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly Module _module = new();

    private string Store => _module.File("silver_metadata.db");

    public void Dispose() => _module.Dispose();

    [Fact]
    public void What_a_load_has_spilled_is_gone_when_it_is_done()
    {
        Staging.CreateMany(_module.File("big.db"), Rows);

        Assert.Equal((Rows, Rows, 0, 0, 0, 0), _module.Load(_module.File("big.db"), "-MemoryLimit 60MB").Counts());

        Assert.Equal(["big.db", "silver_metadata.db"], Entries());
    }

    [Fact]
    public void What_a_killed_process_has_spilled_goes_with_the_next_load()
    {
        Staging.CreateMany(_module.File("big.db"), Rows);
        Staging.Create(_module.File("small.db"), "SMALL");
        using var process = StartPlan();
        process.Kill();
        process.WaitForExit();
        Assert.NotEmpty(Spilled());

        _module.Load(_module.File("small.db"));

        Assert.Equal(["big.db", "silver_metadata.db", "small.db"], Entries());
    }

    [Fact]
    public void A_load_leaves_alone_what_a_process_that_still_runs_has_spilled()
    {
        Staging.CreateMany(_module.File("big.db"), Rows);
        using var process = StartPlan();
        var spilled = Spilled();
        Assert.NotEmpty(spilled);

        Assert.Equal((Rows, Rows, 0, 0, 0, 0), _module.Load(_module.File("big.db"), "-MemoryLimit 60MB").Counts());

        Assert.Equal(spilled, Spilled());
        process.StandardInput.WriteLine();
        WaitFor(process, $"0 of {Rows}");
        process.StandardInput.WriteLine();
        Assert.Equal([], ChildProcess.Succeed(process));
        Assert.Equal([], Spilled());
    }

    [Fact]
    public void A_pipeline_may_use_the_store_of_another_that_has_spilled()
    {
        Staging.CreateMany(_module.File("big.db"), Rows);
        Staging.Create(_module.File("small.db"), "SMALL");

        var results = _module.Succeed(
            $"Invoke-SilverAuditEtl big.db {Plan} | ForEach-Object {{ $_; [IO.Directory]::GetFiles($PWD.Path, 'duckdb_temp_*', 'AllDirectories').Count; Invoke-SilverAuditEtl small.db -NoLog }}");

        Assert.Equal(Rows, results[0].Value<int>("InsertedRows"));
        Assert.NotEqual(0, results[1].BaseObject);
        Assert.Equal("AllNew", results[2].Text("Status"));
        Assert.Equal(["big.db", "silver_metadata.db", "small.db"], Entries());
    }

    /// <summary>Starts a process that plans a big load twice, and waits for its leave after each.</summary>
    private Process StartPlan()
    {
        var process = Runner.Start(
            Directory.CreateDirectory(_module.File("scripts")).FullName,
            $"'../big.db', '../big.db' | Invoke-SilverAuditEtl -Destination ../silver_metadata.db {Plan} | ForEach-Object {{ \"$($_.InsertedRows) of $($_.SourceRows)\"; $null = [Console]::In.ReadLine() }}");
        WaitFor(process, $"{Rows} of {Rows}");
        return process;
    }

    private static void WaitFor(Process process, string line)
    {
        var read = new List<string?>();
        do
        {
            var reading = process.StandardOutput.ReadLineAsync();
            Assert.True(reading.Wait(s_patience), $"'{line}' was never written, but {string.Join("; ", read)}.");
            Assert.NotNull(reading.Result);
            read.Add(reading.Result);
        }
        while (read[^1] != line);
    }

    private string[] Spilled() =>
        [.. Directory.EnumerateFiles(_module.Folder.Location, "duckdb_temp_*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];

    private IEnumerable<string?> Entries() =>
        Directory.EnumerateFileSystemEntries(_module.Folder.Location).Select(Path.GetFileName).Where(name => name != "scripts").Order(StringComparer.Ordinal);
}
