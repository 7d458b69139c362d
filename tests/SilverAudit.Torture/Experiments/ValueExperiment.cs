using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;
using SilverAudit.Torture.Values;

namespace SilverAudit.Torture.Experiments;

/// <summary>Sources of every value that a source can hold: what goes in comes out, and what differs is told.</summary>
public sealed class ValueExperiment : Experiment
{
    private const int RowsPerRound = 20;
    private const int RoundsPerHuge = 250;
    private const int Size = 30;

    private readonly Lazy<Module> _module = new(() => new Module());

    public override string Name => "values";

    public override string Description => "load values of every type and read them back";

    public override int ShortRounds => 3;

    public override int LongRounds => 1000;

    public override void Run(Round round)
    {
        if (round.Number % RoundsPerHuge == 0)
        {
            Try(NewHuge(), round);
            return;
        }

        // FsCheck's own message shows the smallest source in a form that nobody can run, so the smallest is kept here.
        SourceTable? smallest = null;
        BrokenPromiseException? broken = null;
        var property = Prop.ForAll(SourceTables.OfRows(RowsPerRound), table =>
        {
            try
            {
                Try(table, round);
                return true;
            }
            catch (BrokenPromiseException failure)
            {
                (smallest, broken) = (table, failure);
                return false;
            }
        });
        var replay = new Replay(new Rnd((ulong)round.Random.NextInt64()), FSharpOption<int>.Some(Size));
        try
        {
            Check.One(Config.QuickThrowOnFailure.WithMaxTest(1).WithQuietOnSuccess(true).WithReplay(FSharpOption<Replay>.Some(replay)), property);
        }
        catch (Exception) when (broken is not null)
        {
            throw new BrokenPromiseException($"{broken.Message}\nThe smallest source that shows it:\n{smallest}", broken);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (_module.IsValueCreated)
            _module.Value.Dispose();
        base.Dispose(disposing);
    }

    private void Try(SourceTable table, Round round)
    {
        var folder = Directory.CreateDirectory(round.File(Guid.NewGuid().ToString("N"))).FullName;
        new ValueTrial(_module.Value, table, folder, round.Tally).Run();
        Directory.Delete(folder, recursive: true);
    }

    private static SourceTable NewHuge()
    {
        const int Million = 10;
        ValueColumn[] columns =
        [
            new("load_id", ValueKinds.Text, ValueKinds.Text), new("data_source", ValueKinds.Text, ValueKinds.Text),
            new("dq_report", ValueKinds.Json, ValueKinds.Json), new("extra1", ValueKinds.Text, null), new("extra2", ValueKinds.Json, null),
        ];
        return new SourceTable(
            columns,
            [
                [Value.OfText("huge"), Texts.Huge(Million), JsonTexts.Huge(Million), Texts.Huge(Million), JsonTexts.Huge(Million)],
                [Value.OfText(new string('k', 1_000_000)), Value.Null, Value.Null, Value.OfText(""), Value.Null],
            ],
            [new ValueChange(0, 1, new Value($"{Texts.Huge(Million).Sql} || ' '"))], "Rescue");
    }
}
