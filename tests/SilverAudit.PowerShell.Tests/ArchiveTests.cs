using System.Security.Cryptography;
using System.Text.Json;

namespace SilverAudit.PowerShell.Tests;

public sealed class ArchiveTests : IDisposable
{
    private readonly Module _module = new();

    private string Archive => _module.File("archive");

    private string Store => _module.File("silver_metadata.db");

    public void Dispose() => _module.Dispose();

    [Fact]
    public void A_loaded_source_moves_to_the_archive_with_a_proof_beside_it()
    {
        var source = Staging.Create(_module.File("batch.db"), "LOAD_1", "LOAD_2");
        var bytes = File.ReadAllBytes(source);

        var result = _module.Load(source, "-ArchivePath archive/2025");

        var archived = Path.Combine(Archive, "2025", "batch.db");
        Assert.Equal(("AllNew", archived), (result.Text("Status"), result.Value("ArchivedTo")));
        Assert.False(File.Exists(source));
        Assert.Equal(bytes, File.ReadAllBytes(archived));
        Assert.Equal(["batch.db", "batch.db.proof.json"], Names(Path.GetDirectoryName(archived)!));
        var proof = ReadProof(archived);
        Assert.Equal((archived, result.Text("RunId"), "AllNew"), (Text(proof, "archivedAs"), Text(proof, "runId"), Text(proof, "status")));
        Assert.Equal((2, 2, 0, 0, 0), Counts(proof));
        Assert.True(proof.GetProperty("proof").GetProperty("isProven").GetBoolean());
        Assert.Equal(source, Text(proof.GetProperty("proof"), "source"));
        Assert.Equal(Text(proof.GetProperty("proof"), "sourceChecksum"), Text(proof.GetProperty("proof"), "destinationChecksum"));
        var file = Assert.Single(proof.GetProperty("files").EnumerateArray());
        Assert.Equal(
            ("batch.db", bytes.LongLength, Convert.ToHexStringLower(SHA256.HashData(bytes))),
            (Text(file, "name"), file.GetProperty("bytes").GetInt64(), Text(file, "sha256")));
    }

    [Fact]
    public void The_log_of_a_source_goes_with_it()
    {
        var source = CreateWithLog("batch.db");

        var result = _module.Load(source, "-ArchivePath archive");

        Assert.Equal(3L, result.Value("InsertedRows"));
        Assert.Equal(["silver_metadata.db", "workshop.db"], Files(_module.Folder.Location));
        Assert.Equal(["batch.db", "batch.db.proof.json", "batch.db.wal"], Names(Archive));
        Assert.Equal(2, ReadProof(Path.Combine(Archive, "batch.db")).GetProperty("files").GetArrayLength());
        Assert.Equal(3, Database.Scalar<int>(Path.Combine(Archive, "batch.db"), "SELECT count(*) FROM silver_temp_audit"));
    }

    [Fact]
    public void Every_source_of_a_pipeline_is_archived_once_it_is_loaded_and_a_failed_one_stays()
    {
        Staging.Create(_module.File("1.db"), "LOAD_1");
        Staging.Create(_module.File("2.db"), " ");
        Staging.Create(_module.File("3.db"), "LOAD_3");

        var outcome = _module.Run("Invoke-SilverAuditEtl 1.db, 2.db, 3.db -ArchivePath archive -NoLog");

        Assert.Equal("SourceRowInvalid", outcome.ErrorId);
        Assert.Equal(
            [Path.Combine(Archive, "1.db"), null, Path.Combine(Archive, "3.db")], outcome.Output.Select(result => (string?)result.Value("ArchivedTo")));
        Assert.Equal(["2.db", "silver_metadata.db"], Files(_module.Folder.Location));
        Assert.Equal(["1.db", "1.db.proof.json", "3.db", "3.db.proof.json"], Names(Archive));
    }

    [Fact]
    public void A_source_that_was_loaded_before_is_archived_too()
    {
        var source = Staging.Create(_module.File("batch.db"), "LOAD_1");
        _module.Load(source);

        Assert.Equal("AlreadyPresent", _module.Load(source, "-ArchivePath archive").Text("Status"));

        Assert.Equal(["batch.db", "batch.db.proof.json"], Names(Archive));
    }

    [Fact]
    public void Rows_that_are_filed_as_rejected_and_exact_copies_count_as_proven()
    {
        var source = Staging.CreateWith(
            _module.File("batch.db"),
            "CREATE TABLE silver_temp_audit (load_id VARCHAR, data_source VARCHAR, extra INTEGER)",
            "INSERT INTO silver_temp_audit VALUES ('GOOD', 'scopus', 7), ('COPY', 'scopus', NULL), ('COPY', 'scopus', NULL), (NULL, 'scopus', 1), ('TWICE', 'a', 1), ('TWICE', 'b', 1)");

        _module.Load(source, "-InvalidRow Reject -ArchivePath archive");

        Assert.Equal((6, 2, 1, 3, 0), Counts(ReadProof(Path.Combine(Archive, "batch.db"))));
    }

