namespace SilverAudit.PowerShell.Tests;

/// <summary>What happens to files that change while a source is archived, or since a run that archived it was killed.</summary>
public sealed class ArchiveRaceTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    private readonly Module _module = new();

    private string Archive => _module.File("archive");

    private string Archived => Path.Combine(Archive, "batch.db");

    public void Dispose() => _module.Dispose();

    [TracerFact]
    public void A_file_that_comes_to_the_place_of_an_archived_one_is_not_removed_for_it()
    {
        var source = Staging.Create(_module.File("batch.db"), "LOAD_1");
        var next = Staging.Create(_module.File("next.new"), "LOAD_2");
        // The calls that take the source away are late, and nothing else is.
        var command = ChildProcess.Start(
            _module.Folder.Location, "strace",
            ["-f", "-qq", "-o", "/dev/null", "-P", source, "-e", "trace=rename,renameat,renameat2,unlink,unlinkat",
             "-e", "inject=rename,renameat,renameat2,unlink,unlinkat:delay_enter=3000000",
             "dotnet", TestMetadata.Value("RunnerPath"), "-NonInteractive", "-Command", "Invoke-SilverAuditEtl batch.db -ArchivePath archive -NoLog"]);
        Assert.True(SpinWait.SpinUntil(() => File.Exists(Archived) || command.HasExited, s_patience));

        File.Move(next, source, overwrite: true);
        var (_, _, error) = ChildProcess.Complete(command);

        Assert.Contains("another file came there", error.ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.Equal(["LOAD_2"], StoreContents.Texts(source, "SELECT load_id FROM silver_temp_audit"));
        Assert.Equal(["LOAD_1"], StoreContents.Texts(Archived, "SELECT load_id FROM silver_temp_audit"));
        Assert.Equal(["batch.db", "silver_metadata.db"], Directory.EnumerateFiles(_module.Folder.Location).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [TracerFact]
    public void A_store_that_another_process_makes_meanwhile_is_not_replaced_by_an_empty_one()
    {
        Staging.Create(_module.File("first.db"), "LOAD_1");
        var second = Staging.Create(_module.File("second.db"), "LOAD_2");
        var store = _module.File("silver_metadata.db");
        var command = ChildProcess.Start(
            _module.Folder.Location, "strace",
            ["-f", "-qq", "-o", "/dev/null", "-P", store, "-e", "trace=rename,renameat,renameat2,link,linkat",
             "-e", "inject=rename,renameat,renameat2,link,linkat:delay_enter=8000000",
             "dotnet", TestMetadata.Value("RunnerPath"), "-NonInteractive", "-Command", "Invoke-SilverAuditEtl first.db -NoLog"]);
        Assert.True(SpinWait.SpinUntil(() => Drafts().Any(draft => new FileInfo(draft).Length > 0) || command.HasExited, s_patience));

        Assert.Equal((1, 1, 0, 0, 0, 0), _module.Load(second).Counts());
        ChildProcess.Succeed(command);

        Assert.Equal(["LOAD_1", "LOAD_2"], StoreContents.LoadIds(store).Order(StringComparer.Ordinal));

        IEnumerable<string> Drafts() => Directory.EnumerateDirectories(_module.Folder.Location, "silver_metadata.db.*.tmp")
            .Select(folder => Path.Combine(folder, "new.db")).Where(File.Exists);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4096)]
    public void A_source_stays_when_the_archive_no_longer_holds_what_its_proof_says(int length)
    {
        var source = ArchiveAndBringBack();
        using (var archived = new FileStream(Archived, FileMode.Open, FileAccess.Write))
        {
            archived.SetLength(length);
        }

        var outcome = _module.Run("Invoke-SilverAuditEtl batch.db -ArchivePath archive -NoLog");

        Assert.Equal("TargetExists", outcome.ErrorId);
        Assert.Contains("no longer holds what its proof", outcome.Errors[0].ToString(), StringComparison.Ordinal);
        Assert.Equal(["LOAD_1"], StoreContents.Texts(source, "SELECT load_id FROM silver_temp_audit"));
    }

    [Fact]
    public void A_source_that_the_archive_holds_whole_is_removed_when_it_comes_again()
    {
        var source = ArchiveAndBringBack();

        Assert.Equal(Archived, _module.Load(source, "-ArchivePath archive").Value("ArchivedTo"));
        Assert.False(File.Exists(source));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    [InlineData(200)]
    public void A_proof_that_was_not_written_to_its_end_is_made_again(int length)
    {
        var source = ArchiveAndBringBack();
        var proof = File.ReadAllText(Archived + ".proof.json");
        File.WriteAllText(Archived + ".proof.json", proof[..length]);
        File.Delete(Archived);

        Assert.Equal(Archived, _module.Load(source, "-ArchivePath archive").Value("ArchivedTo"));

        Assert.EndsWith("}\n", File.ReadAllText(Archived + ".proof.json"), StringComparison.Ordinal);
        Assert.True(File.Exists(Archived));
    }

    [Fact]
    public void What_a_killed_run_left_of_its_copies_is_removed_by_the_run_that_finishes_it()
    {
        var source = Staging.Create(_module.File("batch.db"), "LOAD_1");
        Directory.CreateDirectory(Archive);
        string[] own = [Draft("batch.db"), Draft("batch.db.proof.json")];
        string[] others = [Draft("other.db"), "batch.db.partial", "batch.db.old.partial"];
        Array.ForEach([.. own, .. others], name => File.WriteAllText(Path.Combine(Archive, name), "half"));

        _module.Load(source, "-ArchivePath archive");

        Assert.Equal(
            others.Append("batch.db").Append("batch.db.proof.json").Order(StringComparer.Ordinal),
            Directory.EnumerateFiles(Archive).Select(Path.GetFileName).Order(StringComparer.Ordinal));

        static string Draft(string name) => $"{name}.{Guid.NewGuid():N}.partial";
    }

    private string ArchiveAndBringBack()
    {
        var source = Staging.Create(_module.File("batch.db"), "LOAD_1");
        File.Copy(source, _module.File("kept"));
        _module.Load(source, "-ArchivePath archive");
        File.Move(_module.File("kept"), source);
        return source;
    }
}
