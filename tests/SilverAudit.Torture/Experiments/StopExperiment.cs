using System.Diagnostics;
using System.Management.Automation;
using SilverAudit.Torture.Files;

namespace SilverAudit.Torture.Experiments;

/// <summary>Pipelines that are stopped at any moment, as Ctrl+C does.</summary>
public sealed class StopExperiment : Experiment
{
    private const int BigRows = 100_000;
    private const string Load = "$DebugPreference = 'Continue'; $args | Invoke-SilverAuditEtl -NoLog ";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_prompt = TimeSpan.FromSeconds(1);

    private readonly Module _module = new();
    private readonly TemporaryFolder _templates = new();
    private readonly Lazy<SourceFolder> _sources;
    private readonly Lazy<IReadOnlyList<StoppableCommand>> _commands;
    private IReadOnlyList<string> _sourcesBefore = [];

    public StopExperiment()
    {
        _sources = new Lazy<SourceFolder>(CreateSources);
        _commands = new Lazy<IReadOnlyList<StoppableCommand>>(CreateCommands);
    }

    public override string Name => "stops";

    public override string Description => "stop a pipeline, check the store and that it is free, run it again";

    public override int ShortRounds => 15;

    public override int LongRounds => 200;

    public override void Run(Round round)
    {
        var command = round.Pick(_commands.Value);
        var store = command.Prepare(_module, round.File("store"));
        var stopped = Stop(command, round);
        round.Tally.Count(stopped ? "stops" : "ended before the stop");

        if (File.Exists(store))
        {
            FileHolder.AssertFree(store);
            StorePromises.Check(store, _sources.Value.Sources, round.Random);
        }

        FileHolder.AssertFree(round.Pick(command.Sources));
        var output = StoppableCommand.Describe(_module.Run(command.Script, [.. command.Sources]));
        if (command.Writes)
        {
            StorePromises.Check(store, _sources.Value.Sources, round.Random);
            StorePromises.CheckSame(command.Store, store);
        }
        else
        {
            Round.Expect(output.SequenceEqual(command.Output), $"After the stop {command.Name} gives another answer: {output.Except(command.Output).FirstOrDefault()}.");
        }

        var left = Directory.EnumerateFileSystemEntries(round.File("store")).Select(Path.GetFileName).ToList();
        Round.Expect(left is ["silver_metadata.db"], $"Beside the store is left: {string.Join(", ", left)}.");
        Round.Expect(_sourcesBefore.SequenceEqual(FolderSnapshot.Of(_templates.File("sources"))), "The sources, or what is beside them, have changed.");
    }

    protected override void Dispose(bool disposing)
    {
        _module.Dispose();
        _templates.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>Returns false when the command had ended before.</summary>
    private bool Stop(StoppableCommand command, Round round)
    {
        using var shell = _module.NewShell(command.Script, [.. command.Sources]);
        using var moment = new ManualResetEventSlim();
        var at = "the outset";
        var seen = 0;
        var byMessage = round.Random.Next(2) == 0;
        var last = byMessage ? round.Random.Next(1, command.Messages + 1) : int.MaxValue;
        var delay = round.Random.NextDouble() * (byMessage ? TimeSpan.FromMilliseconds(40) : command.Duration);
        shell.Streams.Debug.DataAdded += (_, e) => See(shell.Streams.Debug[e.Index].Message);
        shell.Streams.Information.DataAdded += (_, e) => See(shell.Streams.Information[e.Index].MessageData?.ToString() ?? "");

        var running = shell.BeginInvoke();
        if (byMessage)
            WaitHandle.WaitAny([moment.WaitHandle, running.AsyncWaitHandle], s_patience);
        running.AsyncWaitHandle.WaitOne(delay);

        var watch = Stopwatch.StartNew();
        var phase = at;
        var stopping = shell.BeginStop(null, null);
        Round.Expect(stopping.AsyncWaitHandle.WaitOne(s_patience), $"A stop in {phase} of {command.Name} took more than {s_patience.TotalSeconds} s.");
        shell.EndStop(stopping);
        var elapsed = watch.Elapsed;
        try
        {
            shell.EndInvoke(running);
            return false;
        }
        catch (PipelineStoppedException)
        {
            round.Tally.Count($"{command.Name} in {phase}");
            round.Tally.Count(elapsed <= s_prompt ? "within a second" : $"slower, in {phase} of {command.Name}");
            round.Tally.Time("a stop of " + command.Name, elapsed);
            return true;
        }

        void See(string message)
        {
            at = LoadPhase.Of(message)?.Name ?? at;
            if (Interlocked.Increment(ref seen) == last)
                moment.Set();
        }
    }

    private SourceFolder CreateSources()
    {
        var folder = new SourceFolder(_templates.File("sources"), new Random(1));
        folder.Add(40, mayOverlap: false);
        folder.Add(BigRows, mayOverlap: false);
        folder.Add(25, mayOverlap: false);
        folder.AddChanged(folder.Sources[0]);
        folder.AddChanged(folder.Sources[1]);
        _sourcesBefore = FolderSnapshot.Of(_templates.File("sources"));
        return folder;
    }

    private IReadOnlyList<StoppableCommand> CreateCommands()
    {
        var paths = _sources.Value.Sources.Select(source => source.Path).ToList();
        string[] first = [.. paths.Take(3)];
        string[] changed = [.. paths.Skip(3)];
        var load = Measure(new StoppableCommand("load", Load, first, null, Writes: true));
        return
        [
            load,
            Measure(new StoppableCommand("load again", Load, first, load.Store, Writes: true)),
            Measure(new StoppableCommand("reprocess", Load + "-Reprocess -Reason 'they changed'", changed, load.Store, Writes: true)),
            Measure(new StoppableCommand("compare", "$DebugPreference = 'Continue'; $args | Compare-SilverAuditSource -Summary", changed, load.Store, Writes: false)),
            Measure(new StoppableCommand("read", "$DebugPreference = 'Continue'; Get-SilverAuditLoad -Newest 5000", first, load.Store, Writes: false)),
        ];
    }

    private StoppableCommand Measure(StoppableCommand command) => command.Measure(_module, _templates.File(command.Name));
}
