using System.Globalization;
using SilverAudit.Torture.Models;

namespace SilverAudit.Torture.Experiments;

/// <summary>Random sequences of everything that changes a store, against a model of it that knows nothing of the module.</summary>
public sealed class ModelExperiment : Experiment
{
    private const int ShortOperations = 40;
    private const int LongOperations = 200;

    private readonly Module _module = new();

    public override string Name => "model";

    public override string Description => "random loads, reprocessing, undos, compactions and backups, compared with a model after each";

    public override int ShortRounds => 2;

    public override int LongRounds => 50;

    public override void Run(Round round)
    {
        _module.GoTo(round.Folder);
        var model = new StoreModel();
        var operations = round.Number < ShortRounds ? ShortOperations : LongOperations;
        for (var number = 0; number < operations; number++)
        {
            var what = Step(round, model, number);
            round.Tally.Count(what);
            var difference = model.Difference(round.File("silver_metadata.db"));
            Round.Expect(difference is null, $"After operation {number}, {what}: {difference}");
        }
    }

    protected override void Dispose(bool disposing)
    {
        _module.Dispose();
        base.Dispose(disposing);
    }

    private string Step(Round round, StoreModel model, int number) => (model.Runs.Count == 0 ? 0 : round.Random.Next(20)) switch
    {
        < 14 => Load(round, model, number),
        < 17 => Undo(round, model),
        17 => Succeed("Optimize-SilverAuditStore -Compact", "compact"),
        18 => Succeed("Optimize-SilverAuditStore", "optimize"),
        _ => BackUpAndRestore(round),
    };

    private string Load(Round round, StoreModel model, int number)
    {
        var source = ModelSource.Choose(round, number);
        source.Write(round.File(source.Name));
        var (evolution, invalid, reprocess) = (
            round.Pick(["Rescue", "AddNewColumns", "FailOnNewColumns"]), round.Pick(["Fail", "Reject"]), round.Random.Next(2) == 0);
        var script = $"Invoke-SilverAuditEtl {source.Name} -NoLog -SchemaEvolution {evolution} -InvalidRow {invalid}" + (reprocess ? " -Reprocess -Reason 'again'" : "");
        var outcome = _module.Run(script);
        var result = outcome.Output.Single();
        var expected = model.Load(source, evolution, invalid, reprocess);
        var found = outcome.Errors.Count == 0
            ? FormattableString.Invariant($"{result.Text("InsertedRows")} {result.Text("UpdatedRows")} {result.Text("SkippedRows")} {result.Text("ChangedRows")} {result.Text("RejectedRows")}")
            : outcome.ErrorId;
        Round.Expect(found == expected.ToString(), $"'{script}' said {found} {Failure(outcome)}, and the model {expected}.");
        if (expected.ErrorId is null)
            model.Remember(Guid.Parse(result.Text("RunId"), CultureInfo.InvariantCulture));
        return expected.ErrorId ?? (reprocess ? "reprocessing" : "load");
    }

    private string Undo(Round round, StoreModel model)
    {
        var run = round.Pick(model.Runs);
        var outcome = _module.Run("Undo-SilverAuditRun $args[0] -Reason 'taken back' -Confirm:$false", run.Id);
        var expected = model.Undo(run);
        var said = outcome.Errors is [var failure, ..] ? failure.FullyQualifiedErrorId.Split(',')[0] : null;
        Round.Expect(said == expected, $"Undo of {run.Id} said {said ?? "nothing"} {Failure(outcome)}, and the model {expected ?? "nothing"}.");
        return expected is null ? "undo" : "undo refused: " + expected;
    }

    private string BackUpAndRestore(Round round)
    {
        var name = $"backup-{Guid.NewGuid():N}.bak";
        Succeed($"Backup-SilverAuditStore {name}", "");
        File.Move(round.File(name), round.File("silver_metadata.db"), overwrite: true);
        return "backup and restore";
    }

    private string Succeed(string script, string what)
    {
        var outcome = _module.Run(script);
        Round.Expect(outcome.Errors.Count == 0, $"'{script}' failed: {Failure(outcome)}");
        return what;
    }

    private static string Failure(ScriptOutcome outcome) => outcome.Errors is [var failure, ..] ? failure.ToString() : "";
}
