using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace SilverAudit.PowerShell.Tests;

/// <summary>
/// The files under examples, run as their platforms run them: by the command line that the unit, the crontab, the task or the Python
/// file holds. The engine under the name pwsh is the Runner's.
/// </summary>
public sealed partial class ExampleTests : IDisposable
{
    private const string Reason = "The command lines are for /bin/sh.";
    private const string Folder = "/opt/silver-audit";

    private readonly TemporaryFolder _folder = new();
    private readonly MailServer _mails = new();

    public ExampleTests()
    {
        Directory.CreateDirectory(_folder.File("job"));
        Directory.CreateDirectory(_folder.File("staging"));
        foreach (var file in new[] { "daily-job.ps1", "silver_audit.py" })
        {
            File.Copy(Example(file), Job(file));
        }

        File.WriteAllText(
            Job("silver-audit.json"),
            $$"""
            {
              "environments": {
                "production": {
                  "source": "../staging/*.db",
                  "destination": "../silver.db",
                  "strict": true,
                  "logPath": "../etl.log",
                  "archivePath": "../archive",
                  "notification": {
                    "enabled": true, "smtpServer": "127.0.0.1", "port": {{_mails.Port}}, "from": "etl@example.com", "to": ["admin@example.com"]
                  }
                }
              }
            }
            """);
        Staging.Create(_folder.File("staging/1.db"), "LOAD_1", "LOAD_2");
        Staging.Create(_folder.File("staging/2.db"), "LOAD_3");
    }

    public static TheoryData<string> Schedulers => ["systemd", "cron", "Task Scheduler"];

    public void Dispose()
    {
        _mails.Dispose();
        _folder.Dispose();
    }

    [LinuxTheory(Reason)]
    [MemberData(nameof(Schedulers))]
    public void The_daily_job_loads_checks_archives_tells_by_mail_and_ends_with_0(string scheduler)
    {
        var (exitCode, output) = Run(scheduler);

        Assert.True(exitCode == 0, output);
        Assert.Equal(["LOAD_1", "LOAD_2", "LOAD_3"], StoreContents.LoadIds(_folder.File("silver.db")));
        Assert.Equal(["1.db", "1.db.proof.json", "2.db", "2.db.proof.json"], Names("archive"));
        Assert.Empty(Names("staging"));
        Assert.Contains("Silver Audit ETL pipeline completed successfully", File.ReadAllText(_folder.File("etl.log")), StringComparison.Ordinal);
        var mail = Assert.Single(_mails.Mails);
        Assert.Equal(["admin@example.com"], mail.Recipients);
        Assert.Contains("Success", mail.Message.Subject, StringComparison.Ordinal);
    }

    [LinuxTheory(Reason)]
    [MemberData(nameof(Schedulers))]
    public void The_daily_job_ends_with_1_after_every_source_has_had_its_try(string scheduler)
    {
        File.WriteAllText(_folder.File("staging/1b.db"), "no database");

        var (exitCode, output) = Run(scheduler);

        Assert.True(exitCode == 1, output);
        Assert.Contains("SourceNotDatabase", output, StringComparison.Ordinal);
        Assert.Equal(["LOAD_1", "LOAD_2", "LOAD_3"], StoreContents.LoadIds(_folder.File("silver.db")));
        Assert.Equal(["1b.db"], Names("staging"));
        Assert.Contains("FAILURE", Assert.Single(_mails.Mails).Message.Subject, StringComparison.Ordinal);
    }

    [LinuxFact(Reason)]
    public void The_daily_job_fails_when_a_check_of_the_store_fails_and_the_mail_says_so()
    {
        Database.Execute(_folder.File("staging/2.db"), "UPDATE silver_temp_audit SET data_source = NULL");

        var (exitCode, output) = Run("cron");

        Assert.True(exitCode == 1, output);
        Assert.Contains("AllFieldsPopulated", output, StringComparison.Ordinal);
        Assert.Contains("FAILURE", Assert.Single(_mails.Mails).Message.Subject, StringComparison.Ordinal);
    }

