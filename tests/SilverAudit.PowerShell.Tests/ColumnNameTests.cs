using System.Text.Json;

namespace SilverAudit.PowerShell.Tests;

public sealed class ColumnNameTests : IDisposable
{
    private static readonly string[] s_names =
    [
        "it's", "say \"hi\"", "\"", "a;b", "two  words", "[brackets]", "$dollar", "$.path", "`backtick`", "100%", "{braces} {0}", "müßig",
        "日本", "🦆", "-dash", "--", "a/b", "~tilde", "~1", "back\\slash", "line\nbreak", "select", "a.b.c", "*", "0",
        "\"; DROP TABLE silver_temp_audit; --",
    ];

    private static readonly string[] s_loadIds = ["LOAD_1", "LOAD_2"];

    private readonly Module _module = new();

    private string Store => _module.File("silver_metadata.db");

    public void Dispose() => _module.Dispose();

    [Fact]
    public void Columns_of_any_name_are_rescued_and_nothing_of_them_is_changed_afterwards()
    {
        var source = CreateSource();

        var result = _module.Load(source);

        Assert.Equal((2, 2, 0, 0, 0, 0), result.Counts());
        Assert.Equal(s_names, result.Value<string[]>("NewColumns"));
        Assert.Equal(s_names.Select(name => (name, "value of " + name)), RescuedMembers("LOAD_1"));
        Assert.Equal((2, 0, 0, 2, 0, 0), _module.Load(source).Counts());
    }

    [Fact]
    public void A_change_in_a_column_of_any_name_is_noticed_and_reprocessed()
    {
        var source = CreateSource();
        _module.Load(source);
        foreach (var name in s_names)
        {
            Database.Execute(source, $"UPDATE silver_temp_audit SET {Quote(name)} = 'new' WHERE load_id = 'LOAD_1'");

            Assert.Equal((name, (2L, 0L, 1L, 1L, 0L, 0L)), (name, _module.Load(source, "-Reprocess -Reason 'new value'").Counts()));
        }

        Assert.Equal(s_names.Select(name => (name, "new")), RescuedMembers("LOAD_1"));
        Assert.Equal(s_names.Select(name => (name, "value of " + name)), RescuedMembers("LOAD_2"));
        Assert.Equal(s_names.Length, Database.Scalar<int>(Store, "SELECT count(*) FROM silver_audit.superseded_load"));
    }

    [Fact]
    public void Columns_of_any_name_stay_filed_when_a_later_source_lacks_them()
    {
        _module.Load(CreateSource());
        var fewer = Staging.CreateWith(
            _module.File("fewer.db"),
            "CREATE TABLE silver_temp_audit (load_id VARCHAR, checksum_value VARCHAR)",
            "INSERT INTO silver_temp_audit VALUES ('LOAD_1', 'sum')");

        _module.Load(fewer, "-Reprocess -Reason 'new value'");

        Assert.Equal(
            s_names.Select(name => (name, "value of " + name)).Prepend(("checksum_value", "sum")).Order(),
            RescuedMembers("LOAD_1").Order());
    }

    [Fact]
    public void Columns_of_any_name_are_added()
    {
        var source = CreateSource();

        var result = _module.Load(source, "-SchemaEvolution AddNewColumns");

        Assert.Equal(20 + s_names.Length, result.Value("DestinationColumns"));
        Assert.Equal(
            s_names.Select(name => "value of " + name),
            Assert.Single(Database.Query(Store, $"SELECT {List(s_names.Select(Quote))} FROM silver_staging_audit WHERE load_id = 'LOAD_2'")));
        Database.Execute(
            source,
            string.Join("; ", s_names.Select(name => $"UPDATE silver_temp_audit SET {Quote(name)} = 'new' WHERE load_id = 'LOAD_1'")));
        Assert.Equal((2, 0, 1, 1, 0, 0), _module.Load(source, "-Reprocess -Reason 'new value'").Counts());
        Assert.Equal((2, 0, 0, 2, 0, 0), _module.Load(source).Counts());
        Assert.Equal(
            s_names.Select(name => "value of " + name),
            Members(Database.Scalar<string>(Store, "SELECT previous FROM silver_audit.superseded_load"))
                .Skip(20).Select(member => member.Value));
    }

    [Fact]
    public void Rows_with_columns_of_any_name_are_rejected_whole()
    {
        var source = CreateSource();
        Database.Execute(source, "UPDATE silver_temp_audit SET load_id = NULL WHERE load_id = 'LOAD_2'");

        Assert.Equal((2, 1, 0, 0, 0, 1), _module.Load(source, "-InvalidRow Reject").Counts());
        Assert.Equal(
            s_names.Select(name => (name, "value of " + name)),
            Members(Database.Scalar<string>(Store, "SELECT row FROM silver_audit.rejected_row")).Where(member => member.Name != "load_id"));
    }

