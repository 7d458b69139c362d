using System.Management.Automation;

namespace SilverAudit.Testing;

/// <summary>What a source that can't be loaded has to leave behind: one error record and one failed result that agree.</summary>
public static class FailedLoad
{
    /// <summary>Loads one source that must fail, and returns the error's message.</summary>
    /// <param name="module">The session.</param>
    /// <param name="source">The source, as a user writes it.</param>
    /// <param name="errorId">The id to expect.</param>
    /// <param name="category">The category to expect.</param>
    /// <param name="target">The file to expect as the target of the error.</param>
    /// <param name="parameters">More parameters.</param>
    public static string Expect(
        Module module, string source, string errorId, ErrorCategory category, string target, string parameters = "")
    {
        var outcome = module.Run($"Invoke-SilverAuditEtl -LiteralPath $args[0] -NoLog {parameters}", source);

        Assert.Null(outcome.Terminating);
        var error = Assert.Single(outcome.Errors);
        Assert.Equal($"{errorId},SilverAudit.PowerShell.InvokeSilverAuditEtlCommand", error.FullyQualifiedErrorId);
        Assert.Equal(category, error.CategoryInfo.Category);
        Assert.Equal(target, error.TargetObject);
        Assert.Contains(target, error.Exception.Message, StringComparison.Ordinal);

        var result = Assert.Single(outcome.Output);
        Assert.Equal("Failed", result.Text("Status"));
        Assert.Equal($"Failed: {errorId}", result.Value("Message"));
        Assert.Equal(false, result.Value("Success"));
        Assert.Equal(errorId, result.Value("ErrorId"));
        Assert.Equal(error.Exception.Message, result.Value("Error"));
        Assert.Equal((0, 0, 0, 0, 0, 0), result.Counts());
        return error.Exception.Message;
    }
}
