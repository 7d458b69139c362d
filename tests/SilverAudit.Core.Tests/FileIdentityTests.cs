using SilverAudit.Stores.DuckDb;

namespace SilverAudit.Core.Tests;

public sealed class FileIdentityTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("silver-audit-");

    private string First => Path.Combine(_folder.FullName, "first");

    private string Second => Path.Combine(_folder.FullName, "second");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_file_is_itself_and_no_other()
    {
        File.WriteAllText(First, "");
        File.WriteAllText(Second, "");

        Assert.NotNull(FileIdentity.Find(First));
        Assert.Equal(FileIdentity.Find(First), FileIdentity.Find(Path.Combine(_folder.FullName, ".", "first")));
        Assert.NotEqual(FileIdentity.Find(First), FileIdentity.Find(Second));
    }

    [Fact]
    public void A_file_that_was_written_or_renamed_is_the_same()
    {
        File.WriteAllText(First, "");
        var before = FileIdentity.Find(First);

        File.AppendAllText(First, "more");
        File.Move(First, Second);

        Assert.Equal(before, FileIdentity.Find(Second));
    }

    [Fact]
    public void A_file_that_replaced_another_is_a_different_one()
    {
        File.WriteAllText(First, "same");
        File.WriteAllText(Second, "same");
        var before = FileIdentity.Find(First);

        File.Move(Second, First, overwrite: true);

        Assert.NotEqual(before, FileIdentity.Find(First));
    }

    [Fact]
    public void Where_there_is_nothing_there_is_no_identity()
    {
        File.WriteAllText(First, "");

        Assert.Null(FileIdentity.Find(Second));
        Assert.Null(FileIdentity.Find(Path.Combine(First, "below")));
        Assert.Null(FileIdentity.Find(First + "\0of something else"));
    }

    [Fact]
    public void A_folder_is_no_regular_file()
    {
        File.WriteAllText(First, "");

        Assert.True(FileIdentity.Find(First)?.IsRegular);
        Assert.False(FileIdentity.Find(_folder.FullName)?.IsRegular);
    }
}
