namespace SilverAudit.PowerShell.Tests;

/// <summary>Which store a command works on: the one that was named, by a parameter or by what comes down the pipeline, and no other.</summary>
public sealed class DestinationTests : IDisposable
{
    private const string Load = "Invoke-SilverAuditEtl source.db -Destination keep.db -DestinationTable audit -NoLog";

    private readonly Module _module = new();
    private readonly string _keep;

    public DestinationTests()
    {
        Staging.Create(_module.File("source.db"), "LOAD_1");
        _keep = _module.File("keep.db");
    }

    private string Default => _module.File("silver_metadata.db");

    public void Dispose() => _module.Dispose();

    [Fact]
    public void A_table_whose_name_looks_like_a_secret_is_refused_because_the_history_could_not_name_it()
    {
        var outcome = _module.Run("Invoke-SilverAuditEtl source.db -NoLog -DestinationTable 'token=alpha'");

        Assert.Equal("DestinationTableInvalid", outcome.ErrorId);
        Assert.DoesNotContain("alpha", outcome.Errors[0].ToString(), StringComparison.Ordinal);
        Assert.False(File.Exists(Default));
    }

    [Theory]
    [InlineData("Get-SilverAuditLoad")]
    [InlineData("Get-SilverAuditRun")]
    [InlineData("Get-SilverAuditRun -Summary")]
    [InlineData("Get-SilverAuditHealth")]
    [InlineData("Test-SilverAuditStore")]
    [InlineData("Compare-SilverAuditSource source.db -IncludeEqual")]
    [InlineData("Compare-SilverAuditSource source.db -Summary")]
    [InlineData("Invoke-SilverAuditEtl source.db -NoLog -Summary")]
    [InlineData("Optimize-SilverAuditStore")]
    [InlineData("Backup-SilverAuditStore copy.db")]
    [InlineData("Export-SilverAuditLoad loads.csv")]
    public void Every_object_says_of_which_store_and_table_it_speaks(string command)
    {
        _module.Succeed(Load);

        var output = _module.Succeed($"{command} -Destination keep.db -DestinationTable audit");

        Assert.NotEmpty(output);
        Assert.All(output, item => Assert.Equal((_keep, "audit"), (item.Text("Destination"), item.Text("DestinationTable"))));
    }

    [Theory]
    [InlineData("Get-SilverAuditLoad")]
    [InlineData("Get-SilverAuditRun")]
    [InlineData("Get-SilverAuditHealth")]
    [InlineData("Test-SilverAuditStore")]
    [InlineData("Compare-SilverAuditSource -IncludeEqual")]
    [InlineData("Compare-SilverAuditSource -Summary")]
    [InlineData("Invoke-SilverAuditEtl -NoLog")]
    [InlineData("Optimize-SilverAuditStore")]
    [InlineData("Backup-SilverAuditStore copy.db")]
    [InlineData("Export-SilverAuditLoad loads.csv", "Get-SilverAuditLoad -Destination keep.db -DestinationTable audit")]
    [InlineData("Undo-SilverAuditRun -Reason r -Confirm:$false")]
    [InlineData("Undo-SilverAuditRun -Reason r -Confirm:$false", "Get-SilverAuditRun -Destination keep.db")]
    [InlineData("Invoke-SilverAuditEtl -NoLog", "Compare-SilverAuditSource source.db -Destination keep.db -DestinationTable audit -IncludeEqual")]
    [InlineData("Get-SilverAuditLoad", "Compare-SilverAuditSource source.db -Destination keep.db -DestinationTable audit -IncludeEqual")]
    public void A_pipeline_goes_on_with_the_store_that_its_objects_name(string command, string from = Load)
    {
        if (from != Load)
            _module.Succeed(Load);
        _module.Load(Staging.Create(_module.File("other.db"), "OTHER"));
        var before = File.ReadAllBytes(Default);

        var output = _module.Succeed($"{from} | {command}");

        Assert.NotEmpty(output);
        Assert.All(output, item => Assert.Equal((_keep, "audit"), (item.Text("Destination"), item.Text("DestinationTable"))));
        Assert.Equal(before, File.ReadAllBytes(Default));
    }

    [Fact]
    public void A_store_that_many_objects_name_is_backed_up_once()
    {
        Staging.Create(_module.File("second.db"), "LOAD_2");
        Directory.CreateDirectory(_module.File("backups"));

        Assert.Single(_module.Succeed("Invoke-SilverAuditEtl source.db, second.db -Destination keep.db -NoLog | Backup-SilverAuditStore backups"));

        Assert.Single(Directory.EnumerateFiles(_module.File("backups")));
    }

