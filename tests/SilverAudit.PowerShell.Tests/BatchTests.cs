using System.Management.Automation;

namespace SilverAudit.PowerShell.Tests;

public sealed class BatchTests : IDisposable
{
    private readonly Module _module = new();

    private string Store => _module.File("silver_metadata.db");

    public void Dispose() => _module.Dispose();

    [Fact]
    public void A_broken_source_among_25_costs_that_source_alone()
    {
        var sources = CreateSources(25);
        Break(sources[12]);

        var outcome = _module.Run("$args | Invoke-SilverAuditEtl -NoLog", [.. sources]);

        Assert.Null(outcome.Terminating);
        Assert.Equal("SourceNotDatabase", outcome.ErrorId);
        Assert.Equal(sources[12], outcome.Errors[0].TargetObject);
        Assert.Equal(sources, outcome.Output.Select(result => result.Text("Source")));
        Assert.Equal(
            Enumerable.Range(0, 25).Select(index => index == 12 ? ("Failed", 0L) : ("AllNew", 1L)),
            outcome.Output.Select(result => (result.Text("Status"), result.Value<long>("InsertedRows"))));
        Assert.Equal((false, "SourceNotDatabase"), (outcome.Output[12].Value("Success"), outcome.Output[12].Text("ErrorId")));
        Assert.Equal(outcome.Errors[0].ToString(), outcome.Output[12].Text("Error"));
        Assert.Equal(LoadNames(25).Where(name => name != "LOAD_13"), StoreContents.LoadIds(Store));
        Assert.Equal(
            outcome.Output.Select(result => new object?[] { result.Value("RunId"), result.Text("Status"), result.Value("ErrorId") }),
            Database.Query(Store, "SELECT run_id, status, error_id FROM silver_audit.etl_run ORDER BY started_at"));
    }

    [Fact]
    public void A_failed_run_has_no_rows_known_to_it_and_no_processing_timestamp()
    {
        var sources = CreateSources(2);
        Break(sources[1]);

        var outcome = _module.Run("$args | Invoke-SilverAuditEtl -NoLog", [.. sources]);

        Assert.Null(outcome.Output[1].Value("DestinationRows"));
        Assert.Null(outcome.Output[1].Value("DestinationColumns"));
        Assert.Equal(
            [[null, 0L, null, outcome.Errors[0].ToString()]],
            Database.Query(
                Store, "SELECT processing_timestamp, source_rows, destination_rows, error FROM silver_audit.etl_run WHERE status = 'Failed'"));
    }

    [Fact]
    public void A_source_that_fails_before_there_is_a_store_enters_the_history_with_the_next_one()
    {
        var sources = CreateSources(2);
        Break(sources[0]);

        _module.Run("$args | Invoke-SilverAuditEtl -NoLog", [.. sources]);

        Assert.Equal(
            [[sources[0], "Failed"], [sources[1], "AllNew"]],
            Database.Query(Store, "SELECT source, status FROM silver_audit.etl_run ORDER BY started_at"));
    }

    [Fact]
    public void ErrorAction_Stop_ends_the_pipeline_and_keeps_what_was_loaded_before()
    {
        var sources = CreateSources(5);
        Break(sources[2]);

        var output = _module.Succeed(
            """
            $sources = $args
            $seen = [System.Collections.Generic.List[object]]::new()
            try { $sources | Invoke-SilverAuditEtl -NoLog -ErrorAction Stop | ForEach-Object { $seen.Add("$($_.Status)") } }
            catch { $seen.Add($_.FullyQualifiedErrorId.Split(',')[0]) }
            $seen
            """,
            [.. sources]);

        Assert.Equal(["AllNew", "AllNew", "Failed", "SourceNotDatabase"], output.Select(entry => entry.ToString()));
        Assert.Equal(["LOAD_01", "LOAD_02"], StoreContents.LoadIds(Store));
        Assert.Equal(
            ["AllNew", "AllNew", "Failed"], StoreContents.Texts(Store, "SELECT status FROM silver_audit.etl_run ORDER BY started_at"));
    }

    [Fact]
    public void After_ErrorAction_Stop_the_same_command_finishes_the_job()
    {
        var sources = CreateSources(3);
        Break(sources[1]);
        Assert.NotNull(_module.Run("$args | Invoke-SilverAuditEtl -NoLog -ErrorAction Stop", [.. sources]).Terminating);
        File.Delete(sources[1]);
        Staging.Create(sources[1], "LOAD_02");

        var results = _module.Succeed("$args | Invoke-SilverAuditEtl -NoLog -ErrorAction Stop", [.. sources]);

        Assert.Equal(["AlreadyPresent", "AllNew", "AllNew"], results.Select(result => result.Text("Status")));
        Assert.Equal(["LOAD_01", "LOAD_02", "LOAD_03"], StoreContents.LoadIds(Store));
    }

    [Fact]
    public void Wildcards_find_sources_in_the_current_location()
    {
        CreateSources(3);
        Staging.Create(_module.File("other.db"), "OTHER");

        var results = _module.Succeed("Invoke-SilverAuditEtl source*.db -NoLog");

        Assert.Equal(["source01.db", "source02.db", "source03.db"], results.Select(result => Path.GetFileName(result.Text("Source"))));
        Assert.Equal(["LOAD_01", "LOAD_02", "LOAD_03"], StoreContents.LoadIds(Store));
    }

