using SilverAudit.Stores.DuckDb;

namespace SilverAudit.Core.Tests;

public sealed class FileLocationTests : IDisposable
{
    private readonly string _folder = FileLocation.Resolve(Directory.CreateTempSubdirectory("silver-audit-").FullName);

    public FileLocationTests()
    {
        Directory.CreateDirectory(PathOf("real"));
        File.WriteAllText(PathOf("real", "store.db"), "");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_path_without_links_is_itself() => Assert.Equal(PathOf("real", "store.db"), FileLocation.Resolve(PathOf("real", "store.db")));

    [Fact]
    public void A_path_with_dots_is_made_plain() =>
        Assert.Equal(PathOf("real", "store.db"), FileLocation.Resolve(PathOf("real", ".", "nowhere", "..", "store.db")));

    [Fact]
    public void A_file_that_does_not_exist_is_itself() => Assert.Equal(PathOf("none", "new.db"), FileLocation.Resolve(PathOf("none", "new.db")));

    [Fact]
    public void A_link_to_a_file_is_followed()
    {
        File.CreateSymbolicLink(PathOf("link.db"), PathOf("real", "store.db"));

        Assert.Equal(PathOf("real", "store.db"), FileLocation.Resolve(PathOf("link.db")));
    }

    [Fact]
    public void A_relative_link_is_followed_from_where_it_is()
    {
        File.CreateSymbolicLink(PathOf("link.db"), Path.Combine("real", "store.db"));

        Assert.Equal(PathOf("real", "store.db"), FileLocation.Resolve(PathOf("link.db")));
    }

    [Fact]
    public void A_link_to_a_folder_is_followed_for_files_that_exist_and_files_that_do_not()
    {
        Directory.CreateSymbolicLink(PathOf("linked"), PathOf("real"));

        Assert.Equal(PathOf("real", "store.db"), FileLocation.Resolve(PathOf("linked", "store.db")));
        Assert.Equal(PathOf("real", "new.db"), FileLocation.Resolve(PathOf("linked", "new.db")));
    }

    [Fact]
    public void A_link_behind_a_link_is_followed_to_the_end()
    {
        Directory.CreateSymbolicLink(PathOf("linked"), PathOf("real"));
        Directory.CreateSymbolicLink(PathOf("again"), PathOf("linked"));
        File.CreateSymbolicLink(PathOf("link.db"), PathOf("again", "store.db"));

        Assert.Equal(PathOf("real", "store.db"), FileLocation.Resolve(PathOf("link.db")));
    }

    [Fact]
    public void A_link_to_a_file_that_is_not_there_yet_is_followed()
    {
        File.CreateSymbolicLink(PathOf("link.db"), PathOf("real", "new.db"));

        Assert.Equal(PathOf("real", "new.db"), FileLocation.Resolve(PathOf("link.db")));
    }

    [Fact]
    public void A_link_that_leads_in_circles_is_itself()
    {
        File.CreateSymbolicLink(PathOf("a.db"), PathOf("b.db"));
        File.CreateSymbolicLink(PathOf("b.db"), PathOf("a.db"));

        Assert.Equal(PathOf("a.db"), FileLocation.Resolve(PathOf("a.db")));
    }

    [Fact]
    public void The_root_is_itself() => Assert.Equal(Path.GetPathRoot(_folder), FileLocation.Resolve(Path.GetPathRoot(_folder)!));

    [Fact]
    public void Case_tells_files_apart_where_the_system_does() =>
        Assert.Equal(OperatingSystem.IsWindows(), FileLocation.Comparer.Equals(PathOf("A.db"), PathOf("a.db")));

    private string PathOf(params string[] parts) => Path.Combine([_folder, .. parts]);
}
