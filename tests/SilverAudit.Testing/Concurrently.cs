using System.Runtime.ExceptionServices;

namespace SilverAudit.Testing;

/// <summary>Runs works at the same time, each on a thread of its own.</summary>
public static class Concurrently
{
    /// <summary>Returns the results in the order of the works, or throws what the first failed one threw.</summary>
    public static T[] Run<T>(params Func<T>[] works)
    {
        var results = new T[works.Length];
        var failures = new ExceptionDispatchInfo?[works.Length];
        var threads = works.Select((work, index) => new Thread(() =>
        {
            try
            {
                results[index] = work();
            }
            catch (Exception failure)
            {
                failures[index] = ExceptionDispatchInfo.Capture(failure);
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        failures.FirstOrDefault(failure => failure is not null)?.Throw();
        return results;
    }
}
