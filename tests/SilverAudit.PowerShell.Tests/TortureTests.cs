namespace SilverAudit.PowerShell.Tests;

/// <summary>The command line of the torture harness. Its runs are a step of their own: they take longer than all tests.</summary>
public sealed class TortureTests
{
    [Fact]
    public void An_experiment_that_does_not_exist_is_named_with_those_that_do()
    {
        var (exitCode, _, error) = ChildProcess.Complete(
            ChildProcess.Start(Path.GetTempPath(), "dotnet", TestMetadata.Value("TorturePath"), "--only", "nothing"));

        Assert.Equal(64, exitCode);
        Assert.Contains("There is no experiment 'nothing'. There are: kills, ", error, StringComparison.Ordinal);
    }
}
