using System.Text.RegularExpressions;

namespace SilverAudit.PowerShell.Tests;

public sealed partial class LogTests : IDisposable
{
    private const int LinesOfRun = 18;
    private const string Closing = "Database connections closed";
    private const string Created = "so it was created.";

    private static readonly string[] s_stores = ["1.store", "2.store"];

    private readonly Module _module = new();

    private string Log => _module.File("silver_audit_etl.log");

    private string Source => _module.File("source.db");

    public void Dispose() => _module.Dispose();

    [Fact]
    public void A_run_writes_the_messages_of_the_reference_in_their_order_and_format()
    {
        Staging.Create(Source, "LOAD_1", "LOAD_2");
        var before = DateTime.Now;

        _module.Succeed("Invoke-SilverAuditEtl source.db");

        Assert.Equal(MessagesOfRun(extracted: 2, inserted: 2, skipped: 0, total: 2, "All source data was new"), Lines(Log).Select(line => $"{line.Level} {line.Message}"));
        Assert.All(Lines(Log), line => Assert.InRange(line.Time, before.AddSeconds(-1), DateTime.Now));
    }

    [Fact]
    public void A_second_run_is_added_to_the_log()
    {
        Staging.Create(Source, "LOAD_1", "LOAD_2");

        _module.Succeed("Invoke-SilverAuditEtl source.db");
        _module.Succeed("Invoke-SilverAuditEtl source.db");

        Assert.Equal(
            [
                .. MessagesOfRun(extracted: 2, inserted: 2, skipped: 0, total: 2, "All source data was new"),
                .. MessagesOfRun(extracted: 2, inserted: 0, skipped: 2, total: 2, "All data was already present (idempotent run)"),
            ],
            Lines(Log).Select(line => $"{line.Level} {line.Message}"));
    }

    [Fact]
    public void A_failed_run_ends_with_an_error_line()
    {
        _module.Run("Invoke-SilverAuditEtl source.db");

        Assert.Equal(
            ["INFO Starting Silver Audit ETL pipeline", $"ERROR Silver Audit ETL pipeline failed: SourceNotFound: Source database file not found: {Source}. Check the path and that the pipeline has written the file."],
            Lines(Log).Select(line => $"{line.Level} {line.Message}"));
    }

    [Fact]
    public void The_log_ends_with_the_closing_of_the_connections_as_the_reference_has_it()
    {
        Staging.Create(Source, "LOAD_1");

        _module.Succeed("Invoke-SilverAuditEtl source.db");

        Assert.EndsWith($" - silver_audit_etl - INFO - {Closing}\n", File.ReadAllText(Log), StringComparison.Ordinal);
    }

    [Fact]
    public void A_warning_is_in_the_log_and_on_the_warning_stream()
    {
        Staging.Create(Source, "LOAD_1");
        _module.Succeed("Invoke-SilverAuditEtl source.db -NoLog");
        Database.Execute(Source, "UPDATE silver_temp_audit SET validation_summary = 'new'");

        var outcome = _module.Run("Invoke-SilverAuditEtl source.db");

        var warning = Assert.Single(outcome.Warnings);
        Assert.StartsWith($"Loads of '{Source}' that differ from the store and were left as they are there: 1.", warning, StringComparison.Ordinal);
        Assert.Equal(warning, Assert.Single(Lines(Log), line => line.Level == "WARNING").Message);
    }

    [Fact]
    public void The_log_is_in_the_current_location_of_the_session_or_where_LogPath_says()
    {
        Staging.Create(Source, "LOAD_1");
        Directory.CreateDirectory(_module.File("sub"));

        _module.Succeed("$path = $ExecutionContext.SessionState.Path; $null = $path.SetLocation('sub'); Invoke-SilverAuditEtl ../source.db -Destination ../store.db; $null = $path.SetLocation('..')");
        _module.Succeed("Invoke-SilverAuditEtl source.db -Destination store.db -LogPath logs/deep/my.log");

        Assert.Equal(LinesOfRun, Lines(Path.Combine(_module.File("sub"), "silver_audit_etl.log")).Count);
        Assert.Equal(LinesOfRun, Lines(_module.File(Path.Combine("logs", "deep", "my.log"))).Count);
        Assert.False(File.Exists(Log));
    }

