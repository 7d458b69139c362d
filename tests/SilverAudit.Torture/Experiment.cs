namespace SilverAudit.Torture;

/// <summary>A way of breaking things, again and again, and the promise that must hold all the same.</summary>
public abstract class Experiment : IDisposable
{
    /// <summary>The name for <c>--only</c>.</summary>
    public abstract string Name { get; }

    /// <summary>What is done, in one line.</summary>
    public abstract string Description { get; }

    /// <summary>Rounds in the short run.</summary>
    public abstract int ShortRounds { get; }

    /// <summary>Rounds in the long run, at least.</summary>
    public abstract int LongRounds { get; }

    /// <summary>The part of the minutes of a long run that is for this experiment, as weight among the others.</summary>
    public virtual int Share => 1;

    /// <summary>Why this machine can't run the experiment; null when it can.</summary>
    public virtual string? Obstacle => null;

    /// <summary>One round.</summary>
    /// <exception cref="BrokenPromiseException">A promise does not hold.</exception>
    public abstract void Run(Round round);

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
    }
}
