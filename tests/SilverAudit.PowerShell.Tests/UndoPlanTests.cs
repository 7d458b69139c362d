using System.Management.Automation;

namespace SilverAudit.PowerShell.Tests;

/// <summary>-WhatIf and the question before an undo.</summary>
public sealed class UndoPlanTests : IDisposable
{
    private readonly Module _module = new();

    private string Store => _module.File("silver_metadata.db");

    public void Dispose() => _module.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("-Isolated")]
    public void WhatIf_gives_the_counts_of_the_undo_and_leaves_every_file_as_it_is(string parameters)
    {
        var run = LoadAndReplace();
        var before = FolderSnapshot.Of(_module.Folder.Location);

        var plan = Assert.Single(_module.Succeed($"Undo-SilverAuditRun $args[0] -Reason 'why' -WhatIf {parameters}", run.Value("RunId")));

        Assert.Equal(("Planned", "Planned: 2 inserted loads to remove, 1 version to restore"), (plan.Text("Status"), plan.Text("Message")));
        Assert.Equal(before, FolderSnapshot.Of(_module.Folder.Location));
        var undo = _module.Undo(run);
        foreach (var count in new[] { "RemovedLoads", "RestoredLoads", "DestinationRows" })
        {
            Assert.Equal(plan.Value(count), undo.Value(count));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("-Isolated")]
    public void A_plan_of_several_runs_takes_those_before_it_for_undone(string parameters)
    {
        var second = LoadAndReplace();
        var first = new PSObject(Database.Query(Store, "SELECT run_id FROM silver_audit.etl_run ORDER BY started_at")[0][0]);
        Guid[] runs = [second.Value<Guid>("RunId"), (Guid)first.BaseObject];
        const string Script = "$args | ForEach-Object { [pscustomobject]@{ RunId = $_ } } | Undo-SilverAuditRun -Reason 'all of it' ";

        var plans = _module.Succeed(Script + $"-WhatIf {parameters}", runs[0], runs[1]);
        var undos = _module.Succeed(Script + $"-Confirm:$false {parameters}", runs[0], runs[1]);

        Assert.Equal([(2L, 1L, 2L), (2L, 0L, 0L)], plans.Select(Describe));
        Assert.Equal(plans.Select(Describe), undos.Select(Describe));
        Assert.Empty(StoreContents.LoadIds(Store));
    }

    [Fact]
    public void The_same_run_twice_in_a_plan_is_refused_as_it_would_be()
    {
        var run = LoadAndReplace().Value("RunId");

        var outcome = _module.Run("$args | ForEach-Object { [pscustomobject]@{ RunId = $_ } } | Undo-SilverAuditRun -Reason 'why' -WhatIf", run, run);

        Assert.Equal("RunNotUndoable", outcome.ErrorId);
        Assert.Single(outcome.Output);
    }

    [Fact]
    public void An_error_in_one_run_does_not_stop_the_next()
    {
        var run = LoadAndReplace().Value("RunId");

        var outcome = _module.Run("$args | ForEach-Object { [pscustomobject]@{ RunId = $_ } } | Undo-SilverAuditRun -Reason 'why' -Confirm:$false", Guid.NewGuid(), run);

        Assert.Equal("RunNotFound", outcome.ErrorId);
        Assert.Equal((2L, 1L, 2L), Describe(Assert.Single(outcome.Output)));
    }

    [Fact]
    public void It_asks_before_it_does_anything()
    {
        var run = LoadAndReplace();
        var before = StoreContents.Everything(Store);

        // Nobody is there to answer, which is an error and no consent.
        var outcome = _module.Run("Undo-SilverAuditRun $args[0] -Reason 'why'", run.Value("RunId"));

        Assert.Empty(outcome.Output);
        Assert.True(outcome.Terminating is not null || outcome.Errors.Count > 0);
        Assert.Equal(before, StoreContents.Everything(Store));
    }

    [Fact]
    public void A_store_of_an_earlier_version_is_planned_and_undone()
    {
        var run = LoadAndReplace();
        Database.Execute(Store, "ALTER TABLE silver_audit.etl_run DROP COLUMN undone_run_id");
        var bytes = File.ReadAllBytes(Store);

        var plan = Assert.Single(_module.Succeed("Undo-SilverAuditRun $args[0] -Reason 'why' -WhatIf", run.Value("RunId")));

        Assert.Equal(bytes, File.ReadAllBytes(Store));
        Assert.Equal(Describe(plan), Describe(_module.Undo(run)));
        Assert.Equal([[run.Value("RunId")]], Database.Query(Store, "SELECT undone_run_id FROM silver_audit.etl_run WHERE status = 'Undo'"));
        Assert.Equal("RunNotUndoable", _module.Run("Undo-SilverAuditRun $args[0] -Reason 'why' -WhatIf", run.Value("RunId")).ErrorId);
    }

    /// <summary>Loads two loads, then a source that replaces one of them and inserts two; returns that run.</summary>
    private PSObject LoadAndReplace()
    {
        var source = Staging.Create(_module.File("source.db"), "LOAD_1", "LOAD_2");
        _module.Load(source);
        Database.Execute(source, "UPDATE silver_temp_audit SET validation_status = 'FAILED' WHERE load_id = 'LOAD_1'", Staging.Insert("LOAD_3"), Staging.Insert("LOAD_4"));
        return _module.Load(source, "-Reprocess -Reason 'validated again'");
    }

    private static (long Removed, long Restored, long Rows) Describe(PSObject undo) =>
        (undo.Value<long>("RemovedLoads"), undo.Value<long>("RestoredLoads"), undo.Value<long>("DestinationRows"));
}
