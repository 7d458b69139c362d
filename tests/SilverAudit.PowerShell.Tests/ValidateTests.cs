namespace SilverAudit.PowerShell.Tests;

public sealed class ValidateTests : IDisposable
{
    private readonly Module _module = new();

    public void Dispose() => _module.Dispose();

    [Fact]
    public void A_store_that_passes_every_check_leaves_a_run_as_it_is()
    {
        Staging.Create(_module.File("1.db"), "LOAD_1");

        var output = _module.Succeed("Invoke-SilverAuditEtl 1.db -Validate -Summary -NoLog");

        Assert.Equal(("AllNew", true), (output[0].Text("Status"), output[1].Value("Success")));
        Assert.Empty((System.Collections.IEnumerable)output[1].Value("FailedChecks")!);
    }

    [Fact]
    public void A_check_that_fails_after_the_last_source_fails_the_run_and_what_was_loaded_stays()
    {
        CreateWithoutDataSource("1.db", "LOAD_1");
        Staging.Create(_module.File("2.db"), "LOAD_2");

        var outcome = _module.Run("Invoke-SilverAuditEtl 1.db, 2.db -Validate -Summary -NoLog");

        Assert.Equal("StoreCheckFailed", outcome.ErrorId);
        Assert.Equal(_module.File("silver_metadata.db"), outcome.Errors[0].TargetObject);
        Assert.Contains("1 of 9 checks", outcome.Errors[0].ToString(), StringComparison.Ordinal);
        Assert.Contains("AllFieldsPopulated: ", outcome.Errors[0].ToString(), StringComparison.Ordinal);
        Assert.Equal(["AllNew", "AllNew"], outcome.Output.Take(2).Select(result => result.Text("Status")));
        Assert.Equal((false, 0), (outcome.Output[2].Value("Success"), outcome.Output[2].Value("FailedSources")));
        Assert.Equal("AllFieldsPopulated", Assert.Single((IEnumerable<string>)outcome.Output[2].Value("FailedChecks")!));
        Assert.Equal(["LOAD_1", "LOAD_2"], StoreContents.LoadIds(_module.File("silver_metadata.db")));
    }

    [Fact]
    public void The_checks_see_what_the_last_source_has_brought()
    {
        Staging.Create(_module.File("1.db"), "LOAD_1");
        CreateWithoutDataSource("2.db", "LOAD_2");

        Assert.Equal("StoreCheckFailed", _module.Run("Invoke-SilverAuditEtl 1.db, 2.db -Validate -NoLog").ErrorId);
    }

    [Fact]
    public void A_strict_environment_validates_and_the_parameter_overrides_it()
    {
        CreateWithoutDataSource("1.db", "LOAD_1");
        File.WriteAllText(_module.File("silver-audit.json"), """{ "strict": true }""");

        Assert.Equal("StoreCheckFailed", _module.Run("Invoke-SilverAuditEtl 1.db -NoLog").ErrorId);
        _module.Succeed("Invoke-SilverAuditEtl 1.db -NoLog -Validate:$false");
    }

    [Fact]
    public void A_plan_is_not_validated_and_neither_is_a_batch_of_nothing()
    {
        CreateWithoutDataSource("1.db", "LOAD_1");
        _module.Load(_module.File("1.db"));

        _module.Succeed("Invoke-SilverAuditEtl 1.db -Validate -WhatIf");
        _module.Succeed("@() | Invoke-SilverAuditEtl -Validate -NoLog");
    }

    [Fact]
    public void An_isolated_engine_validates_too()
    {
        CreateWithoutDataSource("1.db", "LOAD_1");

        Assert.Equal("StoreCheckFailed", _module.Run("Invoke-SilverAuditEtl 1.db -Validate -NoLog -Isolated").ErrorId);
    }

    [Fact]
    public void The_log_has_every_check_in_the_words_that_operators_know()
    {
        CreateWithoutDataSource("1.db", "LOAD_1");

        _module.Run("Invoke-SilverAuditEtl 1.db -Validate");

        var log = File.ReadAllText(_module.File("silver_audit_etl.log"));
        Assert.Contains(" - INFO - ETL VALIDATION RESULTS\n", log, StringComparison.Ordinal);
        Assert.Contains(" - INFO - PASSED: NoDuplicates: ", log, StringComparison.Ordinal);
        Assert.Contains(" - INFO - FAILED: AllFieldsPopulated: ", log, StringComparison.Ordinal);
        Assert.Contains(" - INFO - Overall Status: FAILED\n", log, StringComparison.Ordinal);
        Assert.Contains(" - ERROR - Silver Audit ETL validation failed: StoreCheckFailed: ", log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-Isolated")]
    public void A_check_that_fails_is_a_failed_run_of_the_store_in_the_history_and_in_its_health(string parameters)
    {
        CreateWithoutDataSource("1.db", "LOAD_1");

        _module.Run("Invoke-SilverAuditEtl 1.db -Validate -NoLog " + parameters);

        var failed = Assert.Single(_module.Succeed("Get-SilverAuditRun -Status Failed"));
        Assert.Equal(("StoreCheckFailed", _module.File("silver_metadata.db")), (failed.Text("ErrorId"), failed.Text("Source")));
        Assert.Equal("Unhealthy", Assert.Single(_module.Succeed("Get-SilverAuditHealth")).Text("Status"));
        Assert.Equal("AlreadyPresent", _module.Load(_module.File("1.db")).Text("Status"));
    }

    private void CreateWithoutDataSource(string name, string loadId) => Staging.CreateWith(
        _module.File(name), Staging.CreateTable, Staging.Insert(loadId), "UPDATE silver_temp_audit SET data_source = NULL");
}
