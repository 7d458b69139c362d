namespace SilverAudit.Configuration;

/// <summary>Finds what a mistyped name was meant to be.</summary>
internal static class NearestName
{
    private const int LongestTypo = 64;
    private const int ShortestBeginning = 3;

    /// <summary>The name that differs by a few letters only, or begins like this; null when none does.</summary>
    public static string? Find(string typo, IReadOnlyList<string> names)
    {
        if (typo.Length > LongestTypo)
            return null;
        var plain = Plain(typo);
        return names
            .Select(name => (Name: name, Distance: Distance(plain, Plain(name))))
            .Where(candidate => candidate.Distance <= Math.Max(1, plain.Length / 3))
            .OrderBy(candidate => candidate.Distance)
            .Select(candidate => candidate.Name)
            .FirstOrDefault() ?? names.FirstOrDefault(name => plain.Length >= ShortestBeginning && Plain(name).StartsWith(plain, StringComparison.Ordinal));
    }

    private static string Plain(string name) =>
        name.Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal).ToUpperInvariant();

    // Levenshtein's: how many letters to insert, remove or replace.
    private static int Distance(string one, string other)
    {
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 1; i <= one.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= other.Length; j++)
            {
                var replaced = diagonal + (one[i - 1] == other[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[other.Length];
    }
}
