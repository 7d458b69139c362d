using System.Management.Automation;

namespace SilverAudit.PowerShell.Tests;

/// <summary>A store of unknown origin whose side tables are views over files of this machine: none of them is read.</summary>
public sealed class HostileStoreTests : IDisposable
{
    private const string Secret = "the-secret-of-the-host";

    private readonly Module _module = new();
    private readonly string _source;
    private readonly PSObject _run;
    private readonly string _secretFile;

    public HostileStoreTests()
    {
        _source = Staging.Create(_module.File("source.db"), "LOAD_1");
        _module.Load(_source);
        Database.Execute(_source, "UPDATE silver_temp_audit SET validation_status = 'FAILED'");
        _run = _module.Load(_source, "-Reprocess -Reason 'validated again'");
        _secretFile = _module.File("secret.txt");
        File.WriteAllText(_secretFile, Secret);
    }

    private string Store => _module.File("silver_metadata.db");

    public void Dispose() => _module.Dispose();

    [Theory]
    [InlineData("superseded_load", "-WhatIf")]
    [InlineData("superseded_load", "-Confirm:$false")]
    [InlineData("rescued_data", "-WhatIf")]
    [InlineData("rescued_data", "-Confirm:$false -Isolated")]
    [InlineData("rejected_row", "-Confirm:$false")]
    public void An_undo_is_refused(string table, string parameters)
    {
        PutViewFor(table);

        var outcome = _module.Run($"Undo-SilverAuditRun $args[0] -Reason 'why' {parameters}", _run.Value("RunId"));

        AssertRefused(outcome, $"silver_audit.{table} is a view");
    }

    [Theory]
    [InlineData("superseded_load", "")]
    [InlineData("rescued_data", "")]
    [InlineData("rescued_data", "-WhatIf")]
    [InlineData("rescued_data", "-Reprocess -Reason 'why'")]
    [InlineData("rejected_row", "-InvalidRow Reject")]
    [InlineData("etl_run", "")]
    [InlineData("etl_run", "-WhatIf")]
    public void A_load_is_refused(string table, string parameters)
    {
        PutViewFor(table);
        Database.Execute(_source, "UPDATE silver_temp_audit SET validation_status = 'WAIVED'");

        var outcome = _module.Run($"Invoke-SilverAuditEtl -LiteralPath $args[0] -NoLog {parameters}", _source);

        AssertRefused(outcome, $"silver_audit.{table} is a view");
        Assert.Equal(["FAILED"], StoreContents.Texts(Store, "SELECT validation_status FROM silver_staging_audit"));
    }

    [Fact]
    public void A_view_whose_name_is_spelled_in_another_case_is_one_as_well()
    {
        Database.Execute(
            Store, "DROP SCHEMA silver_audit CASCADE", "CREATE SCHEMA \"Silver_AUDIT\"",
            $"CREATE VIEW \"Silver_AUDIT\".\"RESCUED_Data\" AS {Query("rescued_data")}");

        AssertRefused(_module.Run("Invoke-SilverAuditEtl -LiteralPath $args[0] -NoLog", _source), "silver_audit.rescued_data is a view");
    }

    [Theory]
    [InlineData("rescued_data", "rescued")]
    [InlineData("superseded_load", "previous")]
    [InlineData("etl_run", "destination_table")]
    public void A_side_table_that_lacks_a_column_is_named(string table, string column)
    {
        Database.Execute(Store, $"ALTER TABLE silver_audit.{table} DROP COLUMN {column}");

        AssertRefused(_module.Run("Invoke-SilverAuditEtl -LiteralPath $args[0] -NoLog", _source), $"silver_audit.{table} lacks {column}");
        AssertRefused(_module.Run("Undo-SilverAuditRun $args[0] -Reason 'why' -WhatIf", _run.Value("RunId")), $"silver_audit.{table} lacks {column}");
    }

