using System.Management.Automation;

namespace SilverAudit.PowerShell.Tests;

public sealed class WhatIfTests : IDisposable
{
    private readonly Module _module = new();

    private string Store => _module.File("silver_metadata.db");

    public void Dispose() => _module.Dispose();

    [MountFact]
    public void A_plan_for_a_store_that_can_not_be_written_fails_as_the_load_would()
    {
        Staging.Create(_module.File("source.db"), "LOAD_1");
        Directory.CreateDirectory(_module.File("fixed"));
        File.WriteAllText(
            _module.File("script.ps1"),
            "Invoke-SilverAuditEtl source.db -Destination fixed/store.db -WhatIf -ErrorAction SilentlyContinue | ForEach-Object ErrorId");
        ChildProcess.Succeed(ChildProcess.Start(_module.Folder.Location, "chmod", "555", "fixed"));

        var lines = ChildProcess.Succeed(ChildProcess.Start(
            _module.Folder.Location, Mount.Prefix[0], [.. Mount.Prefix.Skip(1), "dotnet", TestMetadata.Value("RunnerPath"), "-NonInteractive", "-File", "script.ps1"]));

        Assert.Equal("StoreNotWritable", lines[^1]);
    }

    [Fact]
    public void A_plan_says_that_a_store_would_be_created_and_a_source_archived()
    {
        Staging.Create(_module.File("source.db"), "LOAD_1");

        var said = ChildProcess.Succeed(Runner.Start(_module.Folder.Location, "Invoke-SilverAuditEtl source.db -WhatIf -ArchivePath archive | Out-Null"));

        Assert.Contains("which will be created, and archiving it in '", string.Concat(said), StringComparison.Ordinal);
    }

    [Fact]
    public void A_plan_of_an_undo_needs_no_reason()
    {
        var run = _module.Load(Staging.Create(_module.File("source.db"), "LOAD_1"));

        Assert.Equal("Planned", Assert.Single(_module.Succeed("Undo-SilverAuditRun $args[0] -WhatIf", run.Value("RunId"))).Text("Status"));
        Assert.Equal("ReasonMissing", _module.Run("Undo-SilverAuditRun $args[0] -Confirm:$false", run.Value("RunId")).ErrorId);
    }

    [Fact]
    public void New_loads_are_planned_as_they_load_then()
    {
        var source = Staging.Create(_module.File("source.db"), "LOAD_1", "LOAD_2", "LOAD_3");

        var planned = Assert.Single(PlanThenRun("", source));

        Assert.Equal((3, 3, 0, 0, 0, 0), planned.Counts());
        Assert.Equal("All source data was new", planned.Text("Message"));
        Assert.Equal(true, planned.Value("Success"));
    }

    [Fact]
    public void Loads_that_are_there_already_are_planned_as_skipped()
    {
        _module.Load(Staging.Create(_module.File("earlier.db"), "LOAD_0", "LOAD_1", "LOAD_2"));
        var source = Staging.Create(_module.File("source.db"), "LOAD_1", "LOAD_2", "LOAD_3");

        var planned = Assert.Single(PlanThenRun("", source));

        Assert.Equal((3, 1, 0, 2, 0, 0), planned.Counts());
        Assert.Equal(4L, planned.Value("DestinationRows"));
    }

    [Fact]
    public void A_planned_source_counts_the_loads_of_those_planned_before_it()
    {
        _module.Load(Staging.Create(_module.File("earlier.db"), "LOAD_0", "LOAD_1"));
        var first = Staging.Create(_module.File("first.db"), "LOAD_1", "LOAD_2", "LOAD_3");
        var second = Staging.Create(_module.File("second.db"), "LOAD_3", "LOAD_4", "LOAD_0");
        var third = Staging.Create(_module.File("third.db"), "LOAD_4");
        Database.Execute(third, "UPDATE silver_temp_audit SET checksum_value = 'other'");

        var planned = PlanThenRun("", first, second, third, first);

        Assert.Equal(
            [((3, 2, 0, 1, 0, 0), 4L), ((3, 1, 0, 2, 0, 0), 5L), ((1, 0, 0, 1, 1, 0), 5L), ((3, 0, 0, 3, 0, 0), 5L)],
            planned.Select(result => (result.Counts(), result.Value<long>("DestinationRows"))));
    }

    [Fact]
    public void Sources_that_overlap_are_planned_exactly_without_a_store()
    {
        var first = Staging.Create(_module.File("first.db"), "LOAD_1", "LOAD_2");
        var second = Staging.Create(_module.File("second.db"), "LOAD_2", "LOAD_3");

        var planned = PlanThenRun("", first, second);

        Assert.Equal(
            [((2, 2, 0, 0, 0, 0), 2L), ((2, 1, 0, 1, 0, 0), 3L)],
            planned.Select(result => (result.Counts(), result.Value<long>("DestinationRows"))));
    }

