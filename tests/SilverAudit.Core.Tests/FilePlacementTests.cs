using SilverAudit.Stores.DuckDb;

namespace SilverAudit.Core.Tests;

public sealed class FilePlacementTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_file_gets_a_name_that_is_free()
    {
        var (draft, place) = (Write("draft", "new"), _folder.File("place"));

        Assert.True(FilePlacement.TryMoveNew(draft, place));

        Assert.Equal((false, "new"), (File.Exists(draft), File.ReadAllText(place)));
    }

    [Fact]
    public void A_file_that_is_there_keeps_its_name()
    {
        var (draft, place) = (Write("draft", "new"), Write("place", "old"));

        Assert.False(FilePlacement.TryMoveNew(draft, place));

        Assert.Equal(("new", "old"), (File.ReadAllText(draft), File.ReadAllText(place)));
    }

    [Fact]
    public async Task Of_many_that_want_one_name_at_once_one_gets_it()
    {
        for (var round = 0; round < 50; round++)
        {
            var place = _folder.File($"place{round}");
            var drafts = Enumerable.Range(0, 4).Select(number => Write($"draft{round}.{number}", $"{number}")).ToArray();

            var placed = await Task.WhenAll(drafts.Select(draft => Task.Run(() => FilePlacement.TryMoveNew(draft, place))));

            Assert.Equal($"{Array.IndexOf(placed, true)}", File.ReadAllText(place));
            Assert.Equal(3, placed.Count(done => !done));
            Assert.Equal(3, drafts.Count(File.Exists));
        }
    }

    [Fact]
    public void Two_files_trade_their_names_or_keep_them()
    {
        var (one, other) = (Write("one", "1"), Write("other", "2"));

        var traded = FilePlacement.TryExchange(one, other);

        Assert.Equal(traded ? ("2", "1") : ("1", "2"), (File.ReadAllText(one), File.ReadAllText(other)));
        Assert.True(traded || !OperatingSystem.IsLinux());
    }

    [Fact]
    public void What_is_not_there_can_not_be_moved() =>
        Assert.Throws<IOException>(() => FilePlacement.TryMoveNew(_folder.File("nothing"), _folder.File("missing/place")));

    private string Write(string name, string text)
    {
        File.WriteAllText(_folder.File(name), text);
        return _folder.File(name);
    }
}