    [Fact]
    public void A_parameter_has_precedence_over_what_comes_down_the_pipeline()
    {
        _module.Load(_module.File("source.db"));

        Assert.Equal(Default, Assert.Single(_module.Succeed(Load + " | Get-SilverAuditHealth -Destination silver_metadata.db")).Text("Destination"));
        Assert.Equal("AlreadyPresent", Assert.Single(_module.Succeed($"{Load} | Invoke-SilverAuditEtl -NoLog -Destination silver_metadata.db -DestinationTable silver_staging_audit")).Text("Status"));
    }

    [Fact]
    public void A_pipeline_goes_on_with_the_source_tables_that_its_objects_name()
    {
        Staging.CreateWith(_module.File("first.db"), "CREATE TABLE one AS SELECT 'ONE' AS load_id");
        Staging.CreateWith(_module.File("second.db"), "CREATE TABLE two AS SELECT 'TWO' AS load_id");

        var output = _module.Succeed(
            "@(Compare-SilverAuditSource first.db -SourceTable one -Summary) + @(Compare-SilverAuditSource second.db -SourceTable two -Summary) | Invoke-SilverAuditEtl -NoLog");

        Assert.Equal(["one AllNew", "two AllNew"], output.Select(result => $"{result.Text("SourceTable")} {result.Text("Status")}"));
    }

    [Fact]
    public void One_batch_has_one_store()
    {
        _module.Succeed(Load);
        _module.Load(_module.File("source.db"));

        var outcome = _module.Run("@(Compare-SilverAuditSource source.db -Summary) + @(Compare-SilverAuditSource source.db -Summary -Destination keep.db) | Invoke-SilverAuditEtl -NoLog");

        Assert.Equal("DestinationChanged", outcome.ErrorId);
    }