    [LinuxFact(Reason)]
    public void The_daily_job_fails_when_nobody_could_be_told()
    {
        _mails.UnknownAddresses.Add("admin@example.com");

        var (exitCode, output) = Run("cron");

        Assert.True(exitCode == 1, output);
        Assert.Contains("admin@example.com", output, StringComparison.Ordinal);
        Assert.Equal(3, StoreContents.LoadIds(_folder.File("silver.db")).Count);
    }

    [LinuxFact(Reason)]
    public void The_daily_job_fails_without_its_configuration()
    {
        File.Delete(Job("silver-audit.json"));

        var (exitCode, output) = Run("cron");

        Assert.True(exitCode == 1, output);
        Assert.Contains("silver-audit.json", output, StringComparison.Ordinal);
        Assert.Empty(_mails.Mails);
    }

    [LinuxFact(Reason)]
    public void The_Azure_Automation_runbook_returns_an_object_per_source_and_fails_after_the_last_one_when_one_failed()
    {
        var (exitCode, output) = RunRunbook();

        Assert.True(exitCode == 0, output);
        Assert.Equal(2, output.Split("AllNew").Length - 1);
        File.WriteAllText(_folder.File("staging/1b.db"), "no database");

        (exitCode, output) = RunRunbook();

        Assert.True(exitCode == 1, output);
        Assert.Equal(2, output.Split("AlreadyPresent").Length - 1);
        Assert.Matches(@"The load failed\. Failed sources: \S*1b\.db", output.ReplaceLineEndings(" "));
    }

    [LinuxFact(Reason)]
    public void The_sequential_pipeline_goes_through_all_its_steps()
    {
        var (exitCode, output) = Call("pwsh", "-NoProfile", "-File", Example("sequential-pipeline.ps1"), "-Source", "staging/*.db", "-Destination", "silver.db");

        Assert.True(exitCode == 0, output);
        Assert.Contains("The pipeline has succeeded.", output, StringComparison.Ordinal);
        Assert.Equal(3, StoreContents.LoadIds(_folder.File("silver.db")).Count);
    }

    [LinuxFact(Reason)]
    public void The_sequential_pipeline_ends_with_the_first_step_that_fails()
    {
        File.WriteAllText(_folder.File("staging/0.db"), "no database");

        var (exitCode, output) = Call("pwsh", "-NoProfile", "-File", Example("sequential-pipeline.ps1"), "-Source", "staging/*.db", "-Destination", "silver.db");

        Assert.True(exitCode == 1, output);
        Assert.DoesNotContain("Step 3", output, StringComparison.Ordinal);
    }

    [ToolFact("systemd-analyze")]
    public void Systemd_finds_nothing_wrong_with_the_units()
    {
        // The program is looked for, so a program that is there stands in for the one that may not be.
        foreach (var name in new[] { "silver-audit-etl.service", "silver-audit-etl.timer" })
        {
            File.WriteAllText(_folder.File(name), File.ReadAllText(Example($"systemd/{name}")).Replace("pwsh", "sh", StringComparison.Ordinal));
        }

        var (exitCode, output) = Call("systemd-analyze", "verify", _folder.File("silver-audit-etl.service"), _folder.File("silver-audit-etl.timer"));

        Assert.True(exitCode == 0 && output.Length == 0, output);
    }

    [ToolFact("python3")]
    public void Python_calls_the_daily_job_and_raises_when_it_fails()
    {
        var (exitCode, output) = CallFromPython();
        Assert.True(exitCode == 0, output);
        Assert.Contains("AllNew", output, StringComparison.Ordinal);
        File.WriteAllText(_folder.File("staging/3.db"), "no database");

        (exitCode, output) = CallFromPython();

        Assert.True(exitCode == 1, output);
        Assert.Contains("The job ended with exit code 1:", output, StringComparison.Ordinal);
        Assert.Contains("SourceNotDatabase", output, StringComparison.Ordinal);
    }

    [ToolFact("python3")]
    public void The_Python_files_are_valid()
    {
        foreach (var file in new[] { "silver_audit.py", "airflow/silver_audit_dag.py", "prefect/silver_audit_flow.py" })
        {
            var (exitCode, output) = Call("python3", "-c", "import ast, sys; ast.parse(open(sys.argv[1]).read())", Example(file));

            Assert.True(exitCode == 0, output);
        }
    }

