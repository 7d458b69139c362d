using System.Text.Json;

namespace SilverAudit.PowerShell.Tests;

/// <summary>Names are the same where the engine says so: it folds the case of ASCII letters, and of no others.</summary>
public sealed class ColumnNameCaseTests : IDisposable
{
    private readonly Module _module = new();

    private string Store => _module.File("silver_metadata.db");

    public void Dispose() => _module.Dispose();

    public static TheoryData<string, string> Names => new()
    {
        { "é", "É" },
        { "µ", "μ" },
        { "ς", "σ" },
        { "ж", "Ж" },
        { "ÿx", "ŸX" },
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void Added_columns_that_differ_in_other_letters_than_those_of_ASCII_keep_their_own_values(string small, string big)
    {
        var source = CreateSource(small, big);

        var result = _module.Load(source, "-SchemaEvolution AddNewColumns");

        Assert.Equal((3, 3, 0, 0, 0, 0), result.Counts());
        Assert.Equal(
            new object?[][] { ["small", "BIG"], ["small", null], [null, "BIG"] },
            Database.Query(Store, $"SELECT \"{small}\", \"{big}\" FROM silver_staging_audit ORDER BY load_id"));
        RefuteDifferences(source);
        Database.Execute(source, $"UPDATE silver_temp_audit SET \"{big}\" = 'new' WHERE load_id = 'b'");
        Assert.Equal([big], Assert.Single(_module.Succeed($"Compare-SilverAuditSource '{source}'")).Value<string[]>("ChangedColumns"));
        Assert.Equal(3, _module.Succeed("Get-SilverAuditLoad").Count);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Rescued_columns_that_differ_in_other_letters_than_those_of_ASCII_keep_their_own_values(string small, string big)
    {
        var source = CreateSource(small, big);

        _module.Load(source);

        RefuteDifferences(source);
        Assert.Equal((3, 0, 0, 3, 0, 0), _module.Load(source).Counts());
        var other = CreateSource(small, big, file: "other.db", columns: $"\"{small}\" VARCHAR", values: "('b', 'new')");
        Assert.Equal((1, 0, 1, 0, 0, 0), _module.Load(other, "-Reprocess -Reason 'new value'").Counts());
        Database.Execute(source, "UPDATE silver_temp_audit SET load_id = load_id || 'c' WHERE load_id = 'b'");
        _module.Load(source);
        RefuteDifferences(source);
    }

    [Fact]
    public void A_reprocessed_load_keeps_what_is_filed_of_a_column_that_only_other_case_rules_would_take_for_another()
    {
        _module.Load(CreateSource("é", "É"));
        var fewer = CreateSource("é", "É", file: "fewer.db", columns: "\"é\" VARCHAR", values: "('a', 'new')");

        _module.Load(fewer, "-Reprocess -Reason 'new value'");

        var filed = JsonDocument.Parse(StoreContents.Rescued(Store, "a")!).RootElement;
        Assert.Equal(("new", "BIG"), (filed.GetProperty("é").GetString(), filed.GetProperty("É").GetString()));
    }

    [Theory]
    [InlineData("ps_object")]
    [InlineData("PSObject")]
    [InlineData("psbase")]
    [InlineData("ps_type_names")]
    [InlineData("PSTypeNames")]
    [InlineData("psadapted")]
    [InlineData("psextended")]
    public void A_column_named_like_a_member_that_PowerShell_keeps_for_itself_can_be_read_and_compared(string name)
    {
        var source = Staging.CreateWith(
            _module.File("source.db"),
            $"CREATE TABLE silver_temp_audit (load_id VARCHAR, \"{name}\" VARCHAR)",
            "INSERT INTO silver_temp_audit VALUES ('a', 'kept')");
        _module.Load(source, "-SchemaEvolution AddNewColumns");
        Database.Execute(source, $"UPDATE silver_temp_audit SET \"{name}\" = 'new'");

        var load = Assert.Single(_module.Succeed("Get-SilverAuditLoad"));
        var compared = Assert.Single(_module.Succeed($"Compare-SilverAuditSource '{source}'"));

        Assert.Contains(load.Properties, property => property.Value is "kept");
        Assert.Equal([name], compared.Value<string[]>("ChangedColumns"));
    }

    private void RefuteDifferences(string source) => Assert.Empty(_module.Succeed($"Compare-SilverAuditSource '{source}'"));

    private string CreateSource(string small, string big, string file = "source.db", string? columns = null, string? values = null) => Staging.CreateWith(
        _module.File(file),
        $"CREATE TABLE silver_temp_audit (load_id VARCHAR, {columns ?? $"\"{small}\" VARCHAR, \"{big}\" VARCHAR"})",
        $"INSERT INTO silver_temp_audit VALUES {values ?? "('a', 'small', 'BIG'), ('b', 'small', NULL), ('c', NULL, 'BIG')"}");
}
