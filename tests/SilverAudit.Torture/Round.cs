namespace SilverAudit.Torture;

/// <summary>One try of an experiment: a folder of its own and a source of chance that can be had again.</summary>
public sealed class Round(int number, int seed, string folder, Tally tally)
{
    public int Number { get; } = number;

    /// <summary>All chance of the round comes from here.</summary>
    public Random Random { get; } = new(seed);

    public string Folder { get; } = folder;

    /// <summary>What happened, over all rounds of the experiment.</summary>
    public Tally Tally { get; } = tally;

    /// <summary>Full path of a file in the folder of the round.</summary>
    public string File(string name) => Path.Combine(Folder, name);

    public T Pick<T>(IReadOnlyList<T> choices) => choices[Random.Next(choices.Count)];

    /// <summary>Fails the run unless a promise holds.</summary>
    public static void Expect(bool holds, string promise)
    {
        if (!holds)
            throw new BrokenPromiseException(promise);
    }
}