    [Fact]
    public void A_source_with_a_load_that_differs_from_the_store_stays_until_it_is_reprocessed()
    {
        _module.Load(Staging.Create(_module.File("batch.db"), "LOAD_1", "LOAD_2"));
        Database.Execute(_module.File("batch.db"), "UPDATE silver_temp_audit SET checksum_status = 'FAILED' WHERE load_id = 'LOAD_2'");

        var outcome = _module.Run("Invoke-SilverAuditEtl batch.db -ArchivePath archive -NoLog");

        Assert.Equal("SourceNotProven", outcome.ErrorId);
        Assert.Equal(_module.File("batch.db"), outcome.Errors[0].TargetObject);
        Assert.Contains("does not hold 1 of its 2 rows", outcome.Errors[0].ToString(), StringComparison.Ordinal);
        Assert.Equal(("AlreadyPresent", true, null), (outcome.Output[0].Text("Status"), outcome.Output[0].Value("Success"), outcome.Output[0].Value("ArchivedTo")));
        Assert.True(File.Exists(_module.File("batch.db")));
        Assert.Empty(Names(Archive));

        Assert.Equal(1L, _module.Load(_module.File("batch.db"), "-Reprocess -Reason checked -ArchivePath archive").Value("UpdatedRows"));
        Assert.Equal(["batch.db", "batch.db.proof.json"], Names(Archive));
    }

    [Fact]
    public void A_rescued_value_that_the_store_does_not_hold_keeps_its_source()
    {
        var source = Staging.CreateWith(
            _module.File("batch.db"), "CREATE TABLE silver_temp_audit AS SELECT 'LOAD_1' AS load_id, 'kept nowhere' AS extra");

        var outcome = _module.Run("Invoke-SilverAuditEtl batch.db -ArchivePath archive -SchemaEvolution None -NoLog");

        Assert.Equal("SourceNotProven", outcome.ErrorId);
        Assert.True(File.Exists(source));
    }

    [Fact]
    public void What_the_archive_has_already_is_never_replaced()
    {
        var source = Staging.Create(_module.File("batch.db"), "LOAD_1");
        Directory.CreateDirectory(Archive);
        File.WriteAllText(Path.Combine(Archive, "batch.db"), "of yesterday");

        var outcome = _module.Run("Invoke-SilverAuditEtl batch.db -ArchivePath archive -NoLog");

        Assert.Equal("TargetExists", outcome.ErrorId);
        Assert.Contains($"'{Path.Combine(Archive, "batch.db")}' already", outcome.Errors[0].ToString(), StringComparison.Ordinal);
        Assert.Equal(("AllNew", true), (outcome.Output[0].Text("Status"), outcome.Output[0].Value("Success")));
        Assert.Equal("of yesterday", File.ReadAllText(Path.Combine(Archive, "batch.db")));
        Assert.Equal(["batch.db"], Names(Archive));
        Assert.True(File.Exists(source));
    }

    [Theory]
    [InlineData("batch.db.wal")]
    [InlineData("batch.db.proof.json")]
    public void A_log_or_a_proof_of_another_source_of_that_name_is_in_the_way_too(string name)
    {
        var source = Staging.Create(_module.File("batch.db"), "LOAD_1");
        Directory.CreateDirectory(Archive);
        File.WriteAllText(Path.Combine(Archive, name), "of yesterday");

        var outcome = _module.Run("Invoke-SilverAuditEtl batch.db -ArchivePath archive -NoLog");

        Assert.Equal("TargetExists", outcome.ErrorId);
        Assert.Contains($"'{Path.Combine(Archive, name)}' already", outcome.Errors[0].ToString(), StringComparison.Ordinal);
        Assert.Equal("of yesterday", File.ReadAllText(Path.Combine(Archive, name)));
        Assert.Equal([name], Names(Archive));
        Assert.Equal(["batch.db", "silver_metadata.db"], Files(_module.Folder.Location));
        Assert.Equal(1, Database.Scalar<int>(source, "SELECT count(*) FROM silver_temp_audit"));
    }

