namespace SilverAudit.Stores.DuckDb;

/// <summary>
/// The files that the engine instances of this process have open. The engine's locks are those of the process, so they don't
/// keep two instances apart, under whatever names they open a file; this does.
/// </summary>
internal static class OpenFiles
{
    private static readonly List<Claim> s_claims = [];

    /// <summary>Claims a file for an instance until disposed; null while another instance has it in a way that excludes this.</summary>
    /// <param name="file">The file; null when that is not known, and nothing can be claimed.</param>
    /// <param name="instance">Who has it open. An instance is never in its own way.</param>
    /// <param name="use">What for.</param>
    public static IDisposable? TryClaim(FileIdentity? file, StoreInstance instance, FileUse use)
    {
        lock (s_claims)
        {
            if (file is not null && s_claims.Exists(claim => claim.File == file && claim.Instance != instance && Excludes(claim.Use, use)))
                return null;
            var added = new Claim(file, instance, use);
            s_claims.Add(added);
            return added;
        }
    }

    /// <summary>Ends all claims of an instance that has been closed, those on files that it could not detach too.</summary>
    public static void ReleaseAll(StoreInstance instance)
    {
        lock (s_claims)
        {
            s_claims.RemoveAll(claim => claim.Instance == instance);
        }
    }

    private static bool Excludes(FileUse one, FileUse other) =>
        one is FileUse.WrittenStore || other is FileUse.WrittenStore || (one is FileUse.ReadStore && other is FileUse.ReadStore);

    private sealed record Claim(FileIdentity? File, StoreInstance Instance, FileUse Use) : IDisposable
    {
        public void Dispose()
        {
            lock (s_claims)
            {
                s_claims.RemoveAll(claim => ReferenceEquals(claim, this));
            }
        }
    }
}
