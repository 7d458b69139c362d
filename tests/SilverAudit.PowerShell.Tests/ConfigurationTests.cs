using System.Management.Automation;

namespace SilverAudit.PowerShell.Tests;

/// <summary>What a configuration file, its environments and environment variables do to the commands.</summary>
public sealed class ConfigurationTests : IDisposable
{
    private readonly Module _module = new();

    public void Dispose() => _module.Dispose();

    [Fact]
    public void With_a_source_configured_no_argument_is_needed()
    {
        Write("""{ "source": ["in/*.db", "one.db"], "destination": "store/audit.db", "logPath": "logs/etl.log" }""");
        CreateSources("in/1.db", "in/2.db", "one.db");
        Directory.CreateDirectory(_module.File("store"));

        var results = _module.Succeed("Invoke-SilverAuditEtl");

        Assert.Equal(Paths("in/1.db", "in/2.db", "one.db"), results.Select(result => result.Text("Source")));
        Assert.All(results, result => Assert.Equal(("AllNew", Full("store/audit.db")), (result.Text("Status"), result.Text("Destination"))));
        Assert.Equal(3, _module.Succeed("Get-SilverAuditLoad").Count);
        Assert.Equal(["True", "True", "True"], _module.Succeed("Compare-SilverAuditSource -Quiet").Select(answer => answer.ToString()));
        Assert.Empty(_module.Succeed("Remove-OrphanStagingTable"));
        Assert.Contains($"Configuration: {_module.File("silver-audit.json")}", File.ReadAllText(Full("logs/etl.log")), StringComparison.Ordinal);
        Assert.False(File.Exists(_module.File("silver_audit_etl.log")));
        Assert.False(File.Exists(_module.File("silver_metadata.db")));
    }

    [Fact]
    public void Paths_of_a_file_elsewhere_start_from_its_folder_whatever_its_name_looks_like()
    {
        Write("""{ "source": "*.db", "destination": "../audit.db" }""", "jobs [1]*/nightly.json");
        CreateSources("jobs [1]*/1.db", "jobs [1]*/2.db");

        var results = _module.Succeed("Invoke-SilverAuditEtl -ConfigurationPath 'jobs [1]*/nightly.json'");

        Assert.Equal(Paths("jobs [1]*/1.db", "jobs [1]*/2.db"), results.Select(result => result.Text("Source")));
        Assert.Equal(["1", "2"], StoreContents.LoadIds(_module.File("audit.db")));
        Assert.True(File.Exists(_module.File("silver_audit_etl.log")));
    }

    [Theory]
    [InlineData("missing.db")]
    [InlineData("nowhere/missing*.db")]
    public void A_configured_source_that_is_not_there_fails_like_any_other(string source)
    {
        Write($$"""{ "source": "{{source}}" }""", "a[1]/silver-audit.json");

        var outcome = _module.Run("Invoke-SilverAuditEtl -NoLog -ConfigurationPath 'a[1]/silver-audit.json'");

        Assert.Equal("SourceNotFound", outcome.ErrorId);
        Assert.Equal(Full("a[1]/" + source), Assert.Single(outcome.Output).Text("Source"));
    }

    [Theory]
    [InlineData("missing*.db")]
    [InlineData("[m]issing[1].db")]
    [InlineData("*/missing.db")]
    public void A_configured_pattern_that_matches_nothing_is_a_warning_and_no_failure(string source)
    {
        Write($$"""{ "source": "{{source}}" }""", "a[1]/silver-audit.json");

        var outcome = _module.Run("Invoke-SilverAuditEtl -NoLog -Summary -ConfigurationPath 'a[1]/silver-audit.json'");

        Assert.Empty(outcome.Errors);
        Assert.Equal($"No file matches '{Full("a[1]/" + source)}'; nothing to load.", Assert.Single(outcome.Warnings));
        Assert.Equal((0, true), (Assert.Single(outcome.Output).Value<int>("TotalSources"), outcome.Output[0].Value<bool>("Success")));
    }

    [Fact]
    public void A_comparison_needs_a_file_that_matches_a_configured_pattern()
    {
        Write("""{ "source": "missing*.db" }""");

        Assert.Equal("SourceNotFound", _module.Run("Compare-SilverAuditSource").ErrorId);
    }

    [Fact]
    public void A_file_that_is_named_with_brackets_can_be_configured()
    {
        Write("""{ "source": "batch[1].db" }""");
        CreateSources("batch[1].db");

        Assert.Equal("AllNew", Assert.Single(_module.Succeed("Invoke-SilverAuditEtl -NoLog")).Text("Status"));
    }

