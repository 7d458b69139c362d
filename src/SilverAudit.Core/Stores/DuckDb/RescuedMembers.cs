using SilverAudit.Schema;

namespace SilverAudit.Stores.DuckDb;

/// <summary>
/// Takes filed objects apart into their members as texts. The engine's own functions would read each value and write it anew, and
/// so round its numbers.
/// </summary>
internal static class RescuedMembers
{
    /// <summary>A query of load_id and kept: the members, separated by commas, that none of the given names means.</summary>
    /// <param name="filed">A query of load_id and rescued.</param>
    /// <param name="names">Expressions of folded names, separated by commas.</param>
    public static string SelectWithout(string filed, string names) =>
        $$"""
        SELECT load_id, string_agg(member, ',' ORDER BY position) AS kept
        FROM (
            SELECT load_id, position, string_agg(token, '' ORDER BY ordinal) AS member, CAST(arg_min(token, ordinal) AS JSON)->>'$' AS name
            FROM (
                SELECT *, sum(CASE WHEN token = ',' AND depth = 1 THEN 1 ELSE 0 END) OVER (PARTITION BY load_id ORDER BY ordinal) AS position
                FROM (
                    SELECT *, sum(CASE WHEN token IN ('{', '[') THEN 1 WHEN token IN ('}', ']') THEN -1 ELSE 0 END)
                        OVER (PARTITION BY load_id ORDER BY ordinal) AS depth
                    FROM (
                        SELECT load_id, unnest(tokens) AS token, generate_subscripts(tokens, 1) AS ordinal
                        FROM (SELECT load_id, regexp_extract_all(rescued, {{Sql.Text(ExactValues.JsonToken)}}) AS tokens FROM ({{filed}})
                            WHERE NOT list_has_all([{{names}}], [{{CatalogNameComparer.Folded("k")}} FOR k IN json_keys(rescued)])))))
            WHERE ordinal > 1 AND depth > 0 AND NOT (token = ',' AND depth = 1)
            GROUP BY load_id, position)
        WHERE NOT list_contains([{{names}}], {{CatalogNameComparer.Folded("name")}})
        GROUP BY load_id
        """;
}
