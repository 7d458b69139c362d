using SilverAudit.Stores.DuckDb;

namespace SilverAudit.Core.Tests;

public sealed class OwnDescriptorsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_file_that_something_else_has_open_has_a_stranger_until_it_is_closed()
    {
        if (OperatingSystem.IsWindows())
            return;
        var path = Create("file");
        using (new FileStream(path, FileMode.Open, FileAccess.Read))
        {
            Assert.True(OwnDescriptors.HasStranger(FileIdentity.Find(path)!.Value));
        }

        Assert.False(OwnDescriptors.HasStranger(FileIdentity.Find(path)!.Value));
    }

    [Fact]
    public void A_descriptor_whose_number_goes_from_one_file_to_another_stays_this_modules()
    {
        var (first, second) = (Create("first"), Create("second"));
        var (stream, ownership) = OwnDescriptors.Open(first, FileShare.Read);
        stream.Dispose();
        // The system gives the lowest number that is free.
        var (other, otherOwnership) = OwnDescriptors.Open(second, FileShare.Read);

        ownership.Dispose();

        Assert.False(OwnDescriptors.HasStranger(FileIdentity.Find(second)!.Value));
        other.Dispose();
        otherOwnership.Dispose();
    }

    private string Create(string name)
    {
        File.WriteAllText(_folder.File(name), name);
        return _folder.File(name);
    }
}