    [Fact]
    public void A_store_that_a_configured_wildcard_matches_is_passed_over()
    {
        Write("""{ "source": "*.db", "destination": "audit.db" }""");
        CreateSources("1.db");

        Assert.Equal(["AllNew"], _module.Succeed("Invoke-SilverAuditEtl -NoLog").Select(result => result.Text("Status")));
        Assert.Equal(["AlreadyPresent"], _module.Succeed("Invoke-SilverAuditEtl -NoLog").Select(result => result.Text("Status")));
        Write("""{ "source": "audit.db", "destination": "audit.db" }""");
        Assert.Equal("SourceIsDestination", _module.Run("Invoke-SilverAuditEtl -NoLog").ErrorId);
    }

    [Theory]
    [InlineData("@() | Invoke-SilverAuditEtl -NoLog")]
    [InlineData("@('x') | Where-Object { $false } | Invoke-SilverAuditEtl -NoLog")]
    [InlineData("$null | ForEach-Object { } | Compare-SilverAuditSource")]
    public void An_empty_pipeline_is_not_the_configured_source(string script)
    {
        Write("""{ "source": "1.db" }""");
        CreateSources("1.db");

        Assert.Empty(_module.Succeed(script));

        Assert.False(File.Exists(_module.File("silver_metadata.db")));
    }

    [Theory]
    [InlineData("Invoke-SilverAuditEtl -NoLog -Path $null")]
    [InlineData("Invoke-SilverAuditEtl -NoLog @()")]
    [InlineData("Invoke-SilverAuditEtl -NoLog -LiteralPath @()")]
    [InlineData("$null | Invoke-SilverAuditEtl -NoLog")]
    public void Nothing_in_place_of_a_source_is_not_the_configured_source(string script)
    {
        Write("""{ "source": "1.db" }""");
        CreateSources("1.db");

        var outcome = _module.Run(script);

        Assert.Empty(outcome.Output);
        Assert.NotNull(outcome.Terminating ?? outcome.Errors.SingleOrDefault());
        Assert.False(File.Exists(_module.File("silver_metadata.db")));
    }

    [Theory]
    [InlineData("Invoke-SilverAuditEtl 2.db -NoLog")]
    [InlineData("Invoke-SilverAuditEtl -LiteralPath 2.db -NoLog")]
    [InlineData("'2.db' | Invoke-SilverAuditEtl -NoLog")]
    [InlineData("$ExecutionContext.InvokeProvider.ChildItem.Get('2.db', $false) | Invoke-SilverAuditEtl -NoLog")]
    public void A_source_that_is_named_goes_before_the_configured_one(string script)
    {
        Write("""{ "source": "1.db" }""");
        CreateSources("1.db", "2.db");

        Assert.Equal([Full("2.db")], _module.Succeed(script).Select(result => result.Text("Source")));
    }

