using System.Globalization;
using System.Management.Automation;

namespace SilverAudit.Torture.Values;

/// <summary>Compares what Get-SilverAuditLoad gives with what the plain engine reads from the same store.</summary>
public sealed class ReadBack(Module module, string store)
{
    /// <summary>Every field of every load, as text and as objects, and a few loads by their names.</summary>
    public void ExpectEverything(int loads, int byName)
    {
        var columns = Database.Query(store, "SELECT name, type FROM pragma_table_info('silver_staging_audit')").Select(row => ((string)row[0]!, (string)row[1]!)).ToList();
        var stored = Database.Query(store, $"SELECT {string.Join(", ", columns.Select(Readable))} FROM silver_staging_audit")
            .ToDictionary(row => (string)row[0]!, StringComparer.Ordinal);
        var raw = Read("Get-SilverAuditLoad -Destination $args[0] -Raw");
        Round.Expect(raw.Count == loads && stored.Count == loads, $"There are {stored.Count} loads, and Get-SilverAuditLoad gives {raw.Count}, instead of {loads}.");
        var objects = Read("Get-SilverAuditLoad -Destination $args[0]");
        foreach (var (loadId, values) in stored)
        {
            for (var ordinal = 0; ordinal < columns.Count; ordinal++)
            {
                var (name, type) = columns[ordinal];
                Expect(IsSame(values[ordinal], Property(raw, loadId, ordinal)), loadId, name, values[ordinal], Property(raw, loadId, ordinal));
                if (type == "JSON" && values[ordinal] is string text)
                    Expect(JsonMeaning.IsSame(text, Property(objects, loadId, ordinal)), loadId, name, text, Property(objects, loadId, ordinal));
            }
        }

        foreach (var loadId in stored.Keys.Take(byName))
        {
            var found = module.Succeed("Get-SilverAuditLoad -Destination $args[0] -LoadId $args[1]", store, WildcardPattern.Escape(loadId));
            Round.Expect(found.Count == 1 && found[0].Text("LoadId") == loadId, $"Asking for load '{loadId}' gives {string.Join(", ", found.Select(load => $"'{load.Text("LoadId")}'"))}.");
        }
    }

    private Dictionary<string, PSObject> Read(string script) => module.Succeed(script, store).ToDictionary(load => load.Text("LoadId"), StringComparer.Ordinal);

    private static object? Property(Dictionary<string, PSObject> loads, string loadId, int ordinal)
    {
        var property = loads.TryGetValue(loadId, out var load)
            ? load.Properties.ElementAt(ordinal)
            : throw new BrokenPromiseException($"Get-SilverAuditLoad does not give load '{loadId}'.");
        return property.Value is PSObject { BaseObject: not PSCustomObject } wrapped ? wrapped.BaseObject : property.Value;
    }

    private static void Expect(bool holds, string loadId, string column, object? stored, object? read) =>
        Round.Expect(holds, $"Get-SilverAuditLoad gives {read ?? "nothing"} ({read?.GetType()}) for {column} of load '{loadId}', which is {stored ?? "NULL"}.");

    /// <summary>A column in a type that is read without loss.</summary>
    private static string Readable((string Name, string Type) column) => column.Type switch
    {
        "DOUBLE" or "FLOAT" => column.Name,
        "BLOB" => $"hex({column.Name})",
        "TIMESTAMP WITH TIME ZONE" =>
            $"CASE WHEN isfinite({column.Name}) THEN CAST(make_timestamp(epoch_us({column.Name})) AS VARCHAR) || '+00' ELSE CAST({column.Name} AS VARCHAR) END",
        _ => $"CAST({column.Name} AS VARCHAR)",
    };

    private static bool IsSame(object? stored, object? read) => (stored, read) switch
    {
        (double expected, double actual) => BitConverter.DoubleToInt64Bits(expected) == BitConverter.DoubleToInt64Bits(actual),
        (float expected, float actual) => BitConverter.SingleToInt32Bits(expected) == BitConverter.SingleToInt32Bits(actual),
        (string expected, DateTime actual) => expected == actual.ToString("yyyy-MM-dd HH:mm:ss.FFFFFF", CultureInfo.InvariantCulture),
        (string expected, byte[] actual) => expected == Convert.ToHexString(actual),
        (string expected, bool actual) => expected == (actual ? "true" : "false"),
        (string expected, not null) => string.Equals(expected, Convert.ToString(read, CultureInfo.InvariantCulture), StringComparison.Ordinal),
        _ => stored is null && read is null,
    };
}
