namespace SilverAudit.Core.Tests;

public sealed class ConfigurationPathTests : IDisposable
{
    private readonly ConfigurationSandbox _sandbox = new();

    public void Dispose() => _sandbox.Dispose();

    [Fact]
    public void Paths_in_the_file_start_from_its_folder()
    {
        var path = _sandbox.Write(
            """
            {
              "destination": "store.db", "archivePath": "../archive", "logPath": "logs/etl.log",
              "environments": { "test": { "source": ["in/*.db", "one.db"] } }
            }
            """,
            "jobs/nightly.json");

        var configuration = _sandbox.Load("test", "jobs/nightly.json");

        Assert.Equal(path, configuration.ConfigurationPath);
        Assert.Equal(_sandbox.PathOf("jobs/store.db"), configuration.Destination);
        Assert.Equal(_sandbox.PathOf("archive"), configuration.ArchivePath);
        Assert.Equal(_sandbox.PathOf("jobs/logs/etl.log"), configuration.LogPath);
        Assert.Equal([_sandbox.PathOf("jobs/in/*.db"), _sandbox.PathOf("jobs/one.db")], configuration.Sources.Select(source => source.Path));
    }

    [Fact]
    public void Paths_in_variables_and_parameters_start_from_the_current_location()
    {
        _sandbox.Write("""{ "source": "file.db", "destination": "file.db" }""", "jobs/nightly.json");
        _sandbox.Variables["ETL_SOURCE_DB"] = "variable/*.db";
        _sandbox.Variables["ETL_DEST_DB"] = "variable.db";

        Assert.Equal(["variable/*.db"], _sandbox.Load(path: "jobs/nightly.json").Sources.Select(source => source.Pattern));
        Assert.Equal(_sandbox.PathOf("variable.db"), _sandbox.Load(path: "jobs/nightly.json").Destination);

        _sandbox.Parameters["Destination"] = "parameter.db";
        Assert.Equal(_sandbox.PathOf("parameter.db"), _sandbox.Load(path: "jobs/nightly.json").Destination);
    }

    [Fact]
    public void Only_what_the_file_says_is_a_wildcard()
    {
        _sandbox.Write("""{ "source": ["b[34]*.db"], "destination": "store.db" }""", "d[12]*/silver-audit.json");

        var configuration = _sandbox.Load(path: "d[12]*/silver-audit.json");

        var source = Assert.Single(configuration.Sources);
        Assert.EndsWith(Path.Combine("d`[12`]`*", "b[34]*.db"), source.Pattern, StringComparison.Ordinal);
        Assert.Equal(_sandbox.PathOf("d[12]*/b[34]*.db"), source.Path);
        Assert.Equal(_sandbox.PathOf("d[12]*/store.db"), configuration.Destination);
        Assert.Equal([source.Path], (string[])configuration.Settings.Single(setting => setting.Name == "source").Value!);
    }
}