    [Theory]
    [InlineData("batch.db", "batch.db.wal")]
    [InlineData("batch.db")]
    [InlineData]
    public void An_archiving_that_was_killed_is_finished_by_the_next_run(params string[] placed)
    {
        var source = CreateWithLog("batch.db");
        File.Copy(source, _module.File("kept.db"));
        File.Copy(source + ".wal", _module.File("kept.db.wal"));
        _module.Load(source, "-ArchivePath archive");
        foreach (var extension in new[] { "", ".wal" })
        {
            File.Move(_module.File("kept.db" + extension), source + extension);
            if (!placed.Contains("batch.db" + extension))
                File.Delete(Path.Combine(Archive, "batch.db" + extension));
        }

        Assert.Equal(Path.Combine(Archive, "batch.db"), _module.Load(source, "-ArchivePath archive").Value("ArchivedTo"));

        Assert.Equal(["batch.db", "batch.db.proof.json", "batch.db.wal"], Names(Archive));
        Assert.Equal(["silver_metadata.db", "workshop.db"], Files(_module.Folder.Location));
        Assert.Equal(3, Database.Scalar<int>(Path.Combine(Archive, "batch.db"), "SELECT count(*) FROM silver_temp_audit"));
    }

    [Fact]
    public void Another_source_of_the_same_name_is_not_taken_for_the_one_that_is_in_the_archive()
    {
        _module.Load(Staging.Create(_module.File("batch.db"), "LOAD_1"), "-ArchivePath archive");
        Staging.Create(_module.File("batch.db"), "LOAD_2");

        var outcome = _module.Run("Invoke-SilverAuditEtl batch.db -ArchivePath archive -NoLog");

        Assert.Equal("TargetExists", outcome.ErrorId);
        Assert.Equal(["LOAD_1"], StoreContents.Texts(Path.Combine(Archive, "batch.db"), "SELECT load_id FROM silver_temp_audit"));
        Assert.Equal(["LOAD_2"], StoreContents.Texts(_module.File("batch.db"), "SELECT load_id FROM silver_temp_audit"));
    }