    [Theory]
    [InlineData("Invoke-SilverAuditEtl", null, "there is no silver-audit.json in the current location")]
    [InlineData("Compare-SilverAuditSource", null, "there is no silver-audit.json in the current location")]
    [InlineData("Invoke-SilverAuditEtl", "{}", "has no setting 'source'.")]
    [InlineData("Invoke-SilverAuditEtl", """{ "environments": { "development": {} } }""", "has no setting 'source' for the environment 'development'.")]
    public void Without_any_source_the_command_ends_with_an_error_and_asks_nobody(string script, string? configuration, string expected)
    {
        if (configuration is not null)
            Write(configuration);

        var error = Terminating(script, "SourceMissing", ErrorCategory.InvalidArgument);

        Assert.Contains(expected, error.Exception.Message, StringComparison.Ordinal);
        Assert.Contains("-Path *.db", error.Exception.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_module.File("silver_audit_etl.log")));
    }

    [Fact]
    public void Settings_of_the_file_hold_where_the_parameter_is_not_given()
    {
        Write("""{ "sourceTable": "mine", "destinationTable": "kept", "schemaEvolution": "AddNewColumns", "invalidRow": "Reject", "logLevel": "Warning", "threads": 1, "memoryLimit": "200MB" }""");
        Staging.CreateWith(
            _module.File("1.db"), "CREATE TABLE mine (load_id VARCHAR, data_source VARCHAR, extra INTEGER)", "INSERT INTO mine VALUES ('A', 'x', 1), (NULL, 'x', 2)",
            "CREATE TABLE other (load_id VARCHAR)", "INSERT INTO other VALUES ('B')");

        var result = Assert.Single(_module.Succeed("Invoke-SilverAuditEtl 1.db"));

        Assert.Equal((2L, 1L, 0L, 0L, 0L, 1L), result.Counts());
        Assert.Equal(("mine", "kept"), (result.Text("SourceTable"), result.Text("DestinationTable")));
        Assert.Equal(1, Database.Scalar<int>(_module.File("silver_metadata.db"), "SELECT extra FROM kept"));
        Assert.DoesNotContain(" - INFO - ", File.ReadAllText(_module.File("silver_audit_etl.log")), StringComparison.Ordinal);
        var overridden = Assert.Single(_module.Succeed("Invoke-SilverAuditEtl 1.db -SourceTable other -DestinationTable else -LogPath else.log -LogLevel Info"));
        Assert.Equal((1L, 1L, 0L, 0L, 0L, 0L), overridden.Counts());
        Assert.Equal(["B"], StoreContents.LoadIds(_module.File("silver_metadata.db"), "else"));
        Assert.Contains(" - INFO - ", File.ReadAllText(_module.File("else.log")), StringComparison.Ordinal);
        Assert.Equal("SourceRowInvalid", _module.Run("Invoke-SilverAuditEtl 1.db -InvalidRow Fail -NoLog -DestinationTable third").ErrorId);
        Assert.Equal("SourceSchemaChanged", _module.Run("Invoke-SilverAuditEtl 1.db -SchemaEvolution FailOnNewColumns -NoLog -DestinationTable third").ErrorId);
    }

    [Fact]
    public void A_configured_limit_of_memory_and_time_reaches_the_engine()
    {
        Staging.CreateMany(_module.File("1.db"), 20_000);
        Write("""{ "memoryLimit": "1MB", "threads": 1, "lockTimeoutSec": 0 }""");

        Assert.Equal("MemoryLimitExceeded", _module.Run("Invoke-SilverAuditEtl 1.db -NoLog").ErrorId);

        using var holder = FileHolder.HoldForWriting(_module.File("1.db"));
        Assert.Equal("SourceLocked", _module.Run("Invoke-SilverAuditEtl 1.db -NoLog").ErrorId);
    }

    [Fact]
    public void A_plan_leaves_the_configured_log_alone()
    {
        Write("""{ "logPath": "logs/etl.log" }""");
        CreateSources("1.db");

        _module.Succeed("Invoke-SilverAuditEtl 1.db -WhatIf");

        Assert.False(Directory.Exists(_module.File("logs")));
    }

    [Fact]
    public void Every_command_works_on_the_store_of_the_environment()
    {
        Write("""{ "environments": { "development": { "destination": "dev.db" }, "production": { "destination": "prod.db" } } }""");
        CreateSources("1.db", "2.db");

        _module.Succeed("Invoke-SilverAuditEtl 1.db -NoLog; Invoke-SilverAuditEtl 2.db -NoLog -Environment Production");

        Assert.Equal(["1"], _module.Succeed("(Get-SilverAuditLoad).LoadId").Select(id => id.ToString()));
        Assert.Equal(["2"], _module.Succeed("(Get-SilverAuditLoad -Environment production).LoadId").Select(id => id.ToString()));
        Assert.Equal(["True"], _module.Succeed("Compare-SilverAuditSource 2.db -Environment production -Quiet").Select(answer => answer.ToString()));
        Assert.Equal(["False"], _module.Succeed("Compare-SilverAuditSource 2.db -Quiet").Select(answer => answer.ToString()));
        Assert.Equal(["2"], _module.Succeed("(Get-SilverAuditLoad -Destination prod.db).LoadId").Select(id => id.ToString()));
        Database.Execute(_module.File("prod.db"), "CREATE TABLE silver_staging_audit_staging_1 (load_id VARCHAR)");
        Assert.Equal("silver_staging_audit_staging_1", Assert.Single(_module.Succeed("Remove-OrphanStagingTable -Environment production")).Text("Name"));
    }

    [Fact]
    public void An_isolated_engine_gets_the_same_settings()
    {
        Write("""{ "source": "in/*.db", "environments": { "production": { "destination": "prod.db", "threads": 1, "memoryLimit": "200MB" } } }""");
        CreateSources("in/1.db");

        Assert.Equal(Full("prod.db"), Assert.Single(_module.Succeed("Invoke-SilverAuditEtl -Environment production -NoLog -Isolated")).Text("Destination"));
        Assert.Equal("1", Assert.Single(_module.Succeed("Get-SilverAuditLoad -Environment production -Isolated")).Text("LoadId"));
        Assert.Equal("SourceMissing", _module.Run("Invoke-SilverAuditEtl -Isolated -ConfigurationPath $args[0]", Write("{}", "none.json")).ErrorId);
    }

    [Theory]
    [InlineData("Invoke-SilverAuditEtl 1.db")]
    [InlineData("'1.db' | Invoke-SilverAuditEtl")]
    [InlineData("Compare-SilverAuditSource 1.db")]
    [InlineData("Get-SilverAuditLoad")]
    [InlineData("Remove-OrphanStagingTable")]
    [InlineData("Get-SilverAuditConfiguration")]
    public void What_is_wrong_with_the_configuration_ends_every_command(string script)
    {
        CreateSources("1.db");

        Terminating(script + " -ConfigurationPath nowhere.json", "ConfigurationNotFound", ErrorCategory.ObjectNotFound, "nowhere.json");
        Terminating(script + " -Environment production", "ConfigurationNotFound", ErrorCategory.ObjectNotFound, "silver-audit.json");
        Write("{ \"environments\": { \"production\": {} } }");
        Terminating(script + " -Environment test", "EnvironmentUnknown", ErrorCategory.ObjectNotFound, "silver-audit.json");
        Write("{ \"sorce\": \"1.db\" }");
        Terminating(script, "ConfigurationKeyUnknown", ErrorCategory.InvalidData, "silver-audit.json");
        Write("{ \"strict\": ");
        Terminating(script, "ConfigurationInvalid", ErrorCategory.InvalidData, "silver-audit.json");

        Assert.Equal(["1.db", "silver-audit.json"], Directory.GetFiles(_module.Folder.Location).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void No_password_of_the_file_is_on_any_stream()
    {
        const string Secret = "S3cr3t-Hunter2";
        CreateSources("1.db");
        Write($$"""{ "notification": { "password": "{{Secret}}" } }""");

        var outcome = _module.Run("Invoke-SilverAuditEtl 1.db -Verbose -Debug -LogLevel Debug");

        Assert.Equal("ConfigurationKeyUnknown", outcome.ErrorId);
        Assert.DoesNotContain(Secret, outcome.Errors[0].ToString() + outcome.Errors[0].Exception, StringComparison.Ordinal);
        Assert.Contains("-Credential", outcome.Errors[0].Exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, string.Join('\n', [.. outcome.Verbose, .. outcome.Debug, .. outcome.Information, .. outcome.Warnings]), StringComparison.Ordinal);
        Assert.False(File.Exists(_module.File("silver_audit_etl.log")));
    }

    [Fact]
    public void The_configuration_shows_every_setting_with_where_it_comes_from()
    {
        Write("""{ "threads": 2, "environments": { "production": { "destination": "prod.db", "notification": { "to": ["a@example.com", "b@example.com"] } } } }""");

        var settings = _module.Succeed("Get-SilverAuditConfiguration -Environment PRODUCTION").ToDictionary(setting => setting.Text("Name"));

        var file = _module.File("silver-audit.json");
        Assert.All(settings.Values, setting => Assert.Contains("SilverAudit.Setting", setting.TypeNames));
        Assert.Equal((file, "Default", ""), Describe("configurationPath"));
        Assert.Equal(("production", "Parameter", "-Environment"), Describe("environment"));
        Assert.Equal(("2", "File", file), Describe("threads"));
        Assert.Equal((Full("prod.db"), "Environment", $"{file} (environments.production)"), Describe("destination"));
        Assert.Equal("a@example.com", Assert.IsType<string[]>(settings["notification.to"].Value("Value"))[0]);
        Assert.Equal(("silver_staging_audit", "Default", ""), Describe("destinationTable"));
        Assert.Equal(("", "Default", ""), Describe("source"));
        Assert.Equal(23, settings.Count);

        (string, string, string) Describe(string name) => (settings[name].Text("Value"), settings[name].Text("Source"), settings[name].Text("Origin"));
    }

    [Fact]
    public void The_defaults_are_those_of_the_parameters()
    {
        var defaults = _module.Succeed(
            """
            $cmdlet = [Activator]::CreateInstance((Get-Command Invoke-SilverAuditEtl).ImplementingType)
            foreach ($setting in Get-SilverAuditConfiguration | Where-Object { $cmdlet.PSObject.Properties[$_.Name] }) {
                $default = $cmdlet.($setting.Name)
                if ($setting.Name -in 'destination', 'logPath') { $default = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($default) }
                "$($setting.Name)=$($setting.Value) $($setting.Name)=$default"
            }
            """);

        Assert.Equal(13, defaults.Count);
        Assert.All(defaults.Select(line => line.ToString().Split(' ')), sides => Assert.Equal(sides[0], sides[1]));
    }

    [Fact]
    public void Variables_override_the_file_and_parameters_override_variables()
    {
        Write(
            """
            { "environments": { "development": { "source": "dev.db" }, "production": { "source": "prod.db", "destination": "prod_store.db", "logLevel": "Error" } } }
            """);
        CreateSources("prod.db", "v1.db", "v2.db");
        var variables = new Dictionary<string, string?> { ["ETL_ENV"] = "Production" };
        const string Script =
            """
            Invoke-SilverAuditEtl -WarningAction SilentlyContinue | ForEach-Object { '{0} {1} {2}' -f $_.Status, [IO.Path]::GetFileName($_.Source), [IO.Path]::GetFileName($_.Destination) }
            [IO.File]::Exists('silver_audit_etl.log') -and [IO.File]::ReadAllText('silver_audit_etl.log').Contains(' - INFO - ')
            """;

        Assert.Equal(["AllNew prod.db prod_store.db", "False"], ChildProcess.Succeed(Runner.Start(_module.Folder.Location, variables, Script)));

        variables["ETL_SOURCE_DB"] = "v*.db";
        variables["ETL_DEST_DB"] = "variable_store.db";
        variables["ETL_LOG_LEVEL"] = "INFO";
        Assert.Equal(["AllNew v1.db variable_store.db", "AllNew v2.db variable_store.db", "True"], ChildProcess.Succeed(Runner.Start(_module.Folder.Location, variables, Script)));
        Assert.Contains("Environment variables in effect: ETL_ENV, ETL_SOURCE_DB, ETL_DEST_DB, ETL_LOG_LEVEL", File.ReadAllText(_module.File("silver_audit_etl.log")), StringComparison.Ordinal);

        Assert.Equal(
            ["destination=parameter.db", "logLevel=Variable ETL_LOG_LEVEL", "environment=Parameter -Environment"],
            ChildProcess.Succeed(Runner.Start(_module.Folder.Location, variables,
                """
                "destination=$([IO.Path]::GetFileName((Invoke-SilverAuditEtl v1.db -Destination parameter.db -WarningAction SilentlyContinue).Destination))"
                foreach ($name in 'logLevel', 'environment') { Get-SilverAuditConfiguration -Environment development | Where-Object Name -eq $name | ForEach-Object { "$name=$($_.Source) $($_.Origin)" } }
                """)));
    }

    [Fact]
    public void An_environment_that_a_variable_asks_for_must_be_defined()
    {
        var variables = new Dictionary<string, string?> { ["ETL_ENV"] = "production" };
        const string Script = "try { Get-SilverAuditLoad } catch { $_.FullyQualifiedErrorId.Split(',')[0] }";

        Assert.Equal(["ConfigurationNotFound"], ChildProcess.Succeed(Runner.Start(_module.Folder.Location, variables, Script)));

        Write("{}");
        Assert.Equal(["EnvironmentUnknown"], ChildProcess.Succeed(Runner.Start(_module.Folder.Location, variables, Script)));
    }

    private string Full(string path) => Path.GetFullPath(path, _module.Folder.Location);

    private IEnumerable<string> Paths(params string[] names) => names.Select(Full);

    private string Write(string text, string name = "silver-audit.json")
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Full(name))!);
        File.WriteAllText(Full(name), text);
        return Full(name);
    }

    private void CreateSources(params string[] names)
    {
        foreach (var name in names)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Full(name))!);
            Staging.Create(Full(name), Path.GetFileNameWithoutExtension(name));
        }
    }

    private ErrorRecord Terminating(string script, string errorId, ErrorCategory category, string? target = null)
    {
        // Only an error that ends the statement can be caught.
        var outcome = _module.Run($"try {{ {script} }} catch {{ throw }}");

        Assert.Empty(outcome.Output);
        Assert.Empty(outcome.Errors);
        var error = outcome.Terminating;
        Assert.NotNull(error);
        Assert.Equal(errorId, error.FullyQualifiedErrorId.Split(',')[0]);
        Assert.Equal(category, error.CategoryInfo.Category);
        if (target is not null)
            Assert.Equal(Full(target), error.TargetObject);
        return error;
    }
}
