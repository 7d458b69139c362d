namespace SilverAudit.Bench;

/// <summary>The folder of the stores that are written; a store is deleted as soon as it has been measured.</summary>
internal sealed class Scratch : IDisposable
{
    private readonly string _folder;
    private int _count;

    public Scratch(string folder)
    {
        _folder = folder;
        Delete();
        Directory.CreateDirectory(folder);
    }

    /// <summary>Gives the work a path where no store is yet.</summary>
    public T WithNewStore<T>(Func<string, T> work)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, $"{++_count}"));
        try
        {
            return work(Path.Combine(folder.FullName, "silver_metadata.db"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    public void Dispose() => Delete();

    private void Delete()
    {
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }
}
