using System.Globalization;
using System.Management.Automation;
using System.Numerics;
using System.Text.Json;

namespace SilverAudit.Torture.Values;

/// <summary>Whether an object says what a JSON text says.</summary>
public static class JsonMeaning
{
    private static readonly JsonDocumentOptions s_options = new() { MaxDepth = int.MaxValue };

    /// <summary>True when the object says the same, or is the text itself because no object can say it.</summary>
    public static bool IsSame(string text, object? value)
    {
        try
        {
            using var document = JsonDocument.Parse(text, s_options);
            return (IsFaithful(document.RootElement, depth: 0) && IsSame(document.RootElement, value))
                || (!IsFaithful(document.RootElement, depth: 0) && value is string same && same == text);
        }
        catch (JsonException)
        {
            // JSON for the engine only.
            return value is string same && same == text;
        }
    }

    /// <summary>False when something of it has no object: names without letters or that differ by case only, numbers beyond any, a depth beyond any use.</summary>
    private static bool IsFaithful(JsonElement element, int depth) => element.ValueKind switch
    {
        JsonValueKind.Object => depth < 1024 && element.EnumerateObject().All(member => member.Name.Length > 0 && IsFaithful(member.Value, depth + 1))
            && element.EnumerateObject().DistinctBy(member => member.Name, StringComparer.OrdinalIgnoreCase).Count() == element.EnumerateObject().Count(),
        JsonValueKind.Array => depth < 1024 && element.EnumerateArray().All(item => IsFaithful(item, depth + 1)),
        JsonValueKind.Number => element.GetRawText() is var number && (number.All(char.IsAsciiDigit) || IsWithinDouble(number)),
        _ => true,
    };

    private static bool IsWithinDouble(string number)
    {
        var nearest = double.Parse(number, CultureInfo.InvariantCulture);
        var mantissa = number.Split('e', 'E')[0];
        return double.IsFinite(nearest) && (nearest == 0) == mantissa.All(character => character is '0' or '.' or '-');
    }

    private static bool IsSame(JsonElement element, object? value)
    {
        value = value is PSObject { BaseObject: not PSCustomObject } wrapped ? wrapped.BaseObject : value;
        return element.ValueKind switch
        {
            JsonValueKind.Object => value is PSObject item && item.Properties.Count() == element.EnumerateObject().Count()
                && element.EnumerateObject().Zip(item.Properties).All(pair => pair.First.Name == pair.Second.Name && IsSame(pair.First.Value, pair.Second.Value)),
            JsonValueKind.Array => value is object?[] items && items.Length == element.GetArrayLength()
                && element.EnumerateArray().Zip(items).All(pair => IsSame(pair.First, pair.Second)),
            JsonValueKind.String => value is string text && text == element.GetString(),
            JsonValueKind.Number => IsSameNumber(element.GetRawText(), value),
            JsonValueKind.True => value is true,
            JsonValueKind.False => value is false,
            _ => value is null,
        };
    }

    private static bool IsSameNumber(string number, object? value) => value switch
    {
        long whole => BigInteger.Parse(number, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) == whole,
        BigInteger big => BigInteger.Parse(number, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) == big,
        double real => BitConverter.DoubleToInt64Bits(double.Parse(number, CultureInfo.InvariantCulture)) == BitConverter.DoubleToInt64Bits(real),
        _ => false,
    };
}
