using System.Diagnostics;
using System.IO.Pipes;
using SilverAudit.Stores.Isolation;

namespace SilverAudit.Core.Tests;

/// <summary>An engine in a process of its own that takes every request and never says a word.</summary>
public sealed class SilentEngineTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(500);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [UnixFact]
    public async Task A_store_is_not_called_damaged_because_the_engine_was_silent()
    {
        await WithStore(store =>
        {
            var failure = Assert.Throws<AuditException>(() => store.Check(CancellationToken.None));

            Assert.Equal(AuditErrorId.EngineFailure, failure.ErrorId);
            Assert.Contains("no sign of life for 0.5 seconds and was ended", failure.Message, StringComparison.Ordinal);
            Assert.Contains("without -Isolated", failure.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("damaged", failure.Message, StringComparison.Ordinal);
        });
    }

    [UnixFact]
    public async Task A_source_with_which_the_engine_is_silent_by_itself_too_is_to_blame()
    {
        await WithStore(store =>
        {
            var outcome = store.Load(_folder.File("source.db"), new EtlOptions { PlanOnly = true }, CancellationToken.None);

            Assert.Equal(AuditErrorId.SourceCorrupt, outcome.Failure?.ErrorId);
        });
    }

    private async Task WithStore(Action<IAuditStore> work)
    {
        var calls = _folder.File("calls");
        using (var make = Process.Start("mkfifo", calls))
            await make.WaitForExitAsync();
        var answering = Task.Run(() => AnswerAsync(calls));
        using var log = AuditLog.Open(new AuditLogOptions(), new SilentHost());
        var command = new EngineCommand("/bin/sh", ["-c", "echo $$ $1 > \"$0\"; exec sleep 600", calls]);
        using (var store = new IsolatedStore(new StoreOptions { Destination = _folder.File("store.db") }, command, log, s_patience))
            work(store);

        await File.WriteAllTextAsync(calls, "end\n");
        await answering;
    }

    /// <summary>Connects for each process that was started, and breaks off when that has been ended.</summary>
    private static async Task AnswerAsync(string calls)
    {
        while ((await File.ReadAllTextAsync(calls)).Split() is [var number, var name, ..] && name.Length > 0)
        {
            using var process = Process.GetProcessById(int.Parse(number, System.Globalization.CultureInfo.InvariantCulture));
            await using var pipe = new NamedPipeClientStream(".", name, PipeDirection.InOut, PipeOptions.Asynchronous | PipeOptions.CurrentUserOnly);
            await pipe.ConnectAsync();
            await process.WaitForExitAsync();
        }
    }

    [AttributeUsage(AttributeTargets.Method)]
    private sealed class UnixFactAttribute : FactAttribute
    {
        public UnixFactAttribute()
        {
            if (OperatingSystem.IsWindows())
                Skip = "The engine that says nothing is made of programs of a Unix.";
        }
    }
}
