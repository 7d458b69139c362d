using System.Globalization;
using Serilog.Events;
using Serilog.Parsing;
using SilverAudit.Logging;

namespace SilverAudit.Core.Tests;

public sealed class LogLineFormatterTests
{
    private static readonly DateTimeOffset s_time = new(2025, 1, 15, 14, 30, 5, 999, TimeSpan.FromHours(5.5));

    [Theory]
    [InlineData(LogEventLevel.Verbose, "DEBUG")]
    [InlineData(LogEventLevel.Debug, "DEBUG")]
    [InlineData(LogEventLevel.Information, "INFO")]
    [InlineData(LogEventLevel.Warning, "WARNING")]
    [InlineData(LogEventLevel.Error, "ERROR")]
    [InlineData(LogEventLevel.Fatal, "CRITICAL")]
    public void A_line_has_the_time_the_name_the_level_and_the_message(LogEventLevel level, string expected) =>
        Assert.Equal($"2025-01-15 14:30:05 - silver_audit_etl - {expected} - message\n", Format("message", level));

    [Theory]
    [InlineData("a\nb", @"a\nb")]
    [InlineData("a\r\nb", @"a\r\nb")]
    [InlineData("a\tb", @"a\tb")]
    [InlineData("a\0b", @"a\u0000b")]
    [InlineData("a\u001b[31mb", @"a\u001b[31mb")]
    [InlineData("a\u0085b", @"a\u0085b")]
    [InlineData("a\u007fb", @"a\u007fb")]
    [InlineData("é 漢 😀 \\n", "é 漢 😀 \\n")]
    public void A_control_character_is_written_as_its_escape(string message, string expected) =>
        Assert.Equal($"2025-01-15 14:30:05 - silver_audit_etl - INFO - {expected}\n", Format(message));

    [Theory]
    [InlineData("th-TH")]
    [InlineData("ar-SA")]
    [InlineData("fa-IR")]
    public void The_time_does_not_depend_on_the_culture(string culture)
    {
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(culture);

            Assert.StartsWith("2025-01-15 14:30:05 - ", Format("message"), StringComparison.Ordinal);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    private static string Format(string message, LogEventLevel level = LogEventLevel.Information)
    {
        using var output = new StringWriter(CultureInfo.InvariantCulture);
        var template = new MessageTemplate(message, [new TextToken(message)]);
        new LogLineFormatter().Format(new LogEvent(s_time, level, null, template, []), output);
        return output.ToString();
    }
}
