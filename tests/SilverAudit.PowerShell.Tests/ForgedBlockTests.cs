using System.Management.Automation;

namespace SilverAudit.PowerShell.Tests;

/// <summary>Damage under a checksum that fits: the engine stumbles over it somewhere, and says neither of which file it is nor that it is damage.</summary>
public sealed class ForgedBlockTests : IDisposable
{
    private static readonly byte[] s_tooMuch = [0x7f, 0x7f, 0, 0];
    private static readonly byte[] s_outside = [0xff, 0xff, 0xff, 0x7f];

    private readonly Module _module = new();

    private string Store => _module.File("silver_metadata.db");

    private string Source => _module.File("source.db");

    public static TheoryData<string, string, int, byte[], string> Forgeries => new()
    {
        { "load_id", "FSST", 8, s_tooMuch, "Invalid bit width for bitpacking" },
        { "validation_summary", "FSST", 12, s_outside, "invalid fsst_symbol_table_offset" },
        { "checksum_status", "Dictionary", 16, s_tooMuch, "Invalid bit width for bitpacking" },
        { "ingest_timestamp", "BitPacking", 0, s_outside, "Bitpacking offset is out of range" },
    };

    public void Dispose() => _module.Dispose();

    [Theory]
    [MemberData(nameof(Forgeries))]
    public void A_source_with_a_forged_segment_is_corrupt_and_costs_itself_alone(
        string column, string compression, int offset, byte[] bytes, string expected)
    {
        var first = Staging.Create(_module.File("first.db"), "LOAD_A");
        var last = Staging.Create(_module.File("last.db"), "LOAD_B");
        Staging.CreateMany(Source, 3000, compression: compression);
        DatabaseFile.ForgeSegments(Source, "silver_temp_audit", column, compression, offset, bytes);

        var outcome = _module.Run("$args | Invoke-SilverAuditEtl -NoLog", first, Source, last);

        Assert.Equal("SourceCorrupt", outcome.ErrorId);
        Assert.Equal(Source, outcome.Errors[0].TargetObject);
        Assert.Contains(expected, outcome.Errors[0].Exception.Message, StringComparison.Ordinal);
        Assert.Equal(["AllNew", "Failed", "AllNew"], outcome.Output.Select(result => result.Text("Status")));
        Assert.Equal(["LOAD_A", "LOAD_B"], StoreContents.LoadIds(Store));
        Assert.Equal(["AllNew", "AllNew", "Failed"], StoreContents.Texts(Store, "SELECT status FROM silver_audit.etl_run ORDER BY ALL"));
    }

    [Theory]
    [MemberData(nameof(Forgeries))]
    public void A_plan_and_a_comparison_blame_the_source_too(string column, string compression, int offset, byte[] bytes, string expected)
    {
        var good = Staging.Create(_module.File("good.db"), "LOAD_A");
        _module.Load(good);
        Staging.CreateMany(Source, 3000, compression: compression);
        DatabaseFile.ForgeSegments(Source, "silver_temp_audit", column, compression, offset, bytes);

        var planned = _module.Run("$args | Invoke-SilverAuditEtl -NoLog -WhatIf", Source, good);
        var compared = _module.Run("$args | Compare-SilverAuditSource -Summary", Source, good);

        Assert.Equal("SourceCorrupt", planned.ErrorId);
        Assert.Contains(expected, planned.Errors[0].Exception.Message, StringComparison.Ordinal);
        Assert.Equal(["Failed", "Planned"], planned.Output.Select(result => result.Text("Status")));
        Assert.Equal("SourceCorrupt", compared.ErrorId);
        Assert.Equal(1, Assert.Single(compared.Output).Value<long>("Equal"));
        // An engine that has given up can't detach a file; with its end the file is free all the same.
        File.Copy(Store, Source, overwrite: true);
        Assert.Equal("AllNew", _module.Load(good, "-Destination source.db -DestinationTable another -LockTimeoutSec 1").Text("Status"));
    }

    [Fact]
    public void A_store_with_a_forged_segment_is_corrupt_and_the_source_is_not_blamed()
    {
        _module.Load(Staging.CreateMany(Source, 3000));
        // Written anew, so that the column is compressed in a known way.
        Database.Execute(
            Store, "SET force_compression = 'dictionary'", "CREATE TABLE copy AS FROM silver_staging_audit", "DELETE FROM silver_staging_audit",
            "CHECKPOINT", "INSERT INTO silver_staging_audit FROM copy", "DROP TABLE copy");
        DatabaseFile.ForgeSegments(Store, "silver_staging_audit", "checksum_status", "Dictionary", 16, s_tooMuch);
        var before = File.ReadAllBytes(Store);

        var outcome = _module.Run("Invoke-SilverAuditEtl source.db -NoLog");

        Assert.Equal("StoreCorrupt", outcome.ErrorId);
        Assert.Equal(Store, outcome.Errors[0].TargetObject);
        Assert.Contains("Invalid bit width for bitpacking", outcome.Errors[0].Exception.Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(Store));
    }

    [Fact]
    public void A_source_whose_text_is_none_is_corrupt()
    {
        Staging.CreateMany(Source, 40);
        DatabaseFile.Replace(Source, "ary of 17"u8, [.. "ary "u8, 0xff, 0xfe, .. " 17"u8]);

        FailedLoad.Expect(_module, Source, "SourceCorrupt", ErrorCategory.InvalidData, Source);
        Assert.Empty(StoreContents.LoadIds(Store));
    }

    [Fact]
    public void A_source_that_breaks_its_own_primary_key_is_corrupt()
    {
        Staging.CreateMany(Source, 40);
        DatabaseFile.Replace(Source, "LOAD_17"u8, "LOAD_16"u8);

        var message = FailedLoad.Expect(_module, Source, "SourceCorrupt", ErrorCategory.InvalidData, Source);

        Assert.Contains("LOAD_16", message, StringComparison.Ordinal);
        Assert.Empty(StoreContents.LoadIds(Store));
    }

    [Fact]
    public void A_source_that_breaks_its_own_primary_key_is_corrupt_although_the_store_has_its_loads()
    {
        Staging.CreateMany(_module.File("before.db"), 40);
        _module.Load(_module.File("before.db"));
        var before = StoreContents.AllButHistory(Store);
        Staging.CreateMany(Source, 40);
        DatabaseFile.Replace(Source, "LOAD_17"u8, "LOAD_16"u8);

        FailedLoad.Expect(_module, Source, "SourceCorrupt", ErrorCategory.InvalidData, Source, "-Reprocess -Reason 'try'");

        Assert.Equal(before, StoreContents.AllButHistory(Store));
    }
}
