namespace SilverAudit.PowerShell.Tests;

/// <summary>The short run of the torture harness, always with the same seed. The long run is for a machine that has the time.</summary>
public sealed class TortureTests
{
    [Theory]
    [InlineData("kills")]
    [InlineData("writers")]
    [InlineData("broken-files")]
    [InlineData("hostile")]
    [InlineData("values")]
    [InlineData("stops")]
    public void Every_promise_holds_in_the_short_run(string experiment) => Run(experiment);

    [MountFact]
    public void Every_promise_holds_on_small_disks() => Run("disks");

    [Fact]
    public void An_experiment_that_does_not_exist_is_named_with_those_that_do()
    {
        var (exitCode, _, error) = Torture("--only", "nothing");

        Assert.Equal(64, exitCode);
        Assert.Contains("There is no experiment 'nothing'. There are: ", error, StringComparison.Ordinal);
    }

    private static void Run(string experiment)
    {
        var (exitCode, output, error) = Torture("--seed", "1", "--only", experiment);

        Assert.True(exitCode == 0, output + error);
        Assert.Matches($@"(?m)^{experiment} +[1-9]\d* +[0-9.]+ +held ", output);
    }

    private static (int ExitCode, string Output, string Error) Torture(params string[] arguments) =>
        ChildProcess.Complete(ChildProcess.Start(Path.GetTempPath(), "dotnet", [TestMetadata.Value("TorturePath"), .. arguments]));
}