    [LinuxFact("Only there does a file have a mode.")]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public void An_archived_file_is_as_private_as_it_was()
    {
        var source = Staging.Create(_module.File("batch.db"), "LOAD_1");
        File.SetUnixFileMode(source, UnixFileMode.UserRead | UnixFileMode.UserWrite);

        _module.Load(source, "-ArchivePath archive");

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(Archive, "batch.db")));
    }

    [TracerFact]
    public void Nobody_can_write_a_source_from_its_proof_until_it_is_gone()
    {
        Staging.Create(_module.File("batch.db"), "LOAD_1");
        var source = '"' + _module.File("batch.db") + '"';

        var calls = Tracer.Run(_module.Folder.Location, [], "Invoke-SilverAuditEtl batch.db -ArchivePath archive -NoLog", "trace=%file,%network,close,fcntl");

        // To close any handle of a file takes the locks of the process off it.
        var last = calls.Last(call => call.Contains($"openat(AT_FDCWD, {source}", StringComparison.Ordinal));
        var attached = Array.FindLastIndex(calls, call => call.Contains("F_RDLCK", StringComparison.Ordinal));
        var removed = Array.FindIndex(calls, call => call.Contains("renameat2(", StringComparison.Ordinal) && call.Contains($"{source}, ", StringComparison.Ordinal));
        Assert.InRange(attached, 0, removed);
        var handles = calls[attached..removed]
            .Where(call => call.Contains($"openat(AT_FDCWD, {source}", StringComparison.Ordinal)).Select(call => call[(call.LastIndexOf(' ') + 1)..]).ToList();
        Assert.NotEmpty(handles);
        Assert.DoesNotContain(calls[Array.IndexOf(calls, last)..removed], call => handles.Exists(handle => call.Contains($"close({handle})", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_plan_archives_nothing_and_makes_no_folder()
    {
        Staging.Create(_module.File("batch.db"), "LOAD_1");

        var result = Assert.Single(_module.Succeed("Invoke-SilverAuditEtl batch.db -ArchivePath archive -WhatIf"));

        Assert.Equal(("Planned", null), (result.Text("Status"), result.Value("ArchivedTo")));
        Assert.Equal(["batch.db"], Names(_module.Folder.Location));
    }

    [Fact]
    public void A_folder_that_can_not_be_made_ends_the_run_before_anything_is_loaded()
    {
        Staging.Create(_module.File("batch.db"), "LOAD_1");
        File.WriteAllText(Archive, "a file where the folder should be");

        var outcome = _module.Run("Invoke-SilverAuditEtl batch.db -ArchivePath archive -NoLog");

        Assert.Equal("TargetNotWritable", outcome.ErrorId);
        Assert.Equal(Archive, outcome.Errors[0].TargetObject);
        Assert.Equal(["archive", "batch.db"], Names(_module.Folder.Location));
    }

    [LinuxFact("A link needs no privilege there.")]
    public void A_link_is_not_parted_from_its_file()
    {
        var source = Staging.Create(_module.File("batch.db"), "LOAD_1");
        Directory.CreateDirectory(_module.File("links"));
        File.CreateSymbolicLink(_module.File("links/today.db"), "../batch.db");

        var outcome = _module.Run("Invoke-SilverAuditEtl links/today.db -ArchivePath archive -NoLog");

        Assert.Equal("SourceNotProven", outcome.ErrorId);
        Assert.Contains("is a link", outcome.Errors[0].ToString(), StringComparison.Ordinal);
        Assert.True(File.Exists(source) && File.Exists(_module.File("links/today.db")));
    }

    [Fact]
    public void An_isolated_engine_proves_it_as_well()
    {
        var source = Staging.Create(_module.File("batch.db"), "LOAD_1");

        Assert.Equal(Path.Combine(Archive, "batch.db"), _module.Load(source, "-ArchivePath archive -Isolated").Value("ArchivedTo"));
    }

    [Fact]
    public void The_log_tells_what_was_archived_and_what_was_not()
    {
        Staging.Create(_module.File("1.db"), "LOAD_1");
        Staging.Create(_module.File("2.db"), "LOAD_2");
        Directory.CreateDirectory(Path.Combine(Archive, "2.db"));

        _module.Run("Invoke-SilverAuditEtl 1.db, 2.db -ArchivePath archive");

        var log = File.ReadAllText(_module.File("silver_audit_etl.log"));
        Assert.Contains($" - INFO - Archived source database: {Path.Combine(Archive, "1.db")}\n", log, StringComparison.Ordinal);
        Assert.Contains(" - ERROR - Source database was not archived: TargetExists: ", log, StringComparison.Ordinal);
    }

    [MountFact]
    public void An_archive_on_another_disk_gets_a_copy_that_is_checked_before_the_source_goes()
    {
        Staging.Create(_module.File("batch.db"), "LOAD_1");
        Staging.CreateMany(_module.File("large.db"), 20_000, from: 2);
        Directory.CreateDirectory(_module.File("disk"));

        var lines = Mount.RunWithDisk(
            _module.Folder.Location, "disk", "2m",
            """
            Invoke-SilverAuditEtl batch.db, large.db -ArchivePath disk/archive -NoLog -WarningAction SilentlyContinue -ErrorAction SilentlyContinue -ErrorVariable failures |
                ForEach-Object { "$($_.Status) $($_.ArchivedTo)" }
            $failures | ForEach-Object { $_.FullyQualifiedErrorId }
            [IO.Directory]::GetFiles("$PWD/disk/archive") | ForEach-Object { [IO.Path]::GetFileName($_) }
            """);

        Assert.Equal([$"AllNew {_module.File("disk")}/archive/batch.db", "AllNew", "TargetNotWritable,SilverAudit.PowerShell.InvokeSilverAuditEtlCommand"], lines[..3]);
        Assert.Equal(["batch.db", "batch.db.proof.json"], lines[3..].Order(StringComparer.Ordinal));
        Assert.Equal(["large.db", "silver_metadata.db", "with-disk.ps1"], Files(_module.Folder.Location));
        Assert.Equal(20_001, StoreContents.LoadIds(Store).Count);
    }

    /// <summary>A source with one load in its file and two in its log.</summary>
    private string CreateWithLog(string name)
    {
        var (workshop, source) = (_module.File("workshop.db"), _module.File(name));
        var draft = Staging.Create(_module.File("draft.db"), "LOAD_1");
        // Logs name their database from this storage version on.
        Database.Execute(draft, $"ATTACH '{workshop}' AS target (STORAGE_VERSION 'v1.4.0')", $"COPY FROM DATABASE \"{Database.Scalar<string>(draft, "SELECT current_database()")}\" TO target");
        File.Delete(draft);
        Database.WhileOpen(workshop, [Staging.Insert("LOAD_2"), Staging.Insert("LOAD_3")], () =>
        {
            File.Copy(workshop, source);
            File.Copy(workshop + ".wal", source + ".wal");
        });
        return source;
    }

    private static IEnumerable<string?> Names(string folder) =>
        Directory.EnumerateFileSystemEntries(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal);

    private static IEnumerable<string?> Files(string folder) => Directory.EnumerateFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal);

    private static JsonElement ReadProof(string archived)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(archived + ".proof.json"));
        return document.RootElement.Clone();
    }

    private static (long Source, long Equal, long Copied, long Rejected, long Unproven) Counts(JsonElement proof)
    {
        var counts = proof.GetProperty("proof");
        return (Count("sourceRows"), Count("equalRows"), Count("copiedRows"), Count("rejectedRows"), Count("unprovenRows"));

        long Count(string name) => counts.GetProperty(name).GetInt64();
    }

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}
