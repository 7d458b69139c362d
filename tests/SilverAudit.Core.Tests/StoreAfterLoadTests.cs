using DuckDB.NET.Data;

namespace SilverAudit.Core.Tests;

/// <summary>One store that is written, read and checked, as a pipeline does that checks what it has loaded.</summary>
public sealed class StoreAfterLoadTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("silver-audit-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_store_that_is_being_written_is_checked_with_what_was_loaded_and_written_on()
    {
        using var log = AuditLog.Open(new AuditLogOptions(), new SilentHost());
        using var store = AuditStore.Open(new StoreOptions { Destination = Path.Combine(_folder, "store.db") }, log);

        Load(store, "LOAD_1");
        Assert.Equal("Rows in the table: 1.", Passed(store.Check(CancellationToken.None)));
        Load(store, "LOAD_2");
        Assert.Equal("Rows in the table: 2.", Passed(store.Check(CancellationToken.None)));
    }

    [Fact]
    public void The_history_of_a_store_that_is_being_written_has_the_runs_up_to_now()
    {
        using var log = AuditLog.Open(new AuditLogOptions(), new SilentHost());
        using var store = AuditStore.Open(new StoreOptions { Destination = Path.Combine(_folder, "store.db") }, log);

        var first = Load(store, "LOAD_1");
        var second = Load(store, "LOAD_2");

        Assert.Equal([first, second], store.ReadRuns(new RunFilter(), CancellationToken.None).Select(run => run.RunId));
        Assert.Equal(2, store.SummarizeRuns(new RunFilter(), CancellationToken.None).InsertedRows);
        Assert.Empty(store.FindMissingRuns([first, second], CancellationToken.None));
        Assert.Empty(store.ReadRuns(new RunFilter { RunIds = [] }, CancellationToken.None));
    }

    [Fact]
    public void A_check_that_is_stopped_ends_as_stopped()
    {
        using var log = AuditLog.Open(new AuditLogOptions(), new SilentHost());
        using var store = AuditStore.Open(new StoreOptions { Destination = Path.Combine(_folder, "store.db") }, log);
        Load(store, "LOAD_1");

        Assert.ThrowsAny<OperationCanceledException>(() => store.Check(new CancellationToken(canceled: true)));
    }

    private Guid Load(IAuditStore store, string loadId)
    {
        var source = Path.Combine(_folder, loadId + ".db");
        using (var connection = new DuckDBConnection($"DataSource={source}"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = $"CREATE TABLE silver_temp_audit AS SELECT '{loadId}' AS load_id, 'scopus' AS data_source, TIMESTAMP '2025-01-15 14:30:00' AS ingest_timestamp";
            command.ExecuteNonQuery();
        }

        var outcome = store.Load(source, new EtlOptions(), CancellationToken.None);
        Assert.Null(outcome.Failure);
        return outcome.Result.RunId;
    }

    /// <summary>What the check says that counts the rows; all must have passed.</summary>
    private static string Passed(IReadOnlyList<CheckResult> results)
    {
        Assert.All(results, result => Assert.True(result.Passed, result.Message));
        return results.Single(result => result.Check == "HasData").Message;
    }
}
