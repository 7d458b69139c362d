using System.Globalization;
using System.Management.Automation;
using System.Numerics;
using System.Text.Json;

namespace SilverAudit.PowerShell;

/// <summary>Turns JSON text into objects to navigate.</summary>
internal static class JsonObject
{
    private static readonly JsonDocumentOptions s_options = new() { MaxDepth = 1024 };

    /// <summary>
    /// The value of the text. Text that has no faithful object (the engine's JSON knows NaN; members may differ by case only; a
    /// number may be larger than any of .NET) is returned as it is.
    /// </summary>
    public static object? Parse(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, s_options);
            return Convert(document.RootElement);
        }
        catch (Exception failure) when (failure is JsonException or ExtendedTypeSystemException or PSArgumentException)
        {
            return text;
        }
    }

    private static object? Convert(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => ConvertObject(element),
        JsonValueKind.Array => element.EnumerateArray().Select(Convert).ToArray(),
        JsonValueKind.String => element.GetString(),
        JsonValueKind.Number => ConvertNumber(element),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };

    private static PSObject ConvertObject(JsonElement element)
    {
        var result = new PSObject();
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var member in element.EnumerateObject())
        {
            if (!names.Add(member.Name))
                throw new JsonException($"The member '{member.Name}' appears twice.");
            result.Properties.Add(new PSNoteProperty(member.Name, Convert(member.Value)));
        }

        return result;
    }

    private static object ConvertNumber(JsonElement element)
    {
        if (element.TryGetInt64(out var number))
            return number;
        var text = element.GetRawText();
        if (BigInteger.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var big))
            return big;
        var nearest = element.GetDouble();
        return double.IsInfinity(nearest) || (nearest == 0 && HasDigits(text))
            ? throw new JsonException($"The number {text} is beyond what a double can say.")
            : nearest;
    }

    private static bool HasDigits(string number) => number.Split('e', 'E')[0].AsSpan().IndexOfAnyInRange('1', '9') >= 0;
}
