using DuckDB.NET.Data;

namespace SilverAudit.Core.Tests;

public sealed class ProgressTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void An_undo_of_many_versions_shows_how_far_it_has_come_although_the_source_was_small()
    {
        var host = new ProgressHost();
        using var log = AuditLog.Open(new AuditLogOptions(), host);
        using var store = AuditStore.Open(new StoreOptions { Destination = _folder.File("store.db") }, log);
        Load(store, "first", new EtlOptions());
        var run = Load(store, "second", new EtlOptions { ReprocessingReason = "why" });

        var result = store.Undo(new UndoOptions { RunId = run, Reason = "why" }, CancellationToken.None);

        Assert.Equal(1_200, result.RestoredLoads);
        Assert.Superset(new HashSet<int> { 0, 41, 83 }, host.Shown.Where(shown => shown.Status == "Reading former versions").Select(shown => shown.Percent).ToHashSet());
    }

    private Guid Load(IAuditStore store, string source, EtlOptions options)
    {
        var path = _folder.File(source + ".db");
        using (var connection = new DuckDBConnection($"DataSource={path}"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = $"CREATE TABLE silver_temp_audit AS SELECT 'LOAD_' || i AS load_id, '{source}' AS data_source, TIMESTAMP '2025-01-15 14:30:00' AS ingest_timestamp FROM range(1200) AS numbers(i)";
            command.ExecuteNonQuery();
        }

        var outcome = store.Load(path, options, CancellationToken.None);
        Assert.Null(outcome.Failure);
        return outcome.Result.RunId;
    }

    private sealed class ProgressHost : IAuditHost
    {
        public List<(string Status, int Percent)> Shown { get; } = [];

        public bool IsListening(HostMessageLevel level) => false;

        public void Write(HostMessageLevel level, string message)
        {
        }

        public void ShowProgress(string activity, string status, int percent) => Shown.Add((status, percent));
    }
}
