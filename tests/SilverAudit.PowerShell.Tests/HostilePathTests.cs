using System.Management.Automation;

namespace SilverAudit.PowerShell.Tests;

/// <summary>A path is a path: whatever it looks like to the shell, to the engine or in one of the engine's messages.</summary>
public sealed class HostilePathTests : IDisposable
{
    private const string Reason = "Windows has no files of such names.";

    private static readonly string[] s_names =
    [
        "a'; DROP TABLE x; --", "md:x", "s3:x", ":memory:", "http:x", "duckdb:x", "Env:x", "file:x", "C:x", "line\nbreak", "tab\there",
        "\"", "no::provider", "FileSystem:x", "'", "%00", "?", "*", "a*b?c", "x (READ_ONLY)", "bell\a",
    ];

    private readonly Module _module = new();

    public static TheoryData<string> Names => [.. s_names];

    public static TheoryData<string> Messages =>
    [
        "No such file or directory", "No space left on device", "Could not set lock on file", "Permission denied", "with version number",
        "Corrupt database file", "Conflicting lock is held in nothing (PID 1)", "Cannot open encrypted database", "database does not exist",
    ];

    public void Dispose() => _module.Dispose();

    [LinuxTheory(Reason)]
    [MemberData(nameof(Names))]
    public void Paths_that_look_like_something_else_are_files_of_the_current_location(string name)
    {
        var work = Directory.CreateDirectory(_module.File("work")).FullName;
        _module.GoTo(work);
        File.Move(Staging.Create(_module.File("source.db"), "LOAD_1"), Path.Combine(work, name + ".db"));
        // A file that is there is found by its name; a new one needs to say that its colon ends no drive.
        var (store, log) = ("./" + name + " store", "./" + name + ".log");
        const string Script = "Invoke-SilverAuditEtl -LiteralPath $args[0] -Destination $args[1] -LogPath $args[2]";

        var result = Assert.Single(_module.Succeed(Script, name + ".db", store, log));

        Assert.Equal("AllNew", result.Text("Status"));
        Assert.Equal(Path.Combine(work, name + ".db"), result.Text("Source"));
        Assert.Equal(Path.Combine(work, name + " store"), result.Text("Destination"));
        Assert.Equal("AlreadyPresent", Assert.Single(_module.Succeed(Script, name + ".db", name + " store", name + ".log")).Text("Status"));
        Assert.Equal("LOAD_1", Assert.Single(_module.Succeed("Get-SilverAuditLoad -Destination $args[0]", name + " store")).Text("LoadId"));
        Assert.Equal(
            ((string[])[name + ".db", name + " store", name + ".log"]).Order(StringComparer.Ordinal),
            Directory.GetFileSystemEntries(work).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("s3://bucket/x.db")]
    [InlineData("http://127.0.0.1:9/x.db")]
    [InlineData("md:x.db")]
    [InlineData("postgres:host=127.0.0.1")]
    [InlineData(":memory:")]
    public void What_looks_like_a_place_elsewhere_is_no_source(string path)
    {
        var outcome = _module.Run("Invoke-SilverAuditEtl -LiteralPath $args[0] -NoLog; Invoke-SilverAuditEtl -Path $args[0] -NoLog", path);

        var expected = path[0] == ':' ? "SourceNotFound" : "PathNotResolved";
        Assert.Equal([expected, expected], outcome.Errors.Select(error => error.FullyQualifiedErrorId.Split(',')[0]));
        Assert.Empty(Directory.GetFileSystemEntries(_module.Folder.Location));
    }

    [Theory]
    [InlineData("s3://bucket/x.db")]
    [InlineData("http://127.0.0.1:9/x.db")]
    public void A_store_is_never_elsewhere(string path)
    {
        var source = Staging.Create(_module.File("source.db"), "LOAD_1");

        Assert.Equal("PathNotResolved", _module.Run("Invoke-SilverAuditEtl -LiteralPath $args[0] -Destination $args[1] -NoLog", source, path).ErrorId);
        Assert.Equal(["source.db"], Directory.GetFileSystemEntries(_module.Folder.Location).Select(entry => Path.GetFileName(entry)));
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public void A_file_that_is_called_like_a_message_of_the_engine_fails_for_its_own_reason(string name)
    {
        var path = _module.File(name);
        File.WriteAllText(path, "no database");

        FailedLoad.Expect(_module, path, "SourceNotDatabase", ErrorCategory.InvalidType, path, "-LockTimeoutSec 300");
        File.Delete(path);
        File.WriteAllText(_module.File(name), string.Concat(Enumerable.Repeat("no database\n", 2000)));
        var source = Staging.Create(_module.File("source.db"), "LOAD_1");
        FailedLoad.Expect(_module, source, "StoreNotDatabase", ErrorCategory.InvalidType, path, $"-Destination '{name}' -LockTimeoutSec 300");
    }

    [LinuxFact(Reason)]
    public void A_name_that_is_no_text_costs_its_file_alone()
    {
        Staging.Create(_module.File("good.db"), "LOAD_1");
        Staging.Create(_module.File("odd.db"), "LOAD_2");
        ChildProcess.Succeed(ChildProcess.Start(_module.Folder.Location, "sh", "-c", "mv odd.db \"$(printf 'odd\\377\\376.db')\""));

        var outcome = _module.Run("Invoke-SilverAuditEtl *.db -NoLog");

        // .NET can't name the file either, so it may be passed over, but not end the pipeline.
        ChildProcess.Succeed(ChildProcess.Start(_module.Folder.Location, "sh", "-c", "rm odd*"));
        Assert.Null(outcome.Terminating);
        Assert.All(outcome.Errors, error => Assert.StartsWith("SourceNotFound,", error.FullyQualifiedErrorId, StringComparison.Ordinal));
        Assert.Equal(["LOAD_1"], StoreContents.LoadIds(_module.File("silver_metadata.db")));
    }

    [Fact]
    public void A_path_with_a_NUL_is_no_path()
    {
        Staging.Create(_module.File("good.db"), "LOAD_1");

        var outcome = _module.Run("Invoke-SilverAuditEtl -LiteralPath $args[0] -NoLog", "good.db\0.txt");

        Assert.DoesNotContain(outcome.Output, result => result.Value<bool>("Success"));
        Assert.True(outcome.Errors.Count == 1 || outcome.Terminating is not null);
        Assert.False(File.Exists(_module.File("silver_metadata.db")));
    }
}
