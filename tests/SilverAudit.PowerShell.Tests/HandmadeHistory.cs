using System.Globalization;

namespace SilverAudit.PowerShell.Tests;

/// <summary>A store whose history is known, to the moment.</summary>
internal static class HandmadeHistory
{
    /// <summary>A history of four runs, of which the third failed and the fourth went to another table. They are not recorded in their order.</summary>
    public static void Create(Module module)
    {
        module.Load(Staging.Create(module.File("a.db"), "LOAD_1"));
        Database.Execute(
            module.File("silver_metadata.db"),
            "DELETE FROM silver_audit.etl_run",
            $$"""
            INSERT INTO silver_audit.etl_run (run_id, started_at, finished_at, source, destination_table, status, inserted_rows, updated_rows, skipped_rows, rejected_rows) VALUES
                ('{{Id(4)}}', '2026-01-03 01:00:00', '2026-01-03 01:00:04', 'C:\more\4.db', 'other_audit', 'AllNew', 100, 0, 0, 4),
                ('{{Id(2)}}', '2026-01-02 12:00:00', '2026-01-02 12:00:02', '/data/2.db', 'silver_staging_audit', 'PartialUpdate', 10, 20, 3, 0),
                ('{{Id(1)}}', '2026-01-01 23:59:59', '2026-01-02 00:00:00', '/data/1.db', 'silver_staging_audit', 'AllNew', 1, 0, 0, 0),
                ('{{Id(3)}}', '2026-01-03 00:00:00', '2026-01-03 00:00:03', '/more/3.db', 'silver_staging_audit', 'Failed', 0, 0, 0, 0)
            """);
    }

    /// <summary>The identifier of a run.</summary>
    public static Guid Id(int number) => new(number, 0, 0, new byte[8]);

    public static DateTime Utc(string time) =>
        DateTime.Parse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);
}
