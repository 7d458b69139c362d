using System.Text.RegularExpressions;
using SilverAudit.Loads;

namespace SilverAudit.Core.Tests;

public sealed class WildcardPatternTests
{
    [Theory]
    [InlineData("LOAD_1", "LOAD_1")]
    [InlineData("LOAD*", "LOAD.*")]
    [InlineData("LOAD_?", "LOAD_.")]
    [InlineData("[a-z]1", "[a-z]1")]
    [InlineData("a.b+c(d)|e$^{f}", @"a\.b\+c\(d\)\|e\$\^\{f}")]
    [InlineData(@"a\d", @"a\\d")]
    [InlineData("`*`?`[", @"\*\?\[")]
    [InlineData("``", "`")]
    [InlineData("a`", "a`")]
    [InlineData("a[", @"a\[")]
    [InlineData("a[]", @"a\[]")]
    [InlineData("[^a]", @"[\^a]")]
    [InlineData(@"[\d]", @"[\\d]")]
    [InlineData("", "")]
    public void A_pattern_becomes_a_regular_expression(string pattern, string expected) =>
        Assert.Equal(expected, WildcardPattern.ToRegularExpression(pattern));

    [Theory]
    [InlineData("LOAD_*", "LOAD_", true)]
    [InlineData("LOAD_*", "LOAD_1\n2", true)]
    [InlineData("LOAD_*", "XLOAD_1", false)]
    [InlineData("LOAD_?", "LOAD_", false)]
    [InlineData("LOAD_?", "LOAD_12", false)]
    [InlineData("[ab]", "b", true)]
    [InlineData("[ab]", "[ab]", false)]
    [InlineData("[^a]", "^", true)]
    [InlineData("[^a]", "b", false)]
    [InlineData("[!a]", "!", true)]
    [InlineData("[!a]", "b", false)]
    [InlineData("[[]1]", "[1]", true)]
    [InlineData("A`[1`]", "A[1]", true)]
    [InlineData("A`[1`]", "A1", false)]
    [InlineData("100%_.", "100%_.", true)]
    [InlineData("100%_.", "100xxy", false)]
    [InlineData(@"[\d]", @"\", true)]
    [InlineData(@"[\d]", "5", false)]
    public void A_pattern_holds_for_the_whole_text(string pattern, string text, bool expected) =>
        Assert.Equal(expected, Regex.IsMatch(text, $@"\A(?:{WildcardPattern.ToRegularExpression(pattern)})\z", RegexOptions.Singleline));

    [Theory]
    [InlineData("LOAD_1", false)]
    [InlineData("100%", false)]
    [InlineData("a]", false)]
    [InlineData("a*", true)]
    [InlineData("a?", true)]
    [InlineData("a[", true)]
    [InlineData("a`", true)]
    public void A_text_with_a_special_character_is_a_pattern(string text, bool expected) =>
        Assert.Equal(expected, WildcardPattern.HasWildcards(text));
}
