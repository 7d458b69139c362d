namespace SilverAudit.Core.Tests;

public sealed class MailOptionsTests
{
    [Theory]
    [InlineData(null, false, 25, false, false)]
    [InlineData(null, true, 587, true, false)]
    [InlineData(25, true, 25, true, false)]
    [InlineData(2525, false, 2525, false, false)]
    [InlineData(465, false, 465, true, true)]
    [InlineData(465, true, 465, true, true)]
    public void The_port_follows_from_encryption_and_encryption_from_the_port(int? port, bool useTls, int expectedPort, bool isEncrypted, bool isTlsImplicit)
    {
        var options = new MailOptions { To = ["a@example.com"], From = "b@example.com", SmtpServer = "localhost", Port = port, UseTls = useTls };

        Assert.Equal((expectedPort, isEncrypted, isTlsImplicit), (options.EffectivePort, options.IsEncrypted, options.IsTlsImplicit));
    }
}