    [Fact]
    public void A_column_called_destination_does_not_decide_where_a_pipeline_goes_on()
    {
        Staging.CreateWith(_module.File("hostile.db"), "CREATE TABLE silver_temp_audit AS SELECT 'L' AS load_id, 'elsewhere.db' AS destination, 'x' AS \"DestinationTable\"");
        _module.Load(_module.File("hostile.db"), "-SchemaEvolution AddNewColumns");

        var load = Assert.Single(_module.Succeed("Get-SilverAuditLoad"));

        Assert.Equal((Default, "silver_staging_audit"), (load.Text("Destination"), load.Text("DestinationTable")));
        Assert.Contains(load.Properties, property => property.Value as string == "elsewhere.db");
        Assert.Equal(Default, Assert.Single(_module.Succeed("Get-SilverAuditLoad | Export-SilverAuditLoad out.csv")).Text("Destination"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-Isolated")]
    public void A_store_that_is_created_is_told(string parameters)
    {
        Staging.Create(_module.File("second.db"), "LOAD_2");

        var outcome = _module.Run($"Invoke-SilverAuditEtl source.db, second.db -Destination mistyped.db -NoLog {parameters}");

        Assert.Equal($"There was no store at '{_module.File("mistyped.db")}', so it was created.", Assert.Single(outcome.Warnings));
        Assert.Equal([true, false], outcome.Output.Select(result => result.Value<bool>("DestinationCreated")));
    }

    [Theory]
    [InlineData("Invoke-SilverAuditEtl source.db -NoLog -Destination D:\\silver\\metadata.db")]
    [InlineData("Invoke-SilverAuditEtl source.db -NoLog -Destination env:PATH")]
    [InlineData("Invoke-SilverAuditEtl source.db -LogPath Q:\\silver.log")]
    [InlineData("Invoke-SilverAuditEtl source.db -NoLog -ArchivePath nodrive:archive")]
    [InlineData("Backup-SilverAuditStore nodrive:b.db")]
    [InlineData("Export-SilverAuditLoad nodrive:b.csv")]
    [InlineData("Get-SilverAuditLoad -Destination Registry::HKLM")]
    public void A_place_that_the_session_does_not_have_is_an_error_and_nothing_is_done(string command)
    {
        if (OperatingSystem.IsWindows())
            command = command.Replace("D:", "nodrive:", StringComparison.Ordinal).Replace("Q:", "nodrive:", StringComparison.Ordinal);
        var before = Directory.GetFileSystemEntries(_module.Folder.Location);

        var outcome = _module.Run(command);

        Assert.Equal("PathNotResolved", outcome.ErrorId);
        Assert.Equal(before, Directory.GetFileSystemEntries(_module.Folder.Location));
    }

    [Theory]
    [InlineData("https://host/batch.db")]
    [InlineData("env:PATH")]
    public void A_source_of_such_a_place_fails_and_the_others_are_loaded(string path)
    {
        var outcome = _module.Run($"Invoke-SilverAuditEtl '{path}', source.db -NoLog -Summary");

        Assert.Equal("PathNotResolved", outcome.ErrorId);
        Assert.Equal(["Failed", "AllNew"], outcome.Output.Take(2).Select(result => result.Text("Status")));
        Assert.Equal(1, outcome.Output[2].Value("FailedSources"));
    }

    [Fact]
    public void A_file_whose_name_has_a_colon_is_a_file()
    {
        if (OperatingSystem.IsWindows())
            return;
        Staging.Create(_module.File("batch:1.db"), "COLON");

        Assert.Equal("AllNew", Assert.Single(_module.Succeed("Invoke-SilverAuditEtl batch:1.db -NoLog -Destination ./my:store.db")).Text("Status"));
        Assert.Equal("COLON", Assert.Single(_module.Succeed("Get-SilverAuditLoad -Destination my:store.db")).Text("LoadId"));
    }

    [Theory]
    [InlineData("Invoke-SilverAuditEtl *.db -NoLog -Destination new.store")]
    [InlineData("[System.IO.DirectoryInfo]::new($PWD).GetFiles('*.db') | Invoke-SilverAuditEtl -NoLog -Destination new.store")]
    [InlineData("[System.IO.DirectoryInfo]::new($PWD).GetFiles('*.db') | Invoke-SilverAuditEtl -NoLog -Destination new.store -Isolated")]
    public void A_store_or_a_backup_that_a_wildcard_brings_is_passed_over_and_named(string command)
    {
        _module.Succeed("Invoke-SilverAuditEtl source.db -NoLog; Backup-SilverAuditStore backup.db");

        var outcome = _module.Run(command);

        Assert.Empty(outcome.Errors);
        Assert.Equal("AllNew", Assert.Single(outcome.Output).Text("Status"));
        Assert.Equal(
            ["backup.db", "silver_metadata.db"],
            outcome.Warnings.Where(warning => warning.StartsWith("Passed over: ", StringComparison.Ordinal)).Select(warning => Path.GetFileName(warning.Split('\'')[1])).Order(StringComparer.Ordinal));
        Assert.Equal("AllNew", Assert.Single(_module.Succeed("Get-SilverAuditRun -Destination new.store")).Text("Status"));
        Assert.Equal("SourceIsStore", _module.Run("Invoke-SilverAuditEtl backup.db -NoLog -Destination new.store").ErrorId);
    }

    [Fact]
    public void A_comparison_passes_them_over_too()
    {
        _module.Succeed("Invoke-SilverAuditEtl source.db -NoLog; Backup-SilverAuditStore backup.db");

        var outcome = _module.Run("Compare-SilverAuditSource *.db -Summary");

        Assert.Empty(outcome.Errors);
        Assert.Equal(_module.File("source.db"), Assert.Single(outcome.Output).Text("Source"));
        Assert.Contains("backup.db", Assert.Single(outcome.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Sums_of_a_batch_are_no_source_and_a_record_with_a_path_is_one()
    {
        var outcome = _module.Run("Invoke-SilverAuditEtl source.db -NoLog -Summary | Compare-SilverAuditSource -Quiet");

        Assert.True(Assert.Single(outcome.Output).BaseObject is true);
        Assert.DoesNotContain(outcome.Errors, error => error.ToString().Contains("not found", StringComparison.Ordinal));
        Staging.Create(_module.File("bracket[1].db"), "LOAD_1");
        Assert.True(Assert.Single(_module.Succeed("[pscustomobject]@{ Source = 'bracket[1].db' } | Compare-SilverAuditSource -Quiet")).BaseObject is true);
        Assert.Equal("SourceNotFound", _module.Run("[pscustomobject]@{ Source = 'gone[1].db' } | Compare-SilverAuditSource -Quiet").ErrorId);
        Assert.True(Assert.Single(_module.Succeed("[pscustomobject]@{ Path = 'source.db' } | Compare-SilverAuditSource -Quiet")).BaseObject is true);
    }
}
