using System.Numerics;

namespace SilverAudit.Torture.Files;

/// <summary>
/// Sources that have loads in common. All loads are divided into chunks and each source is a run of chunks, so that what a store
/// holds can be told to be whole sources, or not.
/// </summary>
public sealed class OverlappingSources
{
    private readonly int _chunkRows;
    private readonly ulong[] _chunks;
    private readonly HashSet<ulong> _unions;

    private OverlappingSources(string[] paths, ulong[] chunks, int chunkRows)
    {
        (Paths, _chunks, _chunkRows) = (paths, chunks, chunkRows);
        _unions = [.. Enumerable.Range(0, 1 << chunks.Length)
            .Select(chosen => chunks.Where((_, source) => (chosen >> source & 1) == 1).Aggregate(0UL, (union, source) => union | source))];
    }

    public IReadOnlyList<string> Paths { get; }

    /// <summary>Creates sources of random sizes that begin anywhere.</summary>
    public static OverlappingSources Create(Round round, int count, int chunkCount)
    {
        var chunkRows = round.Random.Next(1, 60);
        var (paths, chunks) = (new string[count], new ulong[count]);
        for (var source = 0; source < count; source++)
        {
            var first = round.Random.Next(chunkCount);
            var length = round.Random.Next(1, Math.Min(chunkCount - first, chunkCount / 2) + 1);
            paths[source] = Staging.CreateMany(round.File($"source{source}.db"), length * chunkRows, from: first * chunkRows);
            chunks[source] = ((1UL << length) - 1) << first;
        }

        return new OverlappingSources(paths, chunks, chunkRows);
    }

    /// <summary>The number of the source at a path.</summary>
    public int IndexOf(string path) => Paths.Index().Single(source => source.Item == path).Index;

    /// <summary>How many different loads the sources have together.</summary>
    public int Loads(IEnumerable<int> sources) => Rows(sources.Aggregate(0UL, (union, source) => union | _chunks[source]));

    /// <summary>How many loads a source has.</summary>
    public int Loads(int source) => Rows(_chunks[source]);

    /// <summary>True when the loads are those of some of the sources, all of each.</summary>
    public bool AreWhole(IReadOnlyCollection<string> loadIds)
    {
        var perChunk = loadIds.GroupBy(id => int.Parse(id["LOAD_".Length..], null) / _chunkRows).ToList();
        return perChunk.All(chunk => chunk.Count() == _chunkRows)
            && _unions.Contains(perChunk.Aggregate(0UL, (union, chunk) => union | 1UL << chunk.Key));
    }

    /// <summary>True when a store of whole sources can have so many loads of this source.</summary>
    public bool CanShare(int source, int loads) => _unions.Any(union => Rows(union & _chunks[source]) == loads);

    private int Rows(ulong chunks) => BitOperations.PopCount(chunks) * _chunkRows;
}