    [LinuxTheory("Pipes and devices are made by programs of Unix.")]
    [InlineData("mkfifo silver_audit_etl.log")]
    [InlineData("ln -s /dev/full silver_audit_etl.log")]
    [InlineData("mkdir silver_audit_etl.log")]
    public void A_log_that_would_keep_nothing_is_told_and_the_load_goes_on_without(string make)
    {
        Staging.Create(Source, "LOAD_1");
        ChildProcess.Succeed(ChildProcess.Start(_module.Folder.Location, "sh", "-c", make));

        var outcome = _module.Run("Invoke-SilverAuditEtl source.db");

        Assert.Contains($"The log file '{Log}' can't be written, because it is a folder, a pipe", outcome.Warnings[0], StringComparison.Ordinal);
        Assert.Empty(outcome.Errors);
        Assert.Equal("AllNew", Assert.Single(outcome.Output).Text("Status"));
    }

    [Fact]
    public void NoLog_writes_no_log()
    {
        Staging.Create(Source, "LOAD_1");

        _module.Succeed("Invoke-SilverAuditEtl source.db -NoLog");

        Assert.Empty(Directory.EnumerateFiles(_module.Folder.Location, "*.log"));
    }

    [Fact]
    public void Commands_that_only_read_write_no_log()
    {
        Staging.Create(Source, "LOAD_1");

        _module.Succeed("Invoke-SilverAuditEtl source.db -NoLog; Get-SilverAuditLoad; Compare-SilverAuditSource source.db; Remove-OrphanStagingTable");

        Assert.Empty(Directory.EnumerateFiles(_module.Folder.Location, "*.log"));
    }

    [Fact]
    public void A_plan_writes_no_log_unless_one_is_named()
    {
        Staging.Create(Source, "LOAD_1");

        _module.Succeed("Invoke-SilverAuditEtl source.db -WhatIf");
        Assert.Empty(Directory.EnumerateFiles(_module.Folder.Location, "*.log"));

        _module.Succeed("Invoke-SilverAuditEtl source.db -WhatIf -LogPath plan.log");
        Assert.Equal("Plan only: nothing was written", Lines(_module.File("plan.log"))[^1].Message);
    }

    [Fact]
    public void Debug_level_has_the_statements_one_line_each()
    {
        Staging.Create(Source, "LOAD_1");

        _module.Succeed("Invoke-SilverAuditEtl source.db -LogLevel Debug");

        Assert.Single(Lines(Log), line => line.Level == "DEBUG" && line.Message.StartsWith("MERGE INTO ", StringComparison.Ordinal));
        Assert.Contains(Lines(Log), line => line is { Level: "DEBUG", Message: "COMMIT" });
        Assert.Equal(LinesOfRun, Lines(Log).Count(line => line.Level == "INFO"));
    }

    [Theory]
    [InlineData("Warning", "WARNING ERROR")]
    [InlineData("Error", "ERROR")]
    public void Higher_levels_leave_out_what_is_below_them(string level, string expected)
    {
        Staging.Create(Source, "LOAD_1");
        _module.Succeed("Invoke-SilverAuditEtl source.db -NoLog");
        Database.Execute(Source, "UPDATE silver_temp_audit SET validation_summary = 'new'");

        _module.Run($"Invoke-SilverAuditEtl source.db, nowhere.db -LogLevel {level}");

        Assert.Equal(expected, string.Join(' ', Lines(Log).Select(line => line.Level)));
    }

    [Fact]
    public void Info_goes_to_the_information_stream_and_statements_to_the_debug_stream_when_asked_for()
    {
        Staging.Create(Source, "LOAD_1");

        var quiet = _module.Run("Invoke-SilverAuditEtl source.db -NoLog");
        var chatty = _module.Run("Invoke-SilverAuditEtl source.db -NoLog -Debug");

        Assert.Equal(
            MessagesOfRun(extracted: 1, inserted: 1, skipped: 0, total: 1, "All source data was new"),
            quiet.Information.Where(message => message != Closing).Select(message => $"INFO {message}"));
        Assert.Empty(quiet.Debug);
        Assert.Single(chatty.Debug, message => message.StartsWith("MERGE INTO ", StringComparison.Ordinal));
    }

