using System.Text;
using SilverAudit.Stores.DuckDb;

namespace SilverAudit.Core.Tests;

public sealed class JsonMembersTests
{
    [Theory]
    [InlineData("{}")]
    [InlineData(" { \n} ")]
    [InlineData("""{"a":1}""", "a", "1")]
    [InlineData("""{"a":  [1.50, {"b": "}"}] ,"b":null}""", "a", "  [1.50, {\"b\": \"}\"}] ", "b", "null")]
    [InlineData("""{"a":NaN,"b":[Infinity,],"c":-Infinity,}""", "a", "NaN", "b", "[Infinity,]", "c", "-Infinity")]
    [InlineData("""{"\u0061\"":"\\\"","é":"\u0000"}""", "a\"", "\"\\\\\\\"\"", "é", "\"\\u0000\"")]
    [InlineData("""{"a":"x\\","b":"y"}""", "a", "\"x\\\\\"", "b", "\"y\"")]
    public void Each_value_is_the_text_that_stands_there(string text, params string[] members)
    {
        var found = JsonMembers.Of(Encoding.UTF8.GetBytes(text));

        Assert.Equal(members, found.SelectMany(member => new[] { member.Key, Encoding.UTF8.GetString(member.Value.Span) }));
    }

    [Fact]
    public void Names_are_found_whatever_their_case() =>
        Assert.Equal("1"u8.ToArray(), JsonMembers.Of("""{"Load_Id":1}"""u8.ToArray())["load_id"].ToArray());

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[1]")]
    [InlineData("{")]
    [InlineData("""{"a""")]
    [InlineData("""{"a":1""")]
    [InlineData("""{"a":"\""")]
    [InlineData("""{"a":"x}""")]
    [InlineData("""{"a":[1}""")]
    [InlineData("""{"a" 1}""")]
    [InlineData("""{a:1}""")]
    [InlineData("""{"a":1}x""")]
    [InlineData("""{"\x":1}""")]
    [InlineData("""{"a":1,"A":2}""")]
    public void Text_that_is_no_object_is_refused(string text) =>
        Assert.Throws<InvalidDataException>(() => JsonMembers.Of(Encoding.UTF8.GetBytes(text)));
}
