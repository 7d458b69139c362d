#:package DuckDB.NET.Data.Full
#:property PublishAot=false

// Writes batch1.db, batch2.db and batch3.db beside this file, replacing what is there:
//   dotnet run samples/create-samples.cs

using DuckDB.NET.Data;

var folder = AppContext.GetData("EntryPointFileDirectoryPath") as string
    ?? throw new InvalidOperationException("Run this file with: dotnet run samples/create-samples.cs");

// A load is described once and belongs to one or more batches, so that the loads which batch2 repeats are equal in every column.
const string Facts = """
    CREATE TEMP TABLE facts (
        batches INTEGER[],
        stamp TIMESTAMP,
        authors STRUCT(id VARCHAR, found INTEGER, kb INTEGER)[],
        seconds DOUBLE,
        schema_ok BOOLEAN,
        checksum_status VARCHAR,
        validation_status VARCHAR,
        bad_dois INTEGER,
        hash_known BOOLEAN);

    INSERT INTO facts VALUES
        ([1], '2025-01-13 14:30:00',
            [{id: '7004212771', found: 50, kb: 412}],
            3.42, true, 'PASSED', 'PASSED', 0, true),
        ([1], '2025-01-14 14:30:00',
            [{id: '7004212771', found: 51, kb: 418}, {id: '57193254310', found: 12, kb: 97}],
            5.87, true, 'PASSED', 'PASSED', 0, true),
        ([1], '2025-01-15 14:30:00',
            [{id: '123456', found: 50, kb: 412}, {id: '35779812400', found: 83, kb: NULL}],
            9.15, true, 'FAILED', 'FAILED', 3, true),
        ([1, 2], '2025-01-16 14:30:00',
            [{id: '123456', found: 52, kb: 430}],
            3.61, true, 'PASSED', 'PASSED', 0, true),
        ([1, 2], '2025-01-17 14:30:00',
            [{id: '35779812400', found: 84, kb: 690}, {id: '57193254310', found: 12, kb: 97}],
            7.74, false, 'PASSED', 'FAILED', 1, true),
        ([2], '2025-01-18 14:30:00',
            [{id: '7004212771', found: 51, kb: 418}],
            3.38, true, 'PASSED', 'PASSED', 0, true),
        ([2], '2025-01-19 14:30:00',
            [{id: '57200846312', found: 137, kb: 1124}, {id: '123456', found: 52, kb: 430}],
            14.2, true, 'PASSED', 'PASSED', 0, true),
        ([2], '2025-01-20 14:30:00',
            [{id: '57200846312', found: 137, kb: 1121}],
            10.96, true, 'FAILED', 'PASSED', 0, true),
        ([2], '2025-01-21 14:30:00',
            [{id: '7004212771', found: 53, kb: 437}],
            4.05, true, 'PASSED', 'FAILED', 2, true),
        ([3], '2025-01-22 14:30:00',
            [{id: '123456', found: 53, kb: 439}],
            3.7, NULL, NULL, NULL, NULL, true),
        ([3], '2025-01-23 14:30:00',
            [{id: '35779812400', found: 85, kb: 702}, {id: '57193254310', found: 13, kb: 104}],
            8.02, NULL, NULL, NULL, NULL, false),
        ([3], '2025-01-24 14:30:00',
            [{id: '57200846312', found: 139, kb: NULL}],
            11.3, NULL, NULL, NULL, NULL, false),
        ([3], '2025-01-25 14:30:00',
            [{id: '7004212771', found: 53, kb: 437}],
            3.95, NULL, NULL, NULL, NULL, true);
    """;