    [Fact]
    public void Information_records_can_be_told_by_their_tag()
    {
        Staging.Create(Source, "LOAD_1");
        using var shell = _module.NewShell("Invoke-SilverAuditEtl source.db -NoLog");

        shell.Invoke();

        Assert.NotEmpty(shell.Streams.Information);
        Assert.All(shell.Streams.Information, record => Assert.Equal(["SilverAudit"], record.Tags));
    }

    [Theory]
    [InlineData("\n2025-01-15 14:30:00 - silver_audit_etl - INFO - forged\n.db")]
    [InlineData("\r2025-01-15 14:30:00 - silver_audit_etl - INFO - forged\r.db")]
    [InlineData("\u0085forged\u001b[2J.db")]
    [InlineData("{forged} {0} {{x}} %s.db")]
    public void A_file_name_can_not_forge_a_line(string name)
    {
        _module.Run("Invoke-SilverAuditEtl -LiteralPath $args[0]", _module.File(name));

        var lines = Lines(Log);
        Assert.Equal(["INFO", "ERROR"], lines.Select(line => line.Level));
        Assert.Contains("forged", lines[1].Message, StringComparison.Ordinal);
        Assert.DoesNotContain(lines[1].Message, char.IsControl);
        Assert.Equal(name.Contains('{', StringComparison.Ordinal), lines[1].Message.Contains(name, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("folder")]
    [InlineData("source.db/my.log")]
    public void A_log_that_can_not_be_written_is_a_warning_and_the_load_succeeds(string logPath)
    {
        Staging.Create(Source, "LOAD_1");
        Directory.CreateDirectory(_module.File("folder"));

        var outcome = _module.Run($"Invoke-SilverAuditEtl source.db -LogPath {logPath}");

        Assert.Empty(outcome.Errors);
        Assert.Equal("AllNew", Assert.Single(outcome.Output).Text("Status"));
        var warning = outcome.Warnings[0];
        Assert.StartsWith($"The log file '{_module.File(logPath)}' can't be written", warning, StringComparison.Ordinal);
        Assert.Contains("-LogPath", warning, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("silver_metadata.db")]
    [InlineData("silver_metadata.db.wal")]
    [InlineData("source.db")]
    [InlineData("source.db.wal")]
    public void A_log_that_would_be_a_database_is_refused_before_anything_is_done(string logPath)
    {
        Staging.Create(Source, "LOAD_1");
        var before = File.ReadAllBytes(Source);

        var outcome = _module.Run($"Invoke-SilverAuditEtl source.db -LogPath {logPath}");

        Assert.Equal("LogPathInvalid", outcome.ErrorId);
        Assert.Contains("-LogPath", outcome.Errors[0].Exception.Message, StringComparison.Ordinal);
        Assert.Empty(outcome.Output);
        Assert.Equal(["source.db"], Directory.EnumerateFiles(_module.Folder.Location).Select(file => Path.GetFileName(file)));
        Assert.Equal(before, File.ReadAllBytes(Source));
    }

    [Fact]
    public void A_log_that_has_grown_large_gets_a_successor()
    {
        Staging.Create(Source, "LOAD_1");
        File.WriteAllBytes(Log, new byte[11 * 1024 * 1024]);

        _module.Succeed("Invoke-SilverAuditEtl source.db");

        Assert.Equal(11 * 1024 * 1024, new FileInfo(Log).Length);
        Assert.Equal(LinesOfRun, Lines(_module.File("silver_audit_etl_001.log")).Count);
    }

    [Fact]
    public void Two_processes_write_one_log_and_no_line_is_lost()
    {
        Staging.CreateSeries(Directory.CreateDirectory(_module.File("sources")).FullName, 30);
        const string Script = "Invoke-SilverAuditEtl sources/*.db -Destination $args[0] -LogPath shared.log -WarningAction SilentlyContinue | ForEach-Object Status";

        var processes = s_stores.Select(store => Runner.Start(_module.Folder.Location, Script, store)).ToList();
        var outputs = processes.ConvertAll(ChildProcess.Succeed);

        Assert.All(outputs, output => Assert.Equal(Enumerable.Repeat("AllNew", 30), output));
        AssertSharedLog(runs: 60);
    }

    [Fact]
    public void Two_sessions_of_one_process_write_one_log_and_no_line_is_lost()
    {
        using var other = new Module();
        Staging.CreateSeries(Directory.CreateDirectory(_module.File("sources")).FullName, 30);

        ScriptOutcome LoadAll(Module module, string store) => module.Run(
            "Invoke-SilverAuditEtl $args[0] -Destination $args[1] -LogPath $args[2]", _module.File("sources/*.db"), store, _module.File("shared.log"));

        var outcomes = Concurrently.Run(() => LoadAll(_module, s_stores[0]), () => LoadAll(other, s_stores[1]));

        Assert.All(outcomes, outcome => Assert.Empty(outcome.Errors));
        AssertSharedLog(runs: 60);
    }

    [LinuxFact("Sessions are made by 'setsid'.")]
    public void Jobs_of_different_sessions_write_one_log_and_no_line_is_lost()
    {
        Staging.CreateSeries(Directory.CreateDirectory(_module.File("sources")).FullName, 30);
        var file = _module.File("script.ps1");
        File.WriteAllText(file, "Invoke-SilverAuditEtl sources/*.db -Destination $args[0] -LogPath shared.log -WarningAction SilentlyContinue | ForEach-Object Status");

        var processes = s_stores.Select(store => ChildProcess.Start(
            _module.Folder.Location, "setsid", "--wait", "dotnet", TestMetadata.Value("RunnerPath"), "-NonInteractive", "-File", file, store)).ToList();

        Assert.All(processes.ConvertAll(ChildProcess.Succeed), output => Assert.Equal(Enumerable.Repeat("AllNew", 30), output));
        AssertSharedLog(runs: 60);
    }

    private void AssertSharedLog(int runs)
    {
        var lines = Lines(_module.File("shared.log"));
        Assert.Equal(runs * LinesOfRun, lines.Count);
        Assert.Equal(runs, lines.Count(line => line.Message == "Starting Silver Audit ETL pipeline"));
        Assert.Equal(runs, lines.Count(line => line.Message == "Silver Audit ETL pipeline completed successfully"));
    }

    private string[] MessagesOfRun(int extracted, int inserted, int skipped, int total, string status) =>
    [
        "INFO Starting Silver Audit ETL pipeline",
        $"INFO Successfully connected to source database: {Source}",
        $"INFO Successfully connected to destination database: {_module.File("silver_metadata.db")}",
        "INFO Destination table 'silver_staging_audit' created/verified",
        $"INFO Successfully extracted {extracted} rows from source table",
        $"INFO Successfully transformed {extracted} rows",
        "INFO Executing MERGE operation",
        $"INFO Successfully inserted {inserted} new rows into silver_staging_audit",
        $"INFO Duplicate rows skipped: {skipped}",
        $"INFO Total rows in destination table: {total}",
        "INFO ETL Results Summary:",
        $"INFO   - Source rows extracted: {extracted}",
        $"INFO   - NEW rows inserted: {inserted}",
        $"INFO   - Duplicate rows skipped: {skipped}",
        $"INFO   - Total rows in destination: {total}",
        "INFO   - Destination table columns: 20",
        $"INFO   - Status: {status}",
        "INFO Silver Audit ETL pipeline completed successfully",
    ];

    /// <summary>Reads a log of which every line must be as documented, the closing line of each pipeline and new stores left out.</summary>
    private static List<(DateTime Time, string Level, string Message)> Lines(string path)
    {
        var text = File.ReadAllText(path);
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        return [.. text[..^1].Split('\n').Select(Parse).Where(line => line.Message != Closing && !line.Message.EndsWith(Created, StringComparison.Ordinal))];
    }

    private static (DateTime Time, string Level, string Message) Parse(string line)
    {
        var match = Line().Match(line);
        Assert.True(match.Success, $"Not as documented: '{line}'");
        return (DateTime.ParseExact(match.Groups[1].Value, "yyyy-MM-dd HH:mm:ss", null), match.Groups[2].Value, match.Groups[3].Value);
    }

    [GeneratedRegex(@"^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) - silver_audit_etl - (DEBUG|INFO|WARNING|ERROR) - (.+)$")]
    private static partial Regex Line();
}
