using System.Text;

namespace SilverAudit.Core.Tests;

public sealed class ConfigurationErrorTests : IDisposable
{
    private const string Secret = "S3cr3t-Hunter2";

    private readonly ConfigurationSandbox _sandbox = new();

    public void Dispose() => _sandbox.Dispose();

    [Fact]
    public void A_file_that_is_named_and_not_there_is_an_error()
    {
        var failure = _sandbox.Fail(path: "nowhere.json");

        Assert.Equal(AuditErrorId.ConfigurationNotFound, failure.ErrorId);
        Assert.Equal(_sandbox.PathOf("nowhere.json"), failure.Path);
        Assert.Contains("-ConfigurationPath", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_environment_without_a_file_is_an_error_that_says_who_asks_for_it()
    {
        var byParameter = _sandbox.Fail("production");
        _sandbox.Variables["ETL_ENV"] = "production";
        var byVariable = _sandbox.Fail();

        Assert.All([byParameter, byVariable], failure => Assert.Equal((AuditErrorId.ConfigurationNotFound, _sandbox.DefaultPath), (failure.ErrorId, failure.Path)));
        Assert.StartsWith("-Environment asks for the environment 'production'", byParameter.Message, StringComparison.Ordinal);
        Assert.StartsWith("ETL_ENV asks for the environment 'production'", byVariable.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("prodction", "Did you mean 'production'?")]
    [InlineData("prod", "Did you mean 'production'?")]
    [InlineData("test", "It defines: development, production.")]
    public void An_unknown_environment_is_an_error_that_names_those_there_are(string name, string expected)
    {
        _sandbox.Write("""{ "environments": { "development": {}, "production": {} } }""");

        var failure = _sandbox.Fail(name);

        Assert.Equal((AuditErrorId.EnvironmentUnknown, _sandbox.DefaultPath), (failure.ErrorId, failure.Path));
        Assert.Contains($"'{name}'", failure.Message, StringComparison.Ordinal);
        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_without_environments_says_so()
    {
        _sandbox.Write("{}");
        _sandbox.Variables["ETL_ENV"] = "production";

        var failure = _sandbox.Fail();

        Assert.Equal(AuditErrorId.EnvironmentUnknown, failure.ErrorId);
        Assert.Contains("that ETL_ENV asks for. It defines none", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{ \"sorce\": 1 }", "line 1, position 3: 'sorce' is no setting of the file. Did you mean 'source'?")]
    [InlineData("{\n  \"destination_db\": 1 }", "line 2, position 3: 'destination_db' is no setting of the file. Did you mean 'destination'?")]
    [InlineData("{ \"Strict\": true }", "Did you mean 'strict'?")]
    [InlineData("{ \"production\": {} }", "environments.")]
    [InlineData("{ \"notification\": { \"smtp_server\": 1 } }", "'smtp_server' is no setting of 'notification'. Did you mean 'smtpServer'? These are the settings there: enabled, onFailureOnly, to, from, smtpServer, port, useTls, webhookUri.")]
    [InlineData("{ \"environments\": { \"a\": { \"thread\": 1 } } }", "'thread' is no setting of 'environments.a'. Did you mean 'threads'?")]
    [InlineData("{ \"environments\": { \"a\": { \"notification\": { \"x\": 1 } } } }", "'x' is no setting of 'environments.a.notification'. These")]
    [InlineData("{ \"environments\": { \"a\": { \"environments\": {} } } }", "'environments' is no setting of 'environments.a'.")]
    [InlineData("{ \"environments\": { \"a\": { \"$schema\": \"x\" } } }", "'$schema' is no setting of 'environments.a'.")]
    [InlineData("{ \"notification:to\": \"x\" }", "'notification:to' is no setting of the file.")]
    public void An_unknown_key_is_an_error_that_says_where_and_what_there_is(string text, string expected)
    {
        var failure = _sandbox.Refuse(text);

        Assert.Equal((AuditErrorId.ConfigurationKeyUnknown, _sandbox.DefaultPath), (failure.ErrorId, failure.Path));
        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("password")]
    [InlineData("smtpPassword")]
    [InlineData("smtp_pass-word")]
    [InlineData("PWD")]
    [InlineData("clientSecret")]
    [InlineData("token")]
    [InlineData("credential")]
    [InlineData("api_key")]
    public void A_key_that_looks_like_a_secret_is_refused_and_its_value_never_repeated(string key)
    {
        foreach (var text in new[]
        {
            $$"""{ "{{key}}": "{{Secret}}" }""", $$"""{ "notification": { "{{key}}": "{{Secret}}" } }""",
            $$"""{ "environments": { "a": { "notification": { "{{key}}": { "x": "{{Secret}}" } } } } }""",
        })
        {
            var failure = _sandbox.Refuse(text);

            Assert.Equal(AuditErrorId.ConfigurationKeyUnknown, failure.ErrorId);
            Assert.Contains($"'{key}'", failure.Message, StringComparison.Ordinal);
            Assert.Contains("pass -Credential, which takes user name", failure.Message, StringComparison.Ordinal);
            AssertSilent(failure);
        }
    }

    [Theory]
    [InlineData($$"""{ "destination": "postgres://user:{{Secret}}@host/db" }""", "'destination' looks like it holds a password or a token")]
    [InlineData($$"""{ "source": ["a.db", "Server=db;Password={{Secret}}"] }""", "line 1, position 22: 'source' looks like")]
    [InlineData($$"""{ "notification": { "webhookUri": "https://example.com/?sig={{Secret}}" } }""", "'notification.webhookUri' looks like")]
    [InlineData($$"""{ "notification": { "webhookUri": "https://user:{{Secret}}@example.com" } }""", "'notification.webhookUri' looks like")]
    [InlineData($$"""{ "notification": { "webhookUri": "https://{{Secret}}@example.com" } }""", "without a user name")]
    [InlineData($$"""{ "strict": "{{Secret}}" }""", "'strict' must be true or false, and is a text")]
    [InlineData($$"""{ "logLevel": "{{Secret}}" }""", "'logLevel' must be one of Debug, Info, Warning, Error")]
    [InlineData($$"""{ "memoryLimit": "{{Secret}}" }""", "'memoryLimit' must be a number and a unit")]
    [InlineData($$"""{ "password": {{Secret}} }""", "looks like the name of a secret")]
    [InlineData($$"""{ "strict": {{Secret}} }""", "is not JSON: look at line 1, position 13")]
    [InlineData($$"""{ "strict": t{{Secret}} }""", "is not JSON")]
    [InlineData($$"""{ "Password={{Secret}}": 1 }""", "'Password=***'")]
    public void A_secret_in_the_wrong_place_is_never_repeated(string text, string expected)
    {
        var failure = _sandbox.Refuse(text);

        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
        AssertSilent(failure);
    }

    [Fact]
    public void What_variables_and_parameters_hold_is_used_and_not_shown()
    {
        _sandbox.Variables["ETL_SOURCE_DB"] = $"https://account/x.db?sig={Secret}";
        _sandbox.Parameters["Destination"] = $"/Password={Secret};x.db";
        _sandbox.Write("""{ "notification": { "webhookUri": "https://hooks.example.com/services/T000/B000/XXXX" } }""");

        var configuration = _sandbox.Load();

        Assert.Contains(Secret, configuration.Destination, StringComparison.Ordinal);
        var shown = string.Join('\n', configuration.Settings.Select(setting => $"{string.Join(", ", setting.Value as string[] ?? [setting.Value?.ToString()!])} {setting.Origin}"));
        Assert.DoesNotContain(Secret, shown, StringComparison.Ordinal);
        Assert.DoesNotContain("XXXX", shown, StringComparison.Ordinal);
        Assert.Contains("https://hooks.example.com/***", shown, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "line 1, position 1")]
    [InlineData("{", "line 1, position 2")]
    [InlineData("{\n  \"strict\": true\n  \"threads\": 1\n}", "line 3, position 3")]
    [InlineData("{ \"sourceTable\": \"äöü\", x }", "line 1, position 25")]
    [InlineData("{} {}", "line 1, position 4")]
    [InlineData("{ 'strict': true }", "line 1, position 3")]
    public void A_file_that_is_not_JSON_is_an_error_that_says_where(string text, string expected)
    {
        var failure = _sandbox.Refuse(text);

        Assert.Equal((AuditErrorId.ConfigurationInvalid, _sandbox.DefaultPath), (failure.ErrorId, failure.Path));
        Assert.Contains($"is not JSON: look at {expected},", failure.Message, StringComparison.Ordinal);
        Assert.Null(failure.InnerException);
    }

    [Theory]
    [InlineData("[]", "'The file' must be an object in braces, and is a list")]
    [InlineData("null", "must be an object in braces, and is null")]
    [InlineData("{ \"$schema\": 1 }", "'$schema' must be a text, and is a number")]
    [InlineData("{ \"strict\": true, \"strict\": true }", "line 1, position 19: 'strict' stands there twice in the file")]
    [InlineData("{ \"environments\": { \"a\": {}, \"A\": {} } }", "'A' stands there twice in 'environments'")]
    [InlineData("{ \"notification\": { \"port\": 1, \"port\": 2 } }", "'port' stands there twice in 'notification'")]
    [InlineData("{ \"environments\": [] }", "'environments' must be an object in braces, and is a list")]
    [InlineData("{ \"environments\": { \"a\": null } }", "'environments.a' must be an object in braces, and is null")]
    [InlineData("{ \"environments\": { \" \": {} } }", "whose name is blank")]
    [InlineData("{ \"notification\": true }", "'notification' must be an object in braces, and is true or false")]
    [InlineData("{ \"strict\": 1 }", "'strict' must be true or false, and is a number")]
    [InlineData("{ \"source\": null }", "'source' must be a text or a list of texts, and is null")]
    [InlineData("{ \"source\": [] }", "'source' is an empty list")]
    [InlineData("{ \"source\": [\"a\", 1] }", "line 1, position 19: 'source' must be a text or a list of texts, and is a number")]
    [InlineData("{ \"source\": [[\"a\"]] }", "'source' must be a text or a list of texts, and is a list")]
    [InlineData("{ \"destination\": \"\" }", "'destination' is empty")]
    [InlineData("{ \"destination\": [\"a\"] }", "'destination' must be a text, and is a list")]
    [InlineData("{ \"destination\": \"a\\u0000b\" }", "'destination' holds a control character")]
    [InlineData("{ \"destination\": \"a\\nb\" }", "'destination' holds a control character")]
    [InlineData("{ \"destination\": \"\\ud800\" }", "'destination' holds half a surrogate pair")]
    [InlineData("{ \"\\ud800\": 1 }", "'The file' holds half a surrogate pair")]
    [InlineData("{ \"threads\": \"2\" }", "'threads' must be a whole number from 1 to 1024, and is a text")]
    [InlineData("{ \"threads\": 1.5 }", "'threads' must be a whole number from 1 to 1024")]
    [InlineData("{ \"threads\": 0 }", "'threads' must be a whole number from 1 to 1024")]
    [InlineData("{ \"threads\": 1e999 }", "'threads' must be a whole number from 1 to 1024")]
    [InlineData("{ \"lockTimeoutSec\": 86401 }", "'lockTimeoutSec' must be a whole number from 0 to 86400")]
    [InlineData("{ \"lockTimeoutSec\": -1 }", "'lockTimeoutSec' must be a whole number from 0 to 86400")]
    [InlineData("{ \"notification\": { \"port\": 65536 } }", "'notification.port' must be a whole number from 1 to 65535")]
    [InlineData("{ \"logLevel\": \"1\" }", "'logLevel' must be one of Debug, Info, Warning, Error")]
    [InlineData("{ \"memoryLimit\": \"512\" }", "'memoryLimit' must be a number and a unit")]
    [InlineData("{ \"notification\": { \"webhookUri\": \"ftp://x\" } }", "'notification.webhookUri' must be an address")]
    [InlineData("{ \"environments\": { \"unused\": { \"strict\": 1 } } }", "'environments.unused.strict' must be true or false, and is a number")]
    public void A_value_that_is_not_allowed_is_an_error_that_says_where_and_what_is(string text, string expected)
    {
        var failure = _sandbox.Refuse(text);

        Assert.Equal((AuditErrorId.ConfigurationInvalid, _sandbox.DefaultPath), (failure.ErrorId, failure.Path));
        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
        Assert.Contains("line 1, position ", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ETL_LOG_LEVEL", "LOUD", "The environment variable ETL_LOG_LEVEL must be one of Debug, Info, Warning, Error. Correct it, or remove it.")]
    [InlineData("ETL_DEST_DB", "a\nb", "The environment variable ETL_DEST_DB holds a control character.")]
    public void A_variable_with_a_value_that_is_not_allowed_is_an_error(string variable, string value, string expected)
    {
        _sandbox.Variables[variable] = value;

        var failure = _sandbox.Fail();

        Assert.Equal((AuditErrorId.ConfigurationInvalid, variable), (failure.ErrorId, failure.Path));
        Assert.StartsWith(expected, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_in_place_of_the_file_is_an_error()
    {
        Directory.CreateDirectory(_sandbox.DefaultPath);

        Assert.Contains("is a folder", Invalid(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_too_large_is_not_read()
    {
        _sandbox.Write("{}" + new string(' ', 1024 * 1024));

        Assert.Contains("larger than 1 MiB", Invalid(), StringComparison.Ordinal);
    }

    [Fact]
    public void Deep_nesting_and_endless_names_are_errors_like_others()
    {
        Assert.Equal(AuditErrorId.ConfigurationInvalid, _sandbox.Refuse("{ \"source\": " + new string('[', 100_000)).ErrorId);
        Assert.Equal(AuditErrorId.ConfigurationKeyUnknown, _sandbox.Refuse("{ \"x\": " + new string('[', 100_000)).ErrorId);
        Assert.InRange(_sandbox.Refuse($$"""{ "{{new string('x', 500_000)}}": 1 }""").Message.Length, 1, 1000);
        _sandbox.Write($$"""{ "environments": { {{string.Join(", ", Enumerable.Range(1, 10_000).Select(number => $"\"e{number}\": {{}}"))}} } }""");
        Assert.EndsWith(" e19, e20 and 9980 more.", _sandbox.Fail("x").Message, StringComparison.Ordinal);
        Assert.Contains("longer than 4096 characters", _sandbox.Refuse($$"""{ "destination": "{{new string('x', 4097)}}" }""").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_that_are_no_text_are_an_error()
    {
        File.WriteAllBytes(_sandbox.DefaultPath, [(byte)'{', 0xff, 0xfe, (byte)'}']);

        Assert.Contains("no text in UTF-8", Invalid(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_device_is_not_read()
    {
        if (OperatingSystem.IsWindows())
            return;
        File.CreateSymbolicLink(_sandbox.DefaultPath, "/dev/zero");

        Assert.Contains("a pipe, a socket or a device", Invalid(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("utf-8")]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    public void A_mark_at_the_beginning_tells_the_encoding(string encoding)
    {
        File.WriteAllText(_sandbox.DefaultPath, "// é\n{ \"sourceTable\": \"é\", }", Encoding.GetEncoding(encoding));

        Assert.Equal("é", _sandbox.Load().SourceTable);
    }

    private string Invalid()
    {
        var failure = _sandbox.Fail();
        Assert.Equal((AuditErrorId.ConfigurationInvalid, _sandbox.DefaultPath), (failure.ErrorId, failure.Path));
        return failure.Message;
    }

    private static void AssertSilent(AuditException failure) => Assert.DoesNotContain(Secret, failure.ToString(), StringComparison.OrdinalIgnoreCase);
}
