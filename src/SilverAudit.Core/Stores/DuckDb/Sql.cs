using System.Globalization;
using System.Text.Json;

namespace SilverAudit.Stores.DuckDb;

/// <summary>The one place where names and texts are written into statements.</summary>
internal static class Sql
{
    /// <summary>A name, quoted.</summary>
    public static string Name(string name) => '"' + name.Replace("\"", "\"\"", StringComparison.Ordinal) + '"';

    /// <summary>A table, quoted and fully qualified, so that no search path decides what is meant.</summary>
    public static string Table(string catalog, string schema, string table) => $"{Name(catalog)}.{Name(schema)}.{Name(table)}";

    /// <summary>A column of a table alias.</summary>
    public static string Column(string alias, string name) => $"{alias}.{Name(name)}";

    /// <summary>A text literal, for the places where the engine takes no parameter.</summary>
    public static string Text(string value) => '\'' + value.Replace("'", "''", StringComparison.Ordinal) + '\'';

    /// <summary>A time of our own as a literal. A statement without parameters is planned once, one with parameters twice.</summary>
    public static string Timestamp(DateTime value) =>
        $"TIMESTAMP '{value.ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture)}'";

    /// <summary>A condition that leaves out infinities, and times that .NET has no value for.</summary>
    public static string IsTime(string expression) => $"{expression} BETWEEN TIMESTAMP '0001-01-01' AND {Timestamp(DateTime.MaxValue)}";

    /// <summary>An identifier of our own as a literal.</summary>
    public static string Uuid(Guid value) => $"UUID '{value:D}'";

    /// <summary>The JSON pointer to a member of an object, as a literal.</summary>
    public static string JsonPointer(string member) =>
        Text('/' + member.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal));

    /// <summary>A member name with its colon, as JSON has it, as a literal.</summary>
    public static string JsonMember(string member) => Text(JsonSerializer.Serialize(member) + ':');

    /// <summary>Expressions as a list, one a line.</summary>
    public static string List(IEnumerable<string> expressions) => string.Join(",\n    ", expressions);
}