    [Theory]
    [InlineData("collate")]
    [InlineData("collated_at")]
    [InlineData("primary key")]
    [InlineData("default")]
    [InlineData("load_id VARCHAR COLLATE NOCASE")]
    public void A_column_named_like_a_part_of_a_table_definition_is_added_and_stays_a_column(string name)
    {
        var source = Staging.CreateWith(
            _module.File("source.db"),
            $"CREATE TABLE silver_temp_audit (load_id VARCHAR, {Quote(name)} INTEGER)",
            "INSERT INTO silver_temp_audit VALUES ('LOAD_1', 1), ('load_1', 2)");

        Assert.Equal((2, 2, 0, 0, 0, 0), _module.Load(source, "-SchemaEvolution AddNewColumns").Counts());
        Assert.Equal((2, 0, 0, 2, 0, 0), _module.Load(source).Counts());
        Assert.Equal([["LOAD_1", 1], ["load_1", 2]], Database.Query(Store, $"SELECT load_id, {Quote(name)} FROM silver_staging_audit ORDER BY load_id"));
    }

    [Theory]
    [InlineData("collate")]
    [InlineData("primary key")]
    public void A_source_without_texts_may_have_a_column_named_like_a_part_of_a_table_definition(string name)
    {
        var source = Staging.CreateWith(
            _module.File("source.db"),
            $"CREATE TABLE silver_temp_audit (load_id INTEGER, {Quote(name)} INTEGER)",
            "INSERT INTO silver_temp_audit VALUES (1, 10), (2, 20), (2, 20)");

        Assert.Equal((3, 2, 0, 1, 0, 0), _module.Load(source).Counts());
        Assert.Equal([(name, "10")], RescuedMembers("1"));
    }

    [Theory]
    [InlineData("it's; DROP TABLE silver_staging_audit; --")]
    [InlineData("say \"hi\"\nto\r\nthe\tothers")]
    [InlineData("日本 🦆 müßig")]
    [InlineData("{\"a\": [1]}")]
    [InlineData("-LoadId $(1) `b` %s [x]*?")]
    public void A_load_id_may_say_anything(string loadId)
    {
        var source = Staging.Create(_module.File("source.db"), "LOAD_1");
        Database.Execute(source, $"UPDATE silver_temp_audit SET load_id = '{Escape(loadId)}'");

        Assert.Equal((1, 1, 0, 0, 0, 0), _module.Load(source).Counts());
        Assert.Equal([loadId], StoreContents.LoadIds(Store));
        Assert.Equal([loadId], _module.Succeed("Get-SilverAuditLoad").Select(load => load.Text("LoadId")));
        Assert.Contains("\"checksum of LOAD_1\"", StoreContents.Rescued(Store, loadId), StringComparison.Ordinal);
        Database.Execute(source, "UPDATE silver_temp_audit SET data_source = 'orcid'");
        Assert.Equal((1, 0, 1, 0, 0, 0), _module.Load(source, "-Reprocess -Reason 'new value'").Counts());
        Assert.Equal(
            [loadId, loadId],
            Assert.Single(Database.Query(Store, "SELECT load_id, previous->>'load_id' FROM silver_audit.superseded_load")));
    }

    private string CreateSource() => Staging.CreateWith(
        _module.File("source.db"),
        [
            $"CREATE TABLE silver_temp_audit (load_id VARCHAR, {List(s_names.Select(name => $"{Quote(name)} VARCHAR"))})",
            .. s_loadIds.Select(loadId =>
                $"INSERT INTO silver_temp_audit VALUES ('{loadId}', {List(s_names.Select(name => $"'value of {Escape(name)}'"))})"),
        ]);

    private IReadOnlyList<(string Name, string Value)> RescuedMembers(string loadId) => Members(StoreContents.Rescued(Store, loadId)!);

    private static IReadOnlyList<(string Name, string Value)> Members(string json) =>
        [.. JsonDocument.Parse(json).RootElement.EnumerateObject().Select(member => (member.Name, member.Value.ToString()))];

    private static string List(IEnumerable<string> items) => string.Join(", ", items);

    private static string Escape(string text) => text.Replace("'", "''", StringComparison.Ordinal);

    private static string Quote(string name) => '"' + name.Replace("\"", "\"\"", StringComparison.Ordinal) + '"';
}