    [Fact]
    public void Changed_loads_are_planned_with_their_warning()
    {
        var source = LoadThreeAndChangeTwo();

        var planned = Assert.Single(PlanThenRun("", source));

        Assert.Equal((4, 1, 0, 3, 2, 0), planned.Counts());
        Assert.Contains("that differ from the store and were left as they are there: 2.", Assert.Single(Plan("", source).Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void A_reprocessing_is_planned()
    {
        var source = LoadThreeAndChangeTwo();

        var planned = Assert.Single(PlanThenRun("-Reprocess -Reason 'validated again'", source));

        Assert.Equal((4, 1, 2, 1, 0, 0), planned.Counts());
        Assert.Equal(2, Database.Scalar<int>(Store, "SELECT count(*) FROM silver_audit.superseded_load"));
    }

    [Fact]
    public void Two_reprocessings_of_one_load_are_planned_one_after_the_other()
    {
        var second = LoadThreeAndChangeTwo();
        var third = Staging.Create(_module.File("third.db"), "LOAD_1", "LOAD_4");

        var planned = PlanThenRun("-Reprocess -Reason 'validated again'", second, third);

        Assert.Equal([(4, 1, 2, 1, 0, 0), (2, 0, 1, 1, 0, 0)], planned.Select(result => result.Counts()));
    }

    [Fact]
    public void Rejected_rows_are_planned()
    {
        _module.Load(Staging.Create(_module.File("earlier.db"), "LOAD_1"));

        var planned = Assert.Single(PlanThenRun("-InvalidRow Reject", CreateBad()));

        Assert.Equal((6, 1, 0, 2, 1, 3), planned.Counts());
        Assert.Equal(3, Database.Scalar<int>(Store, "SELECT count(*) FROM silver_audit.rejected_row"));
    }

    [Fact]
    public void New_columns_are_planned()
    {
        _module.Load(Staging.Create(_module.File("earlier.db"), "LOAD_1"));
        var first = Staging.CreateWith(
            _module.File("first.db"),
            "CREATE TABLE silver_temp_audit (load_id VARCHAR, retries INTEGER)",
            "INSERT INTO silver_temp_audit VALUES ('LOAD_2', 1)");
        var second = Staging.CreateWith(
            _module.File("second.db"),
            "CREATE TABLE silver_temp_audit (load_id VARCHAR, retries INTEGER, host VARCHAR)",
            "INSERT INTO silver_temp_audit VALUES ('LOAD_3', 1, 'a'), ('LOAD_1', 2, 'b')");

        var planned = PlanThenRun("-SchemaEvolution AddNewColumns", first, second);

        Assert.Equal([21, 22], planned.Select(result => result.Value<int>("DestinationColumns")));
        Assert.Equal(["retries", "host"], planned.Select(result => string.Join(' ', result.Value<string[]>("NewColumns"))));
        Assert.Equal([(1, 1, 0, 0, 0, 0), (2, 1, 0, 1, 1, 0)], planned.Select(result => result.Counts()));
    }

    [Fact]
    public void A_store_that_has_additional_columns_is_planned_for()
    {
        var source = Staging.CreateWith(
            _module.File("source.db"),
            "CREATE TABLE silver_temp_audit (load_id VARCHAR, retries INTEGER)",
            "INSERT INTO silver_temp_audit VALUES ('LOAD_1', 1), ('LOAD_2', 2)");
        _module.Load(source, "-SchemaEvolution AddNewColumns");
        Database.Execute(source, "UPDATE silver_temp_audit SET retries = 5 WHERE load_id = 'LOAD_2'");

        Assert.Equal((2, 0, 0, 2, 1, 0), Assert.Single(PlanThenRun("", source)).Counts());
        Assert.Equal((2, 0, 1, 1, 0, 0), Assert.Single(PlanThenRun("-Reprocess -Reason 'counted again'", source)).Counts());
    }

    [Fact]
    public void A_source_that_would_fail_fails_in_the_plan_and_the_others_are_planned()
    {
        _module.Load(Staging.Create(_module.File("earlier.db"), "LOAD_1"));
        var good = Staging.Create(_module.File("good.db"), "LOAD_1", "LOAD_9");
        var before = FolderSnapshot.Of(_module.Folder.Location);
        var bad = CreateBad();

        var outcome = Plan("", bad, _module.File("gone.db"), good);

        Assert.Equal(
            ["Failed SourceRowInvalid", "Failed SourceNotFound", "Planned "],
            outcome.Output.Select(result => $"{result.Text("Status")} {result.Text("ErrorId")}"));
        Assert.Equal(["SourceRowInvalid", "SourceNotFound"], outcome.Errors.Select(error => error.FullyQualifiedErrorId.Split(',')[0]));
        Assert.Equal((2, 1, 0, 1, 0, 0), outcome.Output[2].Counts());
        File.Delete(bad);
        Assert.Equal(before, FolderSnapshot.Of(_module.Folder.Location));
    }

    [Fact]
    public void A_plan_creates_no_store_and_no_other_file()
    {
        var source = Staging.Create(_module.File("source.db"), "LOAD_1");
        var before = FolderSnapshot.Of(_module.Folder.Location);

        Assert.Equal("Planned", Assert.Single(_module.Succeed("Invoke-SilverAuditEtl $args[0] -WhatIf", source)).Text("Status"));

        Assert.Equal(["source.db"], Directory.GetFileSystemEntries(_module.Folder.Location).Select(Path.GetFileName));
        Assert.Equal(before, FolderSnapshot.Of(_module.Folder.Location));
    }

    [Fact]
    public void A_plan_changes_no_byte_of_a_store_and_its_wal()
    {
        _module.Load(Staging.Create(_module.File("earlier.db"), "LOAD_1"));
        Database.Execute(
            Store, "PRAGMA disable_checkpoint_on_shutdown", "INSERT INTO silver_staging_audit (load_id) VALUES ('ONLY_IN_WAL')");
        Assert.True(File.Exists(Store + ".wal"));
        var source = Staging.Create(_module.File("source.db"), "LOAD_1", "LOAD_2", "ONLY_IN_WAL");
        var before = FolderSnapshot.Of(_module.Folder.Location);

        var planned = Assert.Single(_module.Run("Invoke-SilverAuditEtl $args[0] -WhatIf -Reprocess -Reason 'only a plan'", source).Output);

        Assert.Equal((3, 1, 1, 1, 0, 0), planned.Counts());
        Assert.Equal(before, FolderSnapshot.Of(_module.Folder.Location));
    }

    [Fact]
    public void WhatIfPreference_makes_a_plan_too()
    {
        var source = Staging.Create(_module.File("source.db"), "LOAD_1");

        var result = Assert.Single(_module.Succeed("$WhatIfPreference = $true; Invoke-SilverAuditEtl $args[0]", source));

        Assert.Equal("Planned", result.Text("Status"));
        Assert.Equal(["source.db"], Directory.GetFileSystemEntries(_module.Folder.Location).Select(Path.GetFileName));
    }

    /// <summary>Plans, checks that nothing was touched, runs, and checks that it came as planned.</summary>
    private IReadOnlyList<PSObject> PlanThenRun(string parameters, params string[] sources)
    {
        var before = FolderSnapshot.Of(_module.Folder.Location);
        var planned = Plan(parameters, sources);
        Assert.Empty(planned.Errors);
        Assert.Equal(before, FolderSnapshot.Of(_module.Folder.Location));
        Assert.All(planned.Output, result => Assert.Equal("Planned", result.Text("Status")));

        var loaded = _module.Succeed($"$args | Invoke-SilverAuditEtl -NoLog {parameters}", [.. sources]);

        Assert.Equal(loaded.Select(Outcome), planned.Output.Select(Outcome));
        return planned.Output;
    }

    private ScriptOutcome Plan(string parameters, params string[] sources) =>
        _module.Run($"$args | Invoke-SilverAuditEtl -WhatIf {parameters}", [.. sources]);

    private static object?[] Outcome(PSObject result) =>
    [
        result.Text("Source"), result.Counts(), result.Value("DestinationRows"), result.Value("DestinationColumns"), result.Text("Message"),
        string.Join(' ', result.Value<string[]>("NewColumns")), string.Join(' ', result.Value<string[]>("MissingColumns")),
    ];

    private string CreateBad() => Staging.CreateWith(
        _module.File("bad.db"),
        "CREATE TABLE silver_temp_audit (load_id VARCHAR, audit_schema_version VARCHAR)",
        "INSERT INTO silver_temp_audit VALUES ('LOAD_1', '4'), (NULL, '3'), ('BAD', 'x'), ('BLANK', '3.5'), ('TWICE', '3'), ('TWICE', '3')");

    /// <summary>Loads three and returns a source of the same, two of them changed, and a new one.</summary>
    private string LoadThreeAndChangeTwo()
    {
        var source = Staging.Create(_module.File("source.db"), "LOAD_1", "LOAD_2", "LOAD_3");
        _module.Load(source);
        Database.Execute(
            source,
            "UPDATE silver_temp_audit SET validation_status = 'FAILED' WHERE load_id = 'LOAD_1'",
            "UPDATE silver_temp_audit SET schema_validation_status = FALSE WHERE load_id = 'LOAD_2'",
            Staging.Insert("LOAD_4"));
        return source;
    }
}
