using System.Management.Automation;

namespace SilverAudit.PowerShell.Tests;

public sealed class EncryptedFileTests : IDisposable
{
    private readonly Module _module = new();

    private string Store => _module.File("silver_metadata.db");

    public void Dispose() => _module.Dispose();

    [Fact]
    public void An_encrypted_source_is_refused_and_no_key_is_asked_for()
    {
        var source = CreateEncrypted("source.db");

        var message = FailedLoad.Expect(_module, source, "SourceEncrypted", ErrorCategory.NotImplemented, source);

        Assert.Contains("takes no key", message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_encrypted_store_is_refused_and_left_as_it_is()
    {
        CreateEncrypted("silver_metadata.db");
        var before = File.ReadAllBytes(Store);
        var source = Staging.Create(_module.File("source.db"), "LOAD_1");

        var message = FailedLoad.Expect(_module, source, "StoreEncrypted", ErrorCategory.NotImplemented, Store);

        Assert.Contains("choose another -Destination", message, StringComparison.Ordinal);
        Assert.Equal("StoreEncrypted", _module.Run("Get-SilverAuditLoad").ErrorId);
        Assert.Equal(before, File.ReadAllBytes(Store));
    }

    private string CreateEncrypted(string name)
    {
        var path = _module.File(name);
        // The engine encrypts with what it brings along only if told that it may.
        Database.Execute(
            _module.File("key.db"),
            "SET force_mbedtls_unsafe = true",
            $"ATTACH '{path}' AS encrypted (TYPE duckdb, ENCRYPTION_KEY 'key of the test')",
            "CREATE TABLE encrypted.silver_temp_audit AS SELECT 'LOAD_1' AS load_id",
            "DETACH encrypted");
        return path;
    }
}
