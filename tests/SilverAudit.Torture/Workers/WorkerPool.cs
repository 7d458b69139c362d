namespace SilverAudit.Torture.Workers;

/// <summary>Hands out workers. While one is used up, the next one starts.</summary>
public sealed class WorkerPool : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private WorkerProcess? _current;
    private WorkerProcess? _spare;

    /// <summary>The worker in use, or the next one when that has died.</summary>
    public WorkerProcess Current
    {
        get
        {
            if (_current is not { IsAlive: true })
            {
                _current?.Dispose();
                _current = _spare ?? Start();
                _spare = Start();
            }

            return _current.WaitUntilReady();
        }
    }

    public void Dispose()
    {
        _current?.Dispose();
        _spare?.Dispose();
        _folder.Dispose();
    }

    private WorkerProcess Start() => new(_folder.Location);
}
