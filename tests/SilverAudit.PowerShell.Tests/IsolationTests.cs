using System.Diagnostics;
using System.Runtime.InteropServices;

namespace SilverAudit.PowerShell.Tests;

public sealed class IsolationTests : IDisposable
{
    private const string ListEngines =
        """
        [System.AppDomain]::CurrentDomain.GetAssemblies() | Where-Object { $_.GetName().Name -eq 'DuckDB.NET.Data' } | ForEach-Object {
            "$($_.GetName().Version.ToString(3)) in $([System.Runtime.Loader.AssemblyLoadContext]::GetLoadContext($_).Name)"
        }
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_module_works_beside_another_version_of_the_engine_that_was_there_first()
    {
        var lines = Run(
            $$"""
            $engine, $module, $samples = $args
            [System.Reflection.Assembly]::LoadFrom($engine).GetName().Version.ToString(3)
            Import-Module $module
            (Invoke-SilverAuditEtl "$samples/batch1.db" -NoLog).Message
            (Get-SilverAuditLoad).Count
            Compare-SilverAuditSource "$samples/batch1.db" -Quiet
            {{ListEngines}}
            """,
            TestMetadata.Value("OtherEnginePath"), TestMetadata.Value("ModulePath"), Module.SamplesPath);

        Assert.Equal(["0.8.1", "All source data was new", "5", "True", "0.8.1 in Default", "1.5.6 in SilverAudit.PowerShell"], lines);
    }

    [Fact]
    public void Another_module_gets_its_own_version_of_the_engine_after_this_one()
    {
        var lines = Run(
            $$"""
            $engine, $module, $samples = $args
            Import-Module $module
            (Invoke-SilverAuditEtl "$samples/batch1.db" -NoLog).Message
            $null = [System.Reflection.Assembly]::LoadFrom($engine)
            [DuckDB.NET.Data.DuckDBConnection].Assembly.GetName().Version.ToString(3)
            (Invoke-SilverAuditEtl "$samples/batch1.db" -NoLog).Message
            {{ListEngines}}
            """,
            TestMetadata.Value("OtherEnginePath"), TestMetadata.Value("ModulePath"), Module.SamplesPath);

        Assert.Equal(
            [
                "All source data was new", "0.8.1", "All data was already present (idempotent run)",
                "1.5.6 in SilverAudit.PowerShell", "0.8.1 in Default",
            ],
            lines);
    }

    [Fact]
    public void Nothing_of_the_module_but_its_cmdlets_is_in_the_sessions_own_context()
    {
        var lines = Run(
            """
            $module, $samples = $args
            Import-Module $module
            $null = Invoke-SilverAuditEtl "$samples/batch1.db"
            $location = [System.IO.Path]::GetDirectoryName($module)
            [System.Runtime.Loader.AssemblyLoadContext]::Default.Assemblies |
                Where-Object { -not $_.IsDynamic -and $_.Location.StartsWith($location) } | ForEach-Object { $_.GetName().Name }
            """,
            TestMetadata.Value("ModulePath"), Module.SamplesPath);

        Assert.Equal(["SilverAudit.PowerShell", "SilverAudit.PowerShell.Loader"], lines.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Importing_alone_touches_no_file_and_loads_no_engine()
    {
        var lines = Run($"Import-Module $args[0]; {ListEngines}", TestMetadata.Value("ModulePath"));

        Assert.Empty(lines);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Location));
    }

    [Fact]
    public void The_module_works_from_a_copied_folder_and_a_process_that_started_elsewhere()
    {
        var copy = CopyModule("copy of the módule");
        Directory.CreateDirectory(_folder.File("elsewhere"));
        var lines = Run(
            """
            $module, $samples, $location = $args
            Import-Module $module
            $null = $ExecutionContext.SessionState.Path.SetLocation($location)
            (Invoke-SilverAuditEtl "$samples/batch1.db").Destination
            [System.AppDomain]::CurrentDomain.GetAssemblies() | Where-Object { $_.GetName().Name -match '^(SilverAudit|DuckDB)' -and $_.GetName().Name -ne 'SilverAudit.ScriptHost' } |
                ForEach-Object { $_.Location }
            """,
            Path.Combine(copy, "SilverAudit.PowerShell.psd1"), Module.SamplesPath, _folder.File("elsewhere"));

        Assert.Equal(Path.Combine(_folder.File("elsewhere"), "silver_metadata.db"), lines[0]);
        Assert.Equal(5, lines[1..].Length);
        Assert.All(lines[1..], location => Assert.StartsWith(copy, location, StringComparison.Ordinal));
        Assert.Equal(5, Database.Scalar<int>(lines[0], "SELECT count(*) FROM silver_staging_audit"));
        Assert.Equal(["silver_audit_etl.log", "silver_metadata.db"], Directory.EnumerateFiles(_folder.File("elsewhere")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_module_can_be_removed_and_imported_again()
    {
        var lines = Run(
            """
            $module, $samples = $args
            foreach ($once in 1..2) {
                Import-Module $module
                (Invoke-SilverAuditEtl "$samples/batch1.db" -NoLog).Status
                Remove-Module SilverAudit.PowerShell
                $null -eq $ExecutionContext.InvokeCommand.GetCommand('Invoke-SilverAuditEtl', 'Cmdlet')
            }
            """,
            TestMetadata.Value("ModulePath"), Module.SamplesPath);

        Assert.Equal(["AllNew", "True", "AlreadyPresent", "True"], lines);
    }

    [Theory]
    [InlineData("")]
    [InlineData("not a library")]
    public void A_machine_that_the_module_has_no_library_for_is_told_so_and_nothing_is_left(string library)
    {
        var copy = CopyModule("module");
        foreach (var native in Directory.EnumerateFiles(Path.Combine(copy, "runtimes"), "*duckdb*", SearchOption.AllDirectories))
        {
            File.Delete(native);
            if (library.Length > 0)
                File.WriteAllText(native, library);
        }

        Directory.CreateDirectory(_folder.File("elsewhere"));
        var (_, output, _) = Complete(
            """
            $module, $samples, $location = $args
            Import-Module $module
            $null = $ExecutionContext.SessionState.Path.SetLocation($location)
            foreach ($command in { Invoke-SilverAuditEtl "$samples/batch1.db" -NoLog }, { Get-SilverAuditLoad }, { Compare-SilverAuditSource "$samples/batch1.db" }) {
                $null = & $command
                $Error[0].FullyQualifiedErrorId -replace ',.*'
                $Error[0].Exception.Message
            }
            """,
            Path.Combine(copy, "SilverAudit.PowerShell.psd1"), Module.SamplesPath, _folder.File("elsewhere"));
        var lines = output.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(["EngineUnavailable", "EngineUnavailable", "EngineUnavailable"], lines.Where((_, number) => number % 2 == 0));
        Assert.All(lines.Where((_, number) => number % 2 == 1), message => Assert.Contains(RuntimeInformation.RuntimeIdentifier, message, StringComparison.Ordinal));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.File("elsewhere")));
    }

    private string CopyModule(string name)
    {
        var original = Path.GetDirectoryName(TestMetadata.Value("ModulePath"))!;
        var copy = _folder.File(name);
        foreach (var file in Directory.EnumerateFiles(original, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(copy, Path.GetRelativePath(original, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        return copy;
    }

    private string[] Run(string script, params string[] arguments) => ChildProcess.Succeed(Start(script, arguments));

    private (int ExitCode, string Output, string Error) Complete(string script, params string[] arguments) => ChildProcess.Complete(Start(script, arguments));

    private Process Start(string script, string[] arguments) =>
        ChildProcess.Start(_folder.Location, "dotnet", [TestMetadata.Value("ScriptHostPath"), script, .. arguments]);
}