// The pipeline writes nine of the columns and leaves the rest NULL until the checksum and validation tools have run.
const string Loads = """
    CREATE TEMP TABLE loads AS
    WITH described AS (
        SELECT *,
            'LOAD_' || strftime(stamp, '%Y%m%d_%H%M%S') AS load_id,
            list_sum(list_transform(authors, lambda a: a.found))::INTEGER AS entries,
            checksum_status IS NOT NULL AS checked,
            to_json(list_transform(authors, lambda a: {
                file_name: 'scopus_response_' || a.id || '_' || strftime(stamp, '%Y%m%d') || '.json',
                file_size_kb: a.kb})) AS payload_files
        FROM facts)
    SELECT
        batches,
        load_id,
        'scopus' AS data_source,
        stamp AS ingest_timestamp,
        to_json(list_transform(authors, lambda a: {
            query: 'AUTHID(' || a.id || ')',
            field: 'dc:title,prism:doi,citedby-count',
            date: '2020-2025'})) AS query_parameters,
        3 AS audit_schema_version,
        CASE WHEN hash_known THEN sha256('silver_stg_scopus schema 3') END AS audit_schema_hash_value,
        CASE WHEN checked THEN to_json({
            table_name: 'silver_stg_scopus',
            schema_version: 3,
            columns_expected: 8,
            columns_found: if(schema_ok, 8, 9),
            unexpected_columns: if(schema_ok, []::VARCHAR[], ['openaccessFlag'])}) END AS schema_validation_report,
        schema_ok AS schema_validation_status,
        checksum_status,
        CASE WHEN checked THEN stamp + INTERVAL 20 MINUTE END AS checksum_timestamp,
        CASE WHEN checked THEN to_json({
            algorithm: 'sha256',
            files_checked: len(authors),
            files_failed: if(checksum_status = 'FAILED', 1, 0),
            failed: if(checksum_status = 'FAILED', [payload_files ->> '$[0].file_name'], []::VARCHAR[])}) END AS checksum_report,
        CASE WHEN checked THEN sha256(load_id || payload_files) END AS checksum_value,
        seconds AS ingestion_time,
        validation_status,
        CASE WHEN checked THEN to_json(list_transform(range(bad_dois), lambda i: {
            rule: 'doi_format',
            eid: '2-s2.0-' || (85180000000 + 1000 * day(stamp) + i),
            message: 'prism:doi is not a DOI'})) END AS validation_errors,
        CASE WHEN checked THEN to_json(if(bad_dois = 0, [], [{rule: 'doi_format', failed_rows: bad_dois}])) END AS validation_fails,
        CASE WHEN checked THEN entries || ' rows checked, ' || bad_dois || ' failed' END AS validation_summary,
        CASE WHEN checked THEN to_json({
            rows_checked: entries,
            duplicates: 0,
            completeness: {title: 1.0::DOUBLE, doi: round(1 - bad_dois / entries, 4), cited_by_count: 1.0::DOUBLE}}) END AS dq_report,
        payload_files,
        to_json(flatten(list_transform(authors, lambda a: list_transform(range(0, a.found, 25), lambda first: {
            author_id: a.id,
            entries_found: a.found,
            entries_returned: least(25, a.found - first),
            start_index: first})))) AS payload_results
    FROM described
    ORDER BY load_id;
    """;

const string Tables = """
    CREATE TABLE batch.silver_temp_audit (
        load_id STRING PRIMARY KEY,
        data_source STRING,
        ingest_timestamp TIMESTAMP,
        query_parameters JSON,
        audit_schema_version INTEGER,
        audit_schema_hash_value STRING,
        schema_validation_report JSON,
        schema_validation_status BOOLEAN,
        checksum_status STRING,
        checksum_timestamp TIMESTAMP,
        checksum_report JSON,
        checksum_value STRING,
        ingestion_time DOUBLE,
        validation_status STRING,
        validation_errors JSON,
        validation_fails JSON,
        validation_summary STRING,
        dq_report JSON,
        payload_files JSON,
        payload_results JSON);

    CREATE TABLE batch.silver_stg_scopus (
        eid VARCHAR,
        load_id VARCHAR,
        author_id VARCHAR,
        title VARCHAR,
        publication_name VARCHAR,
        cover_date DATE,
        doi VARCHAR,
        cited_by_count INTEGER);
    """;

using var connection = new DuckDBConnection("DataSource=:memory:");
connection.Open();
Run(Facts);
Run(Loads);

foreach (var number in Enumerable.Range(1, 3))
{
    var file = Path.Combine(folder, $"batch{number}.db");
    File.Delete(file);
    File.Delete(file + ".wal");

    // Sixteen times smaller than the default block, and so are the files.
    Run($"ATTACH '{file.Replace("'", "''", StringComparison.Ordinal)}' AS batch (BLOCK_SIZE 16384)");
    Run(Tables);
    Run($"""
        INSERT INTO batch.silver_temp_audit BY NAME
        SELECT * EXCLUDE (batches) FROM loads WHERE list_contains(batches, {number}) ORDER BY load_id
        """);
    Run($"""
        INSERT INTO batch.silver_stg_scopus
        SELECT
            '2-s2.0-' || (85180000000 + 1000 * day(ingest_timestamp) + i),
            load_id,
            payload_results ->> '$[0].author_id',
            ['Audit trails of bibliographic data', 'Citation counts over time', 'Author disambiguation'][1 + i % 3]
                || ', part ' || (i + 1),
            ['Scientometrics', 'Journal of Informetrics', 'Research Policy', 'PLOS ONE'][1 + i % 4],
            DATE '2020-03-01' + (97 * i)::INTEGER,
            '10.1000/sample.' || day(ingest_timestamp) || '.' || i,
            (i * i * 7) % 61
        FROM loads, range(12) AS publication(i)
        WHERE list_contains(batches, {number})
        ORDER BY load_id, i
        """);
    Run("DETACH batch");
    Console.WriteLine(file);
}

void Run(string sql)
{
    using var command = connection.CreateCommand();
    command.CommandText = sql;
    command.ExecuteNonQuery();
}