    [Fact]
    public void An_undo_without_former_versions_is_refused_and_a_load_makes_their_table_again()
    {
        Database.Execute(Store, "DROP TABLE silver_audit.superseded_load");

        AssertRefused(_module.Run("Undo-SilverAuditRun $args[0] -Reason 'why' -WhatIf", _run.Value("RunId")), "silver_audit.superseded_load is missing");
        _module.Load(_source);
        Assert.Equal(0, Database.Scalar<int>(Store, "SELECT count(*) FROM silver_audit.superseded_load"));
    }

    [Fact]
    public void A_comparison_takes_the_rescued_values_for_missing()
    {
        PutViewFor("rescued_data");

        var load = Assert.Single(_module.Succeed("Compare-SilverAuditSource $args[0]", _source));

        Assert.Equal("Changed", load.Text("State"));
        Assert.Contains("checksum_value", (IEnumerable<string>)load.Value("ChangedColumns")!);
    }

    [Fact]
    public void A_view_of_a_file_that_is_gone_is_in_nobodys_way()
    {
        PutViewFor("rejected_row");
        File.Delete(_secretFile);

        Assert.All(_module.Succeed("Test-SilverAuditStore"), result => Assert.True(result.Value<bool>("Passed"), result.Text("Message")));
        AssertRefused(_module.Run("Invoke-SilverAuditEtl -LiteralPath $args[0] -NoLog", _source), "silver_audit.rejected_row is a view");
    }

    [Theory]
    [InlineData("superseded_load")]
    [InlineData("rescued_data")]
    [InlineData("rejected_row")]
    [InlineData("etl_run")]
    public void What_only_reads_the_store_goes_on_without(string table)
    {
        PutViewFor(table);

        foreach (var script in new[] { "Test-SilverAuditStore", "Get-SilverAuditHealth", "Get-SilverAuditRun", "Get-SilverAuditRun -Summary" })
        {
            Assert.DoesNotContain(Secret, string.Join('\n', _module.Succeed(script).SelectMany(result => result.Properties).Select(property => Text(property.Value))), StringComparison.Ordinal);
        }

        Assert.All(_module.Succeed("Test-SilverAuditStore"), result => Assert.True(result.Value<bool>("Passed"), result.Text("Message")));
    }

    private static string Text(object? value) => value is IEnumerable<string> texts ? string.Join('\n', texts) : value?.ToString() ?? "";

    private void PutViewFor(string table) =>
        Database.Execute(Store, $"DROP TABLE silver_audit.{table}", $"CREATE VIEW silver_audit.{table} AS {Query(table)}");

    private string Query(string table)
    {
        var run = $"UUID '{_run.Value("RunId")}' AS run_id";
        var content = table switch
        {
            "superseded_load" => $"content AS load_id, {run}, now()::TIMESTAMP AS superseded_at, content AS reason, to_json(content) AS previous, to_json(content) AS previous_rescued",
            "rescued_data" => $"'LOAD_1' AS load_id, {run}, json_object('checksum_value', content) AS rescued",
            "rejected_row" => $"content AS load_id, {run}, now()::TIMESTAMP AS rejected_at, content AS source, content AS source_table, content AS reason, to_json(content) AS row",
            _ => $"{run}, now()::TIMESTAMP AS started_at, now()::TIMESTAMP AS finished_at, now()::TIMESTAMP AS processing_timestamp, content AS source, content AS source_table, 'silver_staging_audit' AS destination_table, 'Failed' AS status, content AS error_id, content AS error, NULL::UUID AS undone_run_id",
        };
        return $"SELECT {content}, 1 AS rowid FROM read_text('{_secretFile}')";
    }

    private void AssertRefused(ScriptOutcome outcome, string problem)
    {
        Assert.Equal("StoreSchemaMismatch", outcome.ErrorId);
        var message = string.Join('\n', outcome.Errors.Select(error => error.ToString()));
        Assert.Contains(problem, message, StringComparison.Ordinal);
        Assert.Contains(Store, message, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, message, StringComparison.Ordinal);
    }
}