    private string Job(string file) => Path.Combine(_folder.Location, "job", file);

    private IEnumerable<string?> Names(string folder) => Directory.EnumerateFiles(_folder.File(folder)).Select(Path.GetFileName).Order(StringComparer.Ordinal);

    /// <summary>Runs the command line that a scheduler would run, in the folder and with the variables that it would have.</summary>
    private (int ExitCode, string Output) Run(string scheduler) => scheduler switch
    {
        "systemd" => RunUnit(File.ReadAllText(Example("systemd/silver-audit-etl.service"))),
        "cron" => RunCrontab(File.ReadAllText(Example("cron/silver-audit"))),
        _ => RunTask(XDocument.Load(Example("task-scheduler/silver-audit-task.xml"))),
    };

    private (int ExitCode, string Output) CallFromPython() => Call("python3", Job("silver_audit.py"), Job("daily-job.ps1"), "production");

    private (int ExitCode, string Output) RunRunbook() =>
        Call("pwsh", "-NoProfile", "-File", Example("azure-automation/runbook.ps1"), "-SourceFolder", "staging", "-Destination", "silver.db");

    private (int ExitCode, string Output) RunUnit(string unit)
    {
        var settings = UnitSetting().Matches(unit).ToDictionary(match => match.Groups["name"].Value, match => match.Groups["value"].Value);
        Assert.Equal(Folder, settings["WorkingDirectory"]);
        return Call("/bin/sh", "-c", $"cd '{_folder.File("job")}' && {settings["Environment"]} {settings["ExecStart"].Replace(Folder, _folder.File("job"), StringComparison.Ordinal)}");
    }

    private (int ExitCode, string Output) RunCrontab(string crontab)
    {
        var environment = CronVariable().Match(crontab).Value;
        var entry = CronEntry().Match(crontab).Groups["command"].Value;
        return Call("/bin/sh", "-c", $"export {environment}; {entry.Replace(Folder, _folder.File("job"), StringComparison.Ordinal)}");
    }

    private (int ExitCode, string Output) RunTask(XDocument task)
    {
        XNamespace names = "http://schemas.microsoft.com/windows/2004/02/mit/task";
        var action = task.Descendants(names + "Exec").Single();
        return Call("/bin/sh", "-c", $"cd '{_folder.File("job")}' && {action.Element(names + "Command")!.Value} {action.Element(names + "Arguments")!.Value}");
    }

    private (int ExitCode, string Output) Call(string program, params string[] arguments)
    {
        var programs = Directory.CreateDirectory(_folder.File("programs")).FullName;
        var shell = Path.Combine(programs, "pwsh");
        if (!File.Exists(shell))
        {
            File.WriteAllText(shell, $"#!/bin/sh\nexec dotnet '{TestMetadata.Value("RunnerPath")}' \"$@\"\n");
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(shell, (UnixFileMode)0b111_101_101);
        }

        var environment = new Dictionary<string, string?>
        {
            ["PATH"] = programs + Path.PathSeparator + Environment.GetEnvironmentVariable("PATH"),
            ["PSModulePath"] = Path.GetDirectoryName(Path.GetDirectoryName(TestMetadata.Value("ModulePath"))),
            ["NO_COLOR"] = "1",
        };
        var (exitCode, output, error) = ChildProcess.Complete(
            ChildProcess.Start(_folder.Location, environment, program == "pwsh" ? shell : program, arguments));
        return (exitCode, output + error);
    }

    private static string Example(string file) => Path.Combine(TestMetadata.Value("ExamplesPath"), file);

    [GeneratedRegex("^(?<name>WorkingDirectory|Environment|ExecStart)=(?<value>.+)$", RegexOptions.Multiline)]
    private static partial Regex UnitSetting();

    [GeneratedRegex("^ETL_ENV=.+$", RegexOptions.Multiline)]
    private static partial Regex CronVariable();

    [GeneratedRegex(@"^0 3 \* \* \* \S+ (?<command>.+)$", RegexOptions.Multiline)]
    private static partial Regex CronEntry();
}
