using System.Management.Automation;

namespace SilverAudit.PowerShell.Tests;

/// <summary>Whatever a careless caller or a row brings in, no secret in it gets to what we say: streams, errors, log and history.</summary>
public sealed class SecretTests : IDisposable
{
    private const string Secret = "S3cr3t-Hunter2";
    private const string ConnectionString = $"Server=db;User Id=sa;Password={Secret};Database=x";
    private const string FileName = $"Password={Secret};x.db";
    private const string Redacted = "Password=***;x.db";
    private const string AllStreams = "-LogLevel Debug -LogPath audit.log";

    private readonly Module _module = new();

    private string Store => _module.File("silver_metadata.db");

    private string Source => _module.File("source.db");

    public static TheoryData<string> Paths =>
    [
        $"md:db?motherduck_token={Secret}", $"postgres://user:{Secret}@host/db", ConnectionString,
        $"https://account.blob.core.windows.net/container/x.db?sv=2024-01-01&sig={Secret}",
    ];

    public void Dispose() => _module.Dispose();

    [Theory]
    [MemberData(nameof(Paths))]
    public void A_connection_string_in_place_of_a_source_is_not_repeated(string path)
    {
        // What looks like a drive is one that the session does not have.
        var errorId = path.Contains(':', StringComparison.Ordinal) ? "PathNotResolved" : "SourceNotFound";
        _module.Load(Staging.Create(Source, "LOAD_1"));

        AssertSilent(Run($"Invoke-SilverAuditEtl -LiteralPath $args[0] {AllStreams}", path), errorId);
        AssertSilent(Run($"Invoke-SilverAuditEtl -Path $args[0] {AllStreams} -WhatIf", path), errorId);
        AssertSilent(Run("Compare-SilverAuditSource -LiteralPath $args[0]", path), errorId);
        Assert.Contains("***", File.ReadAllText(_module.File("audit.log")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_connection_string_in_place_of_a_store_is_not_repeated()
    {
        Staging.Create(Source, "LOAD_1");
        const string Url = $"postgres://user:{Secret}@host/db";

        AssertSilent(Run($"Invoke-SilverAuditEtl source.db -Destination $args[0] {AllStreams}", Url), "PathNotResolved");
        AssertSilent(Run("Get-SilverAuditLoad -Destination $args[0]", Url), "PathNotResolved");
        AssertSilent(Run("Remove-OrphanStagingTable -Destination $args[0]", Url), "PathNotResolved");
    }

    [Fact]
    public void A_file_whose_name_looks_like_a_secret_is_loaded_and_its_result_can_be_piped_on()
    {
        Staging.Create(_module.File(FileName), "LOAD_1");

        var outcome = Run($"Invoke-SilverAuditEtl -LiteralPath $args[0] {AllStreams}", _module.File(FileName));

        AssertSilent(outcome);
        var result = Assert.Single(outcome.Output);
        Assert.Equal(_module.File(FileName), result.Text("Source"));
        Assert.Equal(true, _module.Succeed("$args[0] | Compare-SilverAuditSource -Quiet", result)[0].BaseObject);
        Assert.Equal([_module.File(Redacted)], StoreContents.Texts(Store, "SELECT source FROM silver_audit.etl_run"));
    }

    [Fact]
    public void The_cause_of_an_error_does_not_repeat_a_file_name_either()
    {
        File.WriteAllText(_module.File(FileName), new string('x', 20_000));

        var outcome = Run($"Invoke-SilverAuditEtl -LiteralPath $args[0] {AllStreams}", _module.File(FileName));

        AssertSilent(outcome, "SourceNotDatabase");
        var cause = outcome.Errors[0].Exception.InnerException!;
        Assert.Contains("Password=***", cause.Message, StringComparison.Ordinal);
        Assert.Contains("DuckDBException", cause.ToString(), StringComparison.Ordinal);
        Assert.Equal(_module.File(Redacted), outcome.Errors[0].TargetObject);
    }

    [Fact]
    public void Waiting_for_a_file_does_not_show_what_its_name_holds()
    {
        Staging.Create(_module.File(FileName), "LOAD_1");
        using var holder = FileHolder.HoldForWriting(_module.File(FileName));

        var outcome = Run($"Invoke-SilverAuditEtl -LiteralPath $args[0] -LockTimeoutSec 2 {AllStreams}", _module.File(FileName));

        AssertSilent(outcome, "SourceLocked");
        Assert.Contains(outcome.Progress, text => text.Contains("Password=***", StringComparison.Ordinal));
    }

    [Fact]
    public void A_connection_string_in_place_of_a_table_is_not_repeated()
    {
        Staging.Create(Source, "LOAD_1");

        AssertSilent(
            Run($"Invoke-SilverAuditEtl source.db -SourceTable $args[0] {AllStreams}", ConnectionString), "SourceTableMissing");
        AssertSilent(Run($"Invoke-SilverAuditEtl source.db -DestinationTable $args[0] {AllStreams}", ConnectionString), "DestinationTableInvalid");
        AssertSilent(Run($"Invoke-SilverAuditEtl source.db -DestinationTable $args[0] {AllStreams} -WhatIf", ConnectionString), "DestinationTableInvalid");
        AssertSilent(Run("Get-SilverAuditLoad -DestinationTable $args[0]", ConnectionString + "y"), "DestinationTableInvalid");
    }

    [Fact]
    public void A_secret_in_place_of_an_amount_of_memory_is_not_repeated()
    {
        var outcome = Run($"Invoke-SilverAuditEtl source.db -MemoryLimit $args[0] {AllStreams}", ConnectionString);

        AssertSilent(outcome, "MemoryLimitInvalid");
    }

    [Fact]
    public void A_secret_in_a_reason_is_kept_nowhere()
    {
        Staging.Create(Source, "LOAD_1");
        _module.Load(Source);
        Database.Execute(Source, "UPDATE silver_temp_audit SET validation_summary = 'new'");

        AssertSilent(Run($"Invoke-SilverAuditEtl source.db -Reprocess -Reason $args[0] {AllStreams}", $"copied with token: {Secret} again"));

        Assert.DoesNotContain(Secret, StoreContents.Everything(Store), StringComparison.Ordinal);
        Assert.Equal(["copied with token: *** again"], StoreContents.Texts(Store, "SELECT reprocessing_reason FROM silver_staging_audit"));
        Assert.Equal(["copied with token: *** again"], StoreContents.Texts(Store, "SELECT reason FROM silver_audit.superseded_load"));
    }

    [Fact]
    public void A_secret_in_a_row_is_not_quoted_by_errors_and_is_filed_with_the_row_as_it_is()
    {
        Database.Execute(
            Source, "CREATE TABLE silver_temp_audit (load_id VARCHAR, ingestion_time VARCHAR, extra VARCHAR)",
            $"INSERT INTO silver_temp_audit VALUES ('{ConnectionString}', 'Bearer {Secret}', 'a'), ('LOAD_1', '1', 'token={Secret}')");

        var failed = Run($"Invoke-SilverAuditEtl source.db {AllStreams}");
        AssertSilent(failed, "SourceRowInvalid");
        Assert.Contains("(Server=db;User Id=sa;Password=***;Database=x)", failed.Errors[0].Exception.Message, StringComparison.Ordinal);

        AssertSilent(Run($"Invoke-SilverAuditEtl source.db -InvalidRow Reject {AllStreams}"));
        Assert.Equal([ConnectionString], StoreContents.Texts(Store, "SELECT load_id FROM silver_audit.rejected_row"));
        Assert.Equal([$"Bearer {Secret}"], StoreContents.Texts(Store, "SELECT row->>'ingestion_time' FROM silver_audit.rejected_row"));
        Assert.Equal($"token={Secret}", StoreContents.RescuedValue(Store, "LOAD_1", "extra"));
    }

    [Fact]
    public void Rows_with_secrets_are_loaded_byte_for_byte()
    {
        Staging.Create(Source, ConnectionString);
        Database.Execute(
            Source, $$"""UPDATE silver_temp_audit SET validation_summary = 'Bearer {{Secret}}', query_parameters = '[{"api_key": "{{Secret}}"}]'""");

        var outcome = Run($"Invoke-SilverAuditEtl source.db {AllStreams}");

        AssertSilent(outcome);
        Assert.NotEmpty(outcome.Debug);
        Assert.NotEmpty(outcome.Verbose);
        const string Columns = "load_id || validation_summary || query_parameters";
        Assert.Equal(
            StoreContents.Texts(Source, $"SELECT {Columns} FROM silver_temp_audit"),
            StoreContents.Texts(Store, $"SELECT {Columns} FROM silver_staging_audit"));
        var load = Assert.Single(_module.Succeed("Get-SilverAuditLoad -Raw"));
        Assert.Equal(ConnectionString, load.Text("LoadId"));
        Assert.Equal($$"""[{"api_key": "{{Secret}}"}]""", load.Text("QueryParameters"));
    }

    [Fact]
    public void A_type_that_lists_its_values_is_not_repeated_with_a_secret_among_them()
    {
        Database.Execute(
            Source, $"CREATE TABLE silver_temp_audit AS SELECT 'LOAD_1' AS load_id, CAST('pwd={Secret}' AS ENUM('pwd={Secret}')) AS ingestion_time");

        AssertSilent(Run($"Invoke-SilverAuditEtl source.db {AllStreams}"), "SourceRowInvalid");
        AssertSilent(Run($"Invoke-SilverAuditEtl source.db -InvalidRow Reject {AllStreams}"));
        Assert.DoesNotContain(
            Secret, Assert.Single(StoreContents.Texts(Store, "SELECT reason FROM silver_audit.rejected_row")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_log_that_can_not_be_written_is_named_without_the_secret_in_its_name()
    {
        Staging.Create(Source, "LOAD_1");
        Directory.CreateDirectory(_module.File(FileName));

        var outcome = Run("Invoke-SilverAuditEtl source.db -LogPath $args[0]", _module.File(FileName));

        AssertSilent(outcome);
        Assert.Contains(_module.File(Redacted), outcome.Warnings[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_store_whose_name_looks_like_a_secret_is_not_named_by_what_was_planned_or_asked()
    {
        Staging.Create(_module.File(FileName), "LOAD_1");
        const string Script =
            """
            param($source, $store)
            Invoke-SilverAuditEtl -LiteralPath $source -Destination $store -NoLog -WhatIf | ForEach-Object Message
            Invoke-SilverAuditEtl -LiteralPath $source -Destination $store -NoLog -Verbose | ForEach-Object Message
            Remove-OrphanStagingTable -Destination $store -WhatIf -Verbose
            Get-SilverAuditLoad -Destination $store -Debug | ForEach-Object LoadId
            """;

        var output = string.Join('\n', ChildProcess.Succeed(Runner.Start(
            _module.Folder.Location, Script, _module.File(FileName), _module.File($"token={Secret}"))));

        Assert.Contains("What if: ", output, StringComparison.Ordinal);
        Assert.Contains("LOAD_1", output, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, output, StringComparison.Ordinal);
    }

    /// <summary>Runs a script with all streams open. The switch for the debug stream would make the host ask about each warning.</summary>
    private ScriptOutcome Run(string script, params string[] arguments) =>
        _module.Run($"$DebugPreference = $VerbosePreference = 'Continue'; {script}", [.. arguments]);

    /// <summary>Everything that was said, the paths of results left out: those are to open files by.</summary>
    private void AssertSilent(ScriptOutcome outcome, string? errorId = null)
    {
        Assert.Equal(errorId is null ? [] : [errorId], outcome.Errors.Select(error => error.FullyQualifiedErrorId.Split(',')[0]));
        Assert.All(outcome.Errors.SelectMany(TextsOf), AssertNoSecret);
        Assert.All(outcome.Warnings.Concat(outcome.Verbose).Concat(outcome.Debug).Concat(outcome.Information).Concat(outcome.Progress), AssertNoSecret);
        foreach (var result in outcome.Output.Where(result => result.BaseObject.GetType().Name == "EtlResult"))
        {
            AssertNoSecret(result.Text("Message"));
            AssertNoSecret(result.Text("Error"));
        }

        Assert.All(Directory.GetFiles(_module.Folder.Location, "*.log").Select(File.ReadAllText), AssertNoSecret);
        if (File.Exists(Store))
            Assert.All(StoreContents.Rows(Store, "etl_run", "silver_audit"), AssertNoSecret);
    }

    private static void AssertNoSecret(string text) => Assert.DoesNotContain(Secret, text, StringComparison.OrdinalIgnoreCase);

    private static IEnumerable<string> TextsOf(ErrorRecord error)
    {
        yield return error.ToString();
        yield return error.CategoryInfo.ToString();
        yield return error.TargetObject?.ToString() ?? "";
        for (var exception = error.Exception; exception is not null; exception = exception.InnerException)
        {
            yield return exception.Message;
            yield return exception.ToString();
        }
    }
}