    [Fact]
    public void Several_paths_are_taken_in_their_order()
    {
        var sources = CreateSources(4);

        var results = _module.Succeed("Invoke-SilverAuditEtl -Path source04.db, $args[0], source0[23].db -NoLog", sources[0]);

        Assert.Equal([sources[3], sources[0], sources[1], sources[2]], results.Select(result => result.Text("Source")));
        Assert.Equal(4, StoreContents.LoadIds(Store).Count);
    }

    [Fact]
    public void Files_from_the_pipeline_are_taken_literally()
    {
        var sources = CreateSources(2).Append(Staging.Create(_module.File("source0[12].db"), "BRACKETS"))
            .Select(path => new FileInfo(path)).ToArray();

        var results = _module.Succeed("$args[0] | Invoke-SilverAuditEtl -NoLog", (object)sources);

        Assert.Equal(sources.Select(file => file.FullName), results.Select(result => result.Text("Source")));
        Assert.Equal(["BRACKETS", "LOAD_01", "LOAD_02"], StoreContents.LoadIds(Store));
    }

    [Fact]
    public void The_store_among_the_files_of_a_wildcard_is_passed_over()
    {
        CreateSources(2);
        _module.Succeed("Invoke-SilverAuditEtl *.db -NoLog");

        var outcome = _module.Run("Invoke-SilverAuditEtl *.db -NoLog -Verbose");

        Assert.Empty(outcome.Errors);
        Assert.Equal(["source01.db AlreadyPresent", "source02.db AlreadyPresent"], outcome.Output.Select(Brief));
        Assert.Contains(
            outcome.Verbose,
            line => line.Contains(Store, StringComparison.Ordinal) && line.Contains("passed over", StringComparison.Ordinal));
    }

    [Fact]
    public void The_store_among_the_files_of_a_pipeline_is_passed_over()
    {
        var sources = CreateSources(2);
        _module.Load(sources[0]);

        var results = _module.Succeed("$args | Invoke-SilverAuditEtl -NoLog", new FileInfo(Store), new FileInfo(sources[1]));

        Assert.Equal(["source02.db AllNew"], results.Select(Brief));
    }

    [Fact]
    public void A_path_that_matches_nothing_is_a_failed_result_and_an_error()
    {
        var outcome = _module.Run("Invoke-SilverAuditEtl nothing*.db -NoLog");

        Assert.Null(outcome.Terminating);
        Assert.Equal("SourceNotFound", outcome.ErrorId);
        Assert.Equal(ErrorCategory.ObjectNotFound, outcome.Errors[0].CategoryInfo.Category);
        var result = Assert.Single(outcome.Output);
        Assert.Equal(
            ("Failed", "SourceNotFound", _module.File("nothing*.db")),
            (result.Text("Status"), result.Text("ErrorId"), result.Text("Source")));
        Assert.Equal($"No file matches the pattern '{_module.File("nothing*.db")}'. Check the path and that the pipeline has written its files.", outcome.Errors[0].ToString());
        Assert.False(File.Exists(Store));
    }

    [Fact]
    public void A_path_that_matches_nothing_does_not_stop_the_others()
    {
        CreateSources(2);

        var outcome = _module.Run("Invoke-SilverAuditEtl source01.db, nothing*.db, gone.db, source02.db -NoLog");

        Assert.Equal(["source01.db AllNew", "nothing*.db Failed", "gone.db Failed", "source02.db AllNew"], outcome.Output.Select(Brief));
        Assert.Equal(["SourceNotFound", "SourceNotFound"], outcome.Errors.Select(error => error.FullyQualifiedErrorId.Split(',')[0]));
        Assert.Equal(
            ["source01.db AllNew", "gone.db Failed", "source02.db AllNew"],
            _module.Succeed("Get-SilverAuditRun").OrderBy(run => run.Value<DateTime>("StartedAt")).Select(Brief));
    }

    [Fact]
    public void Each_result_is_emitted_before_the_next_source_is_loaded()
    {
        var sources = CreateSources(3);

        var seen = _module.Succeed(
            "$args | Invoke-SilverAuditEtl -NoLog | ForEach-Object { \"$($_.Source): $(@(Get-SilverAuditLoad).LoadId -join ' ')\" }",
            [.. sources]);

        Assert.Equal(
            [$"{sources[0]}: LOAD_01", $"{sources[1]}: LOAD_01 LOAD_02", $"{sources[2]}: LOAD_01 LOAD_02 LOAD_03"],
            seen.Select(entry => entry.ToString()));
    }

    [Fact]
    public void A_source_given_twice_is_loaded_once()
    {
        var source = CreateSources(1)[0];

        var results = _module.Succeed("$args | Invoke-SilverAuditEtl -NoLog", source, source);

        Assert.Equal(["source01.db AllNew", "source01.db AlreadyPresent"], results.Select(Brief));
    }

    private static string Brief(PSObject result) => $"{Path.GetFileName(result.Text("Source"))} {result.Text("Status")}";

    private static IEnumerable<string> LoadNames(int count) => Enumerable.Range(1, count).Select(number => $"LOAD_{number:00}");

    private string[] CreateSources(int count) =>
        [.. LoadNames(count)
            .Select(name => Staging.Create(_module.File(name.Replace("LOAD_", "source", StringComparison.Ordinal) + ".db"), name))];

    private static void Break(string source) => File.WriteAllText(source, "This is a text file.");
}
