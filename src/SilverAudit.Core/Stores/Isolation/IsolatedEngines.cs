using SilverAudit.Stores.DuckDb;

namespace SilverAudit.Stores.Isolation;

/// <summary>
/// The isolated stores of this process. Each has an engine process of its own, which keeps the store's file for as long as its
/// pipeline lasts; another cmdlet of the same pipeline asks for it in between.
/// </summary>
internal static class IsolatedEngines
{
    private static readonly List<IsolatedStore> s_open = [];

    public static void Add(IsolatedStore store)
    {
        lock (s_open)
        {
            s_open.Add(store);
        }
    }

    public static void Remove(IsolatedStore store)
    {
        lock (s_open)
        {
            s_open.Remove(store);
        }
    }

    /// <summary>Has the others that work on the same store let go of it, unless they are at work just now.</summary>
    public static void ReleaseOthers(IsolatedStore asking)
    {
        IsolatedStore[] others;
        lock (s_open)
        {
            others = [.. s_open.Where(store => store != asking && FileLocation.IsSame(store.Location, asking.Location))];
        }

        foreach (var other in others)
        {
            other.TryRelease();
        }
    }
}
