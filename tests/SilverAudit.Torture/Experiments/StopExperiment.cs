using System.Diagnostics;
using System.Management.Automation;
using SilverAudit.Torture.Files;

namespace SilverAudit.Torture.Experiments;

/// <summary>Pipelines that are stopped at any moment, as Ctrl+C does.</summary>
public sealed class StopExperiment : Experiment
{
    private const int Rows = 10_000;
    private const int BigRows = 200_000;
    private const int BigIsOneIn = 20;
    private const string Load = "$DebugPreference = 'Continue'; $args | Invoke-SilverAuditEtl -NoLog ";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_prompt = TimeSpan.FromSeconds(1);

    private readonly Module _module = new();
    private readonly TemporaryFolder _templates = new();
    private readonly Lazy<StoppableCommand>[] _commands;
    private readonly Lazy<StoppableCommand>[] _bigCommands;

    public StopExperiment()
    {
        _commands = CreateCommands("sources", Rows);
        _bigCommands = CreateCommands("big-sources", BigRows);
    }

    public override string Name => "stops";

    public override string Description => "stop a pipeline, check the store and that it is free, run it again";

    public override int ShortRounds => 6;

    public override int LongRounds => 200;

    public override void Run(Round round)
    {
        var command = round.Pick(round.Random.Next(BigIsOneIn) == 0 ? _bigCommands : _commands).Value;
        var before = FolderSnapshot.Of(command.SourcesFolder);
        var store = command.Prepare(_module, round.File("store"));
        var stopped = Stop(command, round);
        round.Tally.Count(stopped ? "stops" : "ended before the stop");

        if (File.Exists(store))
        {
            FileHolder.AssertFree(store);
            StorePromises.Check(store, command.Known, round.Random);
        }

        FileHolder.AssertFree(round.Pick(command.Paths));
        var output = StoppableCommand.Describe(_module.Run(command.Script, [.. command.Paths]));
        if (command.Writes)
        {
            StorePromises.CheckSame(command.Store, store);
        }
        else
        {
            Round.Expect(output.SequenceEqual(command.Output), $"After the stop {command.Name} gives another answer: {output.Except(command.Output).FirstOrDefault()}.");
        }

        var left = Directory.EnumerateFileSystemEntries(round.File("store")).Select(Path.GetFileName).ToList();
        Round.Expect(left is ["silver_metadata.db"], $"Beside the store is left: {string.Join(", ", left)}.");
        Round.Expect(before.SequenceEqual(FolderSnapshot.Of(command.SourcesFolder)), "The sources, or what is beside them, have changed.");
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
        using var shell = _module.NewShell(command.Script, [.. command.Paths]);
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
            var where = command.Writes ? $"in {phase} of {command.Name}" : "in " + command.Name;
            round.Tally.Count(where);
            round.Tally.Count(elapsed <= s_prompt ? "within a second" : "slower, " + where);
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

    /// <summary>The commands over sources of a size. Each is run once when it is first needed, to know what it does unstopped.</summary>
    private Lazy<StoppableCommand>[] CreateCommands(string folder, int rows)
    {
        var sources = new Lazy<SourceFolder>(() => CreateSources(folder, rows));
        var load = Command("load", () => null, changed: false, Load, writes: true);
        return
        [
            load,
            Command("load again", () => load.Value.Store, changed: false, Load, writes: true),
            Command("reprocess", () => load.Value.Store, changed: true, Load + "-Reprocess -Reason 'they changed'", writes: true),
            Command("plan", () => load.Value.Store, changed: true, Load + "-WhatIf", writes: false),
            Command("compare", () => load.Value.Store, changed: true, "$DebugPreference = 'Continue'; $args | Compare-SilverAuditSource -Summary", writes: false),
            Command("read", () => load.Value.Store, changed: false, "$DebugPreference = 'Continue'; Get-SilverAuditLoad -Newest 5000", writes: false),
        ];

        Lazy<StoppableCommand> Command(string name, Func<string?> template, bool changed, string script, bool writes) => new(() =>
        {
            var known = sources.Value.Sources;
            var given = changed ? known.Skip(known.Count / 2) : known.Take(known.Count / 2);
            var command = new StoppableCommand(name, script, known, [.. given.Select(source => source.Path)], template(), writes);
            command.Measure(_module, _templates.File($"{folder} {name}"));
            return command;
        });
    }

    private SourceFolder CreateSources(string name, int rows)
    {
        // Made once for all rounds, so no round's chance decides about them.
        var folder = new SourceFolder(_templates.File(name), new Random(1));
        folder.Add(40, mayOverlap: false);
        folder.Add(rows, mayOverlap: false);
        folder.Add(25, mayOverlap: false);
        foreach (var source in folder.Sources.ToList())
        {
            folder.AddChanged(source);
        }

        return folder;
    }
}
