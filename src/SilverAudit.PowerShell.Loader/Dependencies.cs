using System.Reflection;
using System.Runtime.Loader;

namespace SilverAudit.PowerShell.Loader;

/// <summary>Leads requests for Core into the module's own load context.</summary>
public static class Dependencies
{
    private const string CoreAssembly = "SilverAudit.Core";

    private static readonly Lazy<DependencyLoadContext> s_context =
        new(() => new DependencyLoadContext(Path.GetDirectoryName(typeof(Dependencies).Assembly.Location)!));

    private static int s_hooked;

    /// <summary>Does so from now on. Core stays loaded once its types are in use, so the hook stays too.</summary>
    public static void Hook()
    {
        if (Interlocked.Exchange(ref s_hooked, 1) == 0)
            AssemblyLoadContext.Default.Resolving += ResolveCore;
    }

    private static Assembly? ResolveCore(AssemblyLoadContext context, AssemblyName assemblyName) =>
        assemblyName.Name == CoreAssembly ? s_context.Value.LoadFromAssemblyName(assemblyName) : null;
}
