namespace SilverAudit.Bench;

/// <summary>Source databases under bench/data, made once and reused.</summary>
internal sealed class BenchData(string folder)
{
    public const int RowsPerSource = 25;

    // Part of the names, so that a change to what is generated doesn't meet files of the old kind.
    private const string Version = "v1";

    public string BigSource(int rows)
    {
        var path = Path.Combine(folder, $"{Version}-rows-{rows}.db");
        if (File.Exists(path))
            return path;

        Console.WriteLine($"Making a source of {rows:N0} rows ...");
        Directory.CreateDirectory(folder);
        var partial = path + ".partial";
        File.Delete(partial);
        File.Delete(partial + ".wal");
        using (var engine = new Engine())
            Write(engine, partial, first: 0, rows);

        // Complete files alone carry the name that the next run looks for.
        File.Move(partial, path);
        return path;
    }

    public IReadOnlyList<string> SmallSources(int count)
    {
        var sources = Path.Combine(folder, $"{Version}-sources-{count}");
        var names = Enumerable.Range(0, count).Select(number => $"staging_{number:D5}.db").ToList();
        if (!Directory.Exists(sources))
        {
            Console.WriteLine($"Making {count:N0} sources of {RowsPerSource} rows ...");
            var partial = sources + ".partial";
            if (Directory.Exists(partial))
                Directory.Delete(partial, recursive: true);
            Directory.CreateDirectory(partial);
            using (var engine = new Engine())
            {
                for (var i = 0; i < count; i++)
                    Write(engine, Path.Combine(partial, names[i]), first: i * RowsPerSource, RowsPerSource);
            }

            Directory.Move(partial, sources);
        }

        return names.ConvertAll(name => Path.Combine(sources, name));
    }

    private static void Write(Engine engine, string path, int first, int rows)
    {
        engine.Attach(path, "made");
        engine.Execute($"CREATE TABLE made.main.silver_temp_audit ({AuditTables.SourceColumns})");
        engine.Execute($"INSERT INTO made.main.silver_temp_audit BY NAME {Loads(first, rows)}");
        engine.Execute("DETACH made");
    }

    /// <summary>One load a minute, with one or two authors, a response file each and a result per 25 entries.</summary>
    private static string Loads(int first, int rows) => $$"""
        WITH facts AS (
            SELECT
                i,
                TIMESTAMP '2015-01-01 00:00:00' + to_minutes(i) AS stamp,
                i % 50 = 7 AS failed,
                list_transform(range(1 + i % 2), lambda k: {
                    id: (57000000000 + hash(i, k) % 20000)::VARCHAR,
                    found: (5 + hash(k, i) % 90)::INTEGER,
                    kb: CASE WHEN i % 20 <> 3 THEN (40 + hash(i, k) % 900)::INTEGER END}) AS authors
            FROM range({{first}}, {{first}} + {{rows}}) AS numbers(i)),
        described AS (
            SELECT
                *,
                'LOAD_' || strftime(stamp, '%Y%m%d_%H%M%S') AS load_id,
                to_json(list_transform(authors, lambda a: {
                    file_name: 'scopus_response_' || a.id || '_' || strftime(stamp, '%Y%m%d') || '.json',
                    file_size_kb: a.kb})) AS payload_files
            FROM facts)
        SELECT
            load_id,
            'scopus' AS data_source,
            stamp AS ingest_timestamp,
            to_json(list_transform(authors, lambda a: {
                query: 'AUTHID(' || a.id || ')',
                field: 'dc:title,prism:doi,citedby-count',
                date: '2020-2025'})) AS query_parameters,
            3 AS audit_schema_version,
            '8e4b3ba7a8b5d646aad723ccc351ef73b26dfd5a3b80674411cba80ef150bdef' AS audit_schema_hash_value,
            to_json({table_name: 'silver_stg_scopus', schema_version: 3, columns_expected: 8, columns_found: 8,
                unexpected_columns: []::VARCHAR[]}) AS schema_validation_report,
            true AS schema_validation_status,
            if(failed, 'FAILED', 'PASSED') AS checksum_status,
            stamp + INTERVAL 20 MINUTE AS checksum_timestamp,
            to_json({algorithm: 'sha256', files_checked: len(authors), files_failed: failed::INTEGER,
                failed: if(failed, [payload_files ->> '$[0].file_name'], []::VARCHAR[])}) AS checksum_report,
            sha256(load_id) AS checksum_value,
            round(1 + hash(i) % 2000 / 100, 2) AS ingestion_time,
            if(failed, 'FAILED', 'PASSED') AS validation_status,
            to_json(if(failed, [{rule: 'doi_format', eid: '2-s2.0-' || (85000000000 + i), message: 'prism:doi is not a DOI'}], []))
                AS validation_errors,
            to_json(if(failed, [{rule: 'doi_format', failed_rows: 1}], [])) AS validation_fails,
            list_sum(list_transform(authors, lambda a: a.found)) || ' rows checked, ' || failed::INTEGER || ' failed'
                AS validation_summary,
            to_json({
                rows_checked: list_sum(list_transform(authors, lambda a: a.found)),
                duplicates: 0,
                completeness: {title: 1.0::DOUBLE, doi: round(0.9 + hash(i) % 100 / 1000, 3), cited_by_count: 1.0::DOUBLE}
            }) AS dq_report,
            payload_files,
            to_json(flatten(list_transform(authors, lambda a: list_transform(range(0, a.found, 25), lambda first: {
                author_id: a.id,
                entries_found: a.found,
                entries_returned: least(25, a.found - first),
                start_index: first})))) AS payload_results
        FROM described
        """;
}
